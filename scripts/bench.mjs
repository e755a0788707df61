// Measures hexbird against baselines and other libraries: npm run bench. The rows are in tools/bench/rows.
import { bundle, bytesAtStart } from './bundle.mjs'
import { program } from './program.mjs'

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
await program('tools/smoke', 'fixture')
// The bench forks its own file, so it must be a single file.
const { bench } = await import(await program('tools/bench', 'main', { splitting: false }))
process.exitCode = await bench(process.argv.slice(2), new URL('../', import.meta.url), functions)
