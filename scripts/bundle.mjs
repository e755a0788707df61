// Bundles each function of the deployment into packages/lambda-entry/build/<function>/index.mjs, as it is uploaded.
// What is behind an `import()` becomes a file of its own, which a function that does not call it never reads.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { AS_DEPLOYED } from './bundle-options.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))

/** The functions, by the names of their handlers' files. */
export const FUNCTIONS = ['webhook', 'sign-in', 'tweets', 'images', 'sweep', 'admin']

export const BUILD = `${root}packages/lambda-entry/build`

/** Bundles them all. Gives, for each, its files with their sizes in bytes. */
export async function bundle() {
  rmSync(BUILD, { recursive: true, force: true })
  const made = await Promise.all(FUNCTIONS.map(bundleOne))
  return Object.fromEntries(made.map((files, index) => [FUNCTIONS[index], files]))
}

async function bundleOne(name) {
  const outdir = `${BUILD}/${name}`
  const { metafile } = await build({
    ...AS_DEPLOYED,
    entryPoints: { index: `${root}packages/lambda-entry/src/handlers/${name}.ts` },
    absWorkingDir: root,
    outdir,
    metafile: true,
  })
  return Object.entries(metafile.outputs).map(([path, { bytes, imports, entryPoint }]) => ({
    path: path.slice(path.indexOf(`/build/${name}/`) + `/build/${name}/`.length),
    bytes,
    entryPoint,
    isEntry: entryPoint !== undefined && path.endsWith('/index.mjs'),
    imports: imports
      .filter(({ external }) => !external)
      .map(({ path: to, kind }) => ({ path: to.split('/').at(-1), kind })),
  }))
}

/** The bytes that are read before the first event: the entry and what it imports at once. */
export function bytesAtStart(files) {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const seen = new Set()
  const visit = (path) => {
    if (seen.has(path)) return 0
    seen.add(path)
    const file = byPath.get(path)
    if (!file) return 0
    const at = file.imports.filter(({ kind }) => kind === 'import-statement')
    return file.bytes + at.reduce((sum, { path: next }) => sum + visit(next), 0)
  }
  return visit('index.mjs')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bundles = await bundle()
  for (const [name, files] of Object.entries(bundles)) {
    const whole = files.reduce((sum, { bytes }) => sum + bytes, 0)
    console.log(`${name.padEnd(8)} ${kB(whole)} in ${files.length} files, ${kB(bytesAtStart(files))} read at the start`)
  }
}

function kB(bytes) {
  return `${(bytes / 1000).toFixed(1).padStart(7)} kB`
}
