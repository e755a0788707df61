// Runs a bot on one machine for a year of virtual time, with all its incidents: `npm run year`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { program } from './program.mjs'

const [main] = await Promise.all([
  program('tools/torture', 'src/year/year-main'),
  program('tools/torture', 'src/year/world-thread'),
])
const words = ['--no-warnings', '--enable-source-maps', main, ...process.argv.slice(2)]
const cwd = fileURLToPath(new URL('../', import.meta.url))
const { status, signal } = spawnSync(process.execPath, words, { cwd, stdio: 'inherit' })
if (status === 13) console.error('year: it waited for a promise that never settled.')
if (signal) console.error(`year: ended by ${signal}.`)
process.exitCode = status ?? 1
