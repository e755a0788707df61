// Tests a deployed stage with the caller's AWS credentials: npm run smoke -- --stage staging. It writes only to tables,
// a bucket and queues of its own, and removes them. With --emulators it tests a stage on this machine instead.
import { bundle } from './bundle.mjs'
import { program } from './program.mjs'

const args = process.argv.slice(2)
if (args.includes('--emulators')) await bundle()
// Run in this process, so that it gets Ctrl-C itself. Requests to AWS that are still open then are abandoned.
const { smoke } = await import(await program('tools/smoke'))
process.exit(await smoke(args, new URL('../', import.meta.url)))
