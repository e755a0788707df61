// The example bots as a user has them: outside of the workspace, installed from the tarballs, their types checked, their own
// tests run. Names of examples as arguments run these alone. Ends with a line `N passed, N failed`.
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, run, temporary } from './packed.mjs'
import { runtimes } from './runtimes.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const tsc = join(root, 'node_modules/typescript7/bin/tsc')
/** One waits for the network while the other computes. */
const AT_ONCE = 2

const folder = temporary('examples')
const newest = { PATH: `${await runtimes()}${delimiter}${process.env.PATH}` }
const asked = process.argv.slice(2)
const names = readdirSync(join(root, 'examples')).filter((name) => asked.length === 0 || asked.includes(name))
const left = names.values()
let failed = 0
try {
  await Promise.all(Array.from({ length: AT_ONCE }, work))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(`${names.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 && names.length > 0 ? 0 : 1

async function work() {
  for (const name of left) {
    const began = performance.now()
    const said = []
    const fault = await example(name, said).then(
      () => undefined,
      (error) => error,
    )
    const seconds = Math.round((performance.now() - began) / 1000)
    console.log(`${fault ? 'FAILED' : 'ok    '} ${name}: ${said.join(', ')} (${seconds} s)`)
    if (!fault) continue
    failed++
    console.log(`${fault.message}`.replaceAll(/^/gm, '         '))
  }
}

async function example(name, said) {
  const project = join(folder, name)
  cpSync(join(root, 'examples', name), project, { recursive: true, filter: (path) => !path.includes('node_modules') })
  await install(project)
  await typesOf(project)
  const { engines } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  const [least] = /\d+/.exec(engines.node)
  said.push(await tested(project, Number(process.versions.node.split('.')[0]) < Number(least) ? newest : {}))
}

function typesOf(project) {
  return run(process.execPath, [tsc, '-p', 'jsconfig.json'], project)
}

/** Runs a project's own tests; gives how many passed under which Node. */
async function tested(project, env) {
  const [version, stdout] = [await run('node', ['--version'], project, env), await run('npm', ['test'], project, env)]
  const [, count = '0'] = /^(?:#|ℹ) pass (\d+)$/m.exec(stdout) ?? []
  if (count === '0') throw new Error(`No test ran:\n${stdout}`)
  return `${count} tests under Node ${version.trim()}`
}
