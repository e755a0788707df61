// The deployed bundles, end to end, without AWS: AWS's own runtime client under Node 24, emulators over the wire, a local X.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundle } from './bundle.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
await bundle()
const outfile = `${root}packages/lambda-entry/e2e/dist/main.mjs`
await build({
  entryPoints: [`${root}packages/lambda-entry/e2e/main.ts`],
  outfile,
  bundle: true,
  external: ['@aws-sdk/*', '@hexbird/*', 'dynalite', 'fauxqs'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // `import.meta.url` is that of the sources, wherever the bundle is.
  define: { 'import.meta.url': JSON.stringify(new URL('packages/lambda-entry/e2e/main.ts', `file://${root}`).href) },
  logLevel: 'warning',
})
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1
