// Runs a bot on one machine for a year of virtual time, with all its incidents: `npm run year`.
import { program, runApart } from './program.mjs'

const [main] = await Promise.all([
  program('tools/torture', 'src/year/year-main'),
  program('tools/torture', 'src/year/world-thread'),
])
runApart('year', main)
