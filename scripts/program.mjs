import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * Bundles an unpublished TypeScript program of the workspace, and returns its file. Its imports resolve as they do from
 * the program's own package.
 */
export async function program(folder, entry = 'main', options = {}) {
  const name = basename(entry)
  const outdir = `${root}${folder}/dist`
  await build({
    entryPoints: { [name]: `${root}${folder}/${entry}.ts` },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    ...options,
  })
  return `${outdir}/${name}.mjs`
}

/** Runs a bundled program in a process of its own, with the arguments of this one, and ends as it does. */
export function runApart(name, file) {
  const words = ['--no-warnings', '--enable-source-maps', file, ...process.argv.slice(2)]
  const { status, signal } = spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' })
  // Node exits with 13 if a top-level await never settles.
  if (status === 13) console.error(`${name}: it waited for a promise that never settled.`)
  if (signal) console.error(`${name}: ended by ${signal}.`)
  process.exitCode = status ?? 1
}
