// Makes a fresh clone ready: installs the locked packages when the lockfile has changed, and with --build compiles.
// Only Node and npm are taken for granted. What it prints goes to stderr, so that stdout stays the command's own.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pnpm } from './pnpm.mjs'

const root = new URL('../', import.meta.url)
const at = (path) => new URL(path, root)
const stamp = at('node_modules/.hexbird-installed')

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`hexbird needs Node 20.11 or later; this is ${process.versions.node}.`)
  process.exit(2)
}

run(install)
if (process.argv.includes('--build')) run(build)

function run(step) {
  const { status, error } = step() ?? { status: 0 }
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(at('pnpm-lock.yaml')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Installing packages (once; repeated when the lockfile changes) …')
  const done = pnpm(['install', '--frozen-lockfile'], { env: { CI: '1' } })
  if (done.status === 0) writeFileSync(stamp, wanted)
  return done
}

function build() {
  return spawnSync(process.execPath, [fileURLToPath(at('node_modules/typescript7/bin/tsc')), '-b'], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 2, 2],
  })
}
