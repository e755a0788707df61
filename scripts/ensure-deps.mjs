// Prepares a fresh clone, then runs a script: `node scripts/ensure-deps.mjs --build scripts/load.mjs --seconds 60`. It
// installs the locked packages if the lockfile has changed, and with --build it compiles. With `--for packages/cli` it
// installs only that package and its dependencies, plus the compiler, which is in the root's `dependencies`. It needs
// only Node and npm. Its own output goes to stderr, so that stdout belongs to the script.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { pnpm } from './pnpm.mjs'

const root = new URL('../', import.meta.url)
const at = (path) => new URL(path, root)
const stamp = at('node_modules/.hexbird-installed')
const ALL = 'everything'

const words = process.argv.slice(2)
const program = words.findIndex((word) => /\.m?js$/.test(word))
const { values: options } = parseArgs({
  args: program < 0 ? words : words.slice(0, program),
  options: { build: { type: 'boolean' }, for: { type: 'string' } },
})

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`hexbird needs Node 20.11 or later; this is ${process.versions.node}.`)
  process.exit(2)
}

run(install)
if (options.build) {
  run(build)
  await ensureModel()
}
if (program >= 0) {
  // Run the script in this process, so that it gets the signals and sets the exit code.
  const file = fileURLToPath(at(words[program]))
  process.argv = [process.argv[0], file, ...words.slice(program + 1)]
  await import(pathToFileURL(file))
}

function run(step) {
  const { status, error } = step() ?? { status: 0 }
  if (error) throw error
  if (status === 0) return
  if (step === install)
    console.error('The packages were not installed. Without a network, connect this machine and run this again.')
  process.exit(status ?? 1)
}

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(at('pnpm-lock.yaml')))
    .digest('hex')
  const installed = (what) => `${wanted} ${what}`
  const found = existsSync(stamp) && readFileSync(stamp, 'utf8')
  if (found === installed(ALL) || found === installed(options.for)) return
  console.error('Installing packages (once; repeated when the lockfile changes) …')
  const these = options.for ? ['--prod', '--filter-prod', `{${options.for}}...`] : []
  const done = pnpm(['install', '--frozen-lockfile', ...these], { env: { CI: '1' } })
  if (done.status === 0) writeFileSync(stamp, installed(options.for ?? ALL))
  return done
}

function build() {
  const tsc = fileURLToPath(at('node_modules/typescript7/bin/tsc'))
  return spawnSync(process.execPath, [tsc, '-b', options.for ?? '.'], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 2, 2],
  })
}

/** Prepares the detector's model from the package with its weights, if the detector was built. */
async function ensureModel() {
  if (!existsSync(at('packages/adapters-vision/dist/detector/model.js'))) return
  const { buildModel } = await import('../packages/adapters-vision/scripts/build-model.mjs')
  buildModel()
}
