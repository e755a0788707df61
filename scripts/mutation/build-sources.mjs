// Stryker runs this where it has put its mutants into a copy of the sources: the tests import what it makes of them.
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const sources = readdirSync('packages', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => `packages/${file}`)

await build({
  entryPoints: sources,
  outdir: 'built',
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // Each module once, whichever of the files it is reached from.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  plugins: [{ name: 'forgetful', setup: forgetful }],
  logLevel: 'warning',
})

function forgetful({ onResolve }) {
  const path = fileURLToPath(new URL('lazy.mjs', import.meta.url))
  onResolve({ filter: /\/lazy\.js$/ }, () => ({ path }))
  onResolve({ filter: /^@hexbird\/core/ }, ({ path: name }) => ({
    path: resolve(`packages/core/src${name.slice('@hexbird/core'.length)}/index.ts`),
  }))
}
