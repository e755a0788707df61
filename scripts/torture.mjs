// Runs bots against the local X with faults at every call of a port, crashes, outages and floods: `npm run torture`.
import { program, runApart } from './program.mjs'

/** Bundle everything into one file, so that a killed process restarts fast. */
const WHOLE = {
  packages: 'bundle',
  // Its driver is native code, which can't be bundled.
  external: ['@hexbird/adapters-sqlite'],
  splitting: false,
  minify: true,
  mainFields: ['module', 'main'],
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url)" },
}

const [main] = await Promise.all([
  program('tools/torture', 'src/main'),
  program('tools/torture', 'src/crash/worker', WHOLE),
  program('tools/torture', 'src/crash/disk-worker', WHOLE),
  ...['photo', 'dice', 'chart'].map((bot) => program('tools/torture', `src/bots/${bot}`, WHOLE)),
])
runApart('torture', main)
