// Bundles each function of this repository's own deployment into packages/lambda-entry/build/<function>/index.mjs, as
// it is uploaded. Each `import()` becomes a separate file, so that a function reads it only when it needs it.
import { rmSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleFunctions } from '../packages/lambda-entry/dist/bundle/index.js'

const root = fileURLToPath(new URL('../', import.meta.url))

/** The bot that is deployed from here. */
export const BOT = `${root}packages/lambda-entry/bot.ts`

export const BUILD = `${root}packages/lambda-entry/build`

/** Bundles all functions of a bot. Returns the files of each, with their sizes in bytes. */
export async function bundle(bot = BOT, folder = BUILD) {
  rmSync(folder, { recursive: true, force: true })
  const made = await bundleFunctions({ bot, folder, workingDirectory: root })
  return Object.fromEntries(
    Object.entries(made).map(([name, { outputs }]) => [name, filesOf(`${folder}/${name}`, outputs)]),
  )
}

const filesOf = (folder, outputs) =>
  Object.entries(outputs).map(([path, { bytes, imports, entryPoint }]) => ({
    path: relative(folder, resolve(root, path)),
    bytes,
    entryPoint,
    imports: imports
      .filter(({ external }) => !external)
      .map(({ path: to, kind }) => ({ path: to.split('/').at(-1), kind })),
  }))

/** Returns the bytes that are read before the first event: the entry and its static imports. */
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
