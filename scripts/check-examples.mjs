// The example bots, and a bot that `hexbird create` makes, as a user has them: outside of the workspace, installed from the
// tarballs, their types checked, their own tests run. Names of examples as arguments run these alone. Ends with a line
// `N passed, N failed`.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, packed, run, temporary } from './packed.mjs'
import { runtimes } from './runtimes.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const tsc = join(root, 'node_modules/typescript7/bin/tsc')
const CREATED = 'a created bot'
/** One waits for the network while the other computes. */
const AT_ONCE = 2

const newest = { PATH: `${await runtimes()}${delimiter}${process.env.PATH}` }
const folder = temporary('examples')
const asked = process.argv.slice(2)
const names = [CREATED, ...readdirSync(join(root, 'examples'))].filter(
  (name) => asked.length === 0 || asked.includes(name),
)
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
    const fault = await (name === CREATED ? created(said) : example(name, said)).then(
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

/** From nothing but the command: create, test, start. */
async function created(said) {
  const home = join(folder, 'home')
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: { '@hexbird/cli': '*' } }))
  await install(home)
  const hexbird = join(home, 'node_modules/.bin/hexbird')
  const [tarball] = packed().values()
  await run(hexbird, ['create', 'my-bot', '--packages', dirname(tarball)], home)
  const project = join(home, 'my-bot')
  await typesOf(project)
  for (const env of [{}, newest]) said.push(await tested(project, env))
  const stdout = await run('npm', ['start', '--silent', '--', '--once', '--photo', 'photos/bird.jpg'], project)
  const { outcome, reply } = JSON.parse(stdout.trim().split('\n').at(-1))
  if (outcome !== 'replied' || !reply.includes('bird, alice')) throw new Error(`npm start printed:\n${stdout}`)
  said.push('starts and replies')
  said.push(await inImage(project))
}

/**
 * Runs the steps of the project's Dockerfile in a folder that stands for the image, as there is no Docker engine: what it
 * copies, what it runs and the command at its end, which has no keys and says so. Owners and the base image are not tried.
 */
async function inImage(project) {
  const image = join(folder, 'image')
  const inside = (path) => join(image, path)
  const env = {}
  let cwd = inside('/')
  mkdirSync(inside('/home/node'), { recursive: true })
  const ignored = readFileSync(join(project, '.dockerignore'), 'utf8').trim().split('\n')
  for (const line of readFileSync(join(project, 'Dockerfile'), 'utf8').split('\n')) {
    const [, step, rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    const words = rest.split(' ').filter((word) => !word.startsWith('--'))
    if (step === 'RUN') await run('sh', ['-c', rest.replaceAll('/home/node', inside('/home/node'))], cwd, env)
    else if (step === 'WORKDIR') cwd = inside(rest)
    else if (step === 'ENV') Object.assign(env, Object.fromEntries(words.map((word) => word.split('='))))
    else if (step === 'COPY') {
      for (const from of words.slice(0, -1)) {
        const filter = (path) => !ignored.includes(relative(project, path).split('/')[0])
        cpSync(join(project, from), join(cwd, words.at(-1), from), { recursive: true, filter })
      }
    } else if (step === 'CMD') {
      const [command, ...args] = JSON.parse(rest)
      const said = await run(command === 'node' ? process.execPath : command, args, cwd, env).catch(
        (error) => error.message,
      )
      if (!said.includes('HEXBIRD_CONSUMER_KEY is missing')) throw new Error(`The container's command said:\n${said}`)
    } else if (line !== '' && !line.startsWith('#') && !['FROM', 'USER', 'VOLUME'].includes(step)) {
      throw new Error(`This check does not know the step: ${line}`)
    }
  }
  return "its Dockerfile's steps run"
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
