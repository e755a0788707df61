// Tries a deployed stage with the caller's credentials of AWS: npm run smoke -- --stage staging. Writes to tables, a
// bucket and queues of its own alone, and removes them. With --emulators it tries a stage on this machine instead.
import { bundle } from './bundle.mjs'
import { program } from './program.mjs'

const args = process.argv.slice(2)
if (args.includes('--emulators')) await bundle()
// In this process, so that it is the one that is told of Ctrl-C; what was still asked of AWS by then is let go.
const { smoke } = await import(await program('tools/smoke'))
process.exit(await smoke(args, new URL('../', import.meta.url)))
