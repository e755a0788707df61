// A year of a bot on one machine, in virtual time, with all that happens in one: `npm run year`.
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
if (status === 13) console.error('year: something that was waited for never came back.')
if (signal) console.error(`year: ended by ${signal}.`)
process.exitCode = status ?? 1
