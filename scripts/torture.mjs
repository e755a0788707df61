// Faults at every call of a port, crashes, outages and floods, against the local X: `npm run torture`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))
const folder = `${root}torture/dist`
const shared = { bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' }
await Promise.all([
  build({
    ...shared,
    entryPoints: [`${root}torture/src/main.ts`],
    outfile: `${folder}/main.mjs`,
    external: ['@aws-sdk/*', '@hexbird/*', '@hono/*', 'dynalite', 'fast-check', 'fauxqs', 'hono', 'hono/*'],
    // `import.meta.url` is that of the sources, wherever the bundle is.
    define: { 'import.meta.url': JSON.stringify(new URL('torture/src/main.ts', `file://${root}`).href) },
  }),
  // All in one file, so that a process that was killed is back soon.
  build({
    ...shared,
    entryPoints: [`${root}torture/src/crash/worker.ts`],
    outfile: `${folder}/worker.mjs`,
    minify: true,
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url)" },
  }),
])
const main = ['--no-warnings', '--enable-source-maps', `${folder}/main.mjs`, ...process.argv.slice(2)]
const { status, signal } = spawnSync(process.execPath, main, { cwd: root, stdio: 'inherit' })
// Node's own code for a program that waits for what never comes.
if (status === 13) console.error('torture: something that was waited for never came back.')
if (signal) console.error(`torture: ended by ${signal}.`)
process.exitCode = status ?? 1
