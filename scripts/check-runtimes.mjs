// Checks that core, installed from its tarball, does the same under Node 20, Node 24, Bun and Deno, and needs no
// permission from any. A runtime that can't be installed counts as a failure. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { install, temporary } from './packed.mjs'
import { runtimes } from './runtimes.mjs'

const PROGRAM = 'core.mjs'

const folder = await project()
let runs = 0
let failed = 0
try {
  // If they can't be installed, each is reported as one that can't run.
  const bin = await runtimes().catch((error) => console.log(error.message))
  const candidates = [
    ['node', process.execPath, [PROGRAM]],
    ['node', `${bin}/node`, [PROGRAM]],
    ['bun', `${bin}/bun`, ['run', PROGRAM]],
    // Without a single permission.
    ['deno', `${bin}/deno`, ['run', '--no-prompt', '--no-remote', PROGRAM]],
  ].map(([name, file, args]) => ({ name, file, args }))
  const [reference, ...others] = candidates.map(outputOf)
  console.log(`       ${reference.name}: ${reference.lines?.length ?? 0} things done`)
  report(reference.name, reference.fault)
  for (const other of others) report(other.name, other.fault ?? difference(reference, other))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${runs - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function report(name, fault) {
  runs++
  console.log(`${fault ? 'FAILED' : 'ok    '} core under ${name}`)
  if (!fault) return
  failed++
  console.log(`         ${fault}`)
}

function outputOf({ name, file, args }) {
  const { error, status, stdout, stderr } = spawnSync(file, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' },
    maxBuffer: 1e8,
  })
  const fault = error
    ? `cannot be run: ${error.message}`
    : status !== 0
      ? `ended with ${status}:\n${stderr}`
      : undefined
  return { name: versioned(name, file), lines: stdout?.trim().split('\n'), fault }
}

function versioned(name, file) {
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' })
  return `${name} ${/\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0] ?? '(missing)'}`
}

function difference({ name, lines }, other) {
  const at = lines?.findIndex((line, index) => line !== other.lines[index]) ?? 0
  if (at < 0 && lines.length === other.lines.length) return undefined
  return `differs from ${name}:\n         ${lines?.[at] ?? 'nothing more'}\n         ${other.lines[at] ?? 'nothing more'}`
}

/** Creates a user's project with core, the memory adapters and fast-check. */
async function project() {
  const project = temporary('runtimes')
  const dependencies = { '@hexbird/core': '*', '@hexbird/adapters-memory': '*', 'fast-check': '^4.0.0' }
  writeFileSync(`${project}/package.json`, JSON.stringify({ private: true, type: 'module', dependencies }))
  copyFileSync(new URL(`runtimes/${PROGRAM}`, import.meta.url), `${project}/${PROGRAM}`)
  await install(project)
  return project
}
