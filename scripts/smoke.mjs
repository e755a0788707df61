// Tries a deployed stage with the caller's credentials of AWS: npm run smoke -- --stage staging. Writes to tables, a
// bucket and queues of its own alone, and removes them. With --emulators it tries a stage on this machine instead.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = new URL('../', import.meta.url)
const folder = fileURLToPath(new URL('packages/lambda-entry/smoke/', root))
const args = process.argv.slice(2)

if (args.includes('--emulators')) {
  const { bundle } = await import('./bundle.mjs')
  await bundle()
}
await build({
  entryPoints: [`${folder}main.ts`],
  outdir: `${folder}dist`,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  external: ['@aws-sdk/*', '@hexbird/*', 'dynalite', 'fauxqs'],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
})
// In this process, so that it is the one that is told of Ctrl-C; what was still asked of AWS by then is let go.
const { smoke } = await import(`${folder}dist/main.mjs`)
process.exit(await smoke(args, root))
