import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * Bundles a program of the workspace that is TypeScript and not published, and gives its file. What it imports is found
 * where the folder's own package has it.
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
