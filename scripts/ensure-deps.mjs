// Makes a fresh clone ready: installs the locked packages when the lockfile has changed, and with --build compiles.
// Only Node and npm are taken for granted. What it prints goes to stderr, so that stdout stays the command's own.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

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
  const { packageManager } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  console.error('Installing packages (once; repeated when the lockfile changes) …')
  // npm hands its own settings to its children as npm_config_*; pnpm would read some of them as its own.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(?!registry$|cache$)/i.test(name)),
  )
  const done = command('npx', ['--yes', packageManager.split('+')[0], 'install', '--frozen-lockfile'], {
    ...env,
    CI: '1',
  })
  if (done.status === 0) writeFileSync(stamp, wanted)
  return done
}

function build() {
  return command(process.execPath, [fileURLToPath(at('node_modules/typescript7/bin/tsc')), '-b'], process.env)
}

function command(file, args, env) {
  return spawnSync(file, args, {
    cwd: fileURLToPath(root),
    env,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
}
