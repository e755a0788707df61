// Measures hexbird against peers and floors: npm run bench. The rows are in bench/rows.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundle, bytesAtStart } from './bundle.mjs'

const root = new URL('../', import.meta.url)
const pathOf = (path) => fileURLToPath(new URL(path, root))

const bundles = await bundle()
const functions = Object.fromEntries(
  Object.entries(bundles).map(([name, files]) => [
    name,
    {
      whole: files.reduce((sum, { bytes }) => sum + bytes, 0),
      atStart: bytesAtStart(files),
      parts: files.flatMap(({ entryPoint, path }) => (entryPoint === undefined ? [] : [[entryPoint, path]])),
    },
  ]),
)
/** Each where what it imports is found. */
for (const [entry, outdir, apart] of [
  [
    'packages/lambda-entry/smoke/world.ts',
    'packages/lambda-entry/smoke/dist',
    { external: ['@aws-sdk/*', '@hexbird/*', 'dynalite', 'fauxqs'] },
  ],
  ['bench/main.ts', 'bench/dist', { packages: 'external' }],
]) {
  await build({
    entryPoints: [pathOf(entry)],
    outdir: pathOf(outdir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    ...apart,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
}
const { bench } = await import(pathOf('bench/dist/main.mjs'))
process.exitCode = await bench(process.argv.slice(2), root, functions)
