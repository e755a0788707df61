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
