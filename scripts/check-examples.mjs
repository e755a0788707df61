// Checks the example bots, the bots that `hexbird create` makes and the README's bot as users get them: outside the
// workspace, installed from the tarballs, with their types checked and their tests run. Arguments name the ones to
// check. The last line is `N passed, N failed`.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install, packed, run, temporary } from './packed.mjs'
import { runtimes } from './runtimes.mjs'

const root = fileURLToPath(new URL('../', import.meta.url))
const tsc = join(root, 'node_modules/typescript7/bin/tsc')
/** A bot of each template of `hexbird create`: a tweet to try it with, what it replies, and whether it is for AWS too. */
const CREATED = {
  'created-photo': { tweet: ['--photo', 'photos/bird.jpg'], reply: /bird, alice/, aws: true },
  'created-text': { tweet: ['--text', '@created_text roll'], reply: /^You rolled [1-6]\.$/, aws: true },
  'created-image': { tweet: ['--text', '@created_image 3 5 8'], reply: /^3 numbers, from 3 to 8\.$/, aws: false },
}
const README = 'readme'
/** Two at a time: one waits for the network while the other computes. */
const AT_ONCE = 2

const newest = { PATH: `${await runtimes()}${delimiter}${process.env.PATH}` }
const folder = temporary('examples')
const asked = process.argv.slice(2)
const names = [README, ...Object.keys(CREATED), ...readdirSync(join(root, 'examples'))].filter(
  (name) => asked.length === 0 || asked.includes(name),
)
const left = names.values()
let command
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
    const fault = await (name === README
      ? readme(said)
      : name in CREATED
        ? created(name, said)
        : example(name, said)
    ).then(
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

/** Starts with only the command: creates a bot, tests it and starts it. */
async function created(name, said) {
  const hexbird = await installedCommand()
  const [tarball] = packed().values()
  const template = name.replace('created-', '')
  const { tweet, reply, aws } = CREATED[name]
  const options = ['--template', template, '--packages', dirname(tarball), ...(aws ? ['--aws'] : [])]
  await run(hexbird, ['create', name, ...options], join(folder, 'home'))
  const project = join(folder, 'home', name)
  await typesOf(project)
  for (const env of [{}, newest]) said.push(await tested(project, env))
  await replies(['npm', 'start', '--silent', '--', '--once', ...tweet], project, reply)
  said.push('starts and replies')
  if (aws) said.push(await templates(project, template === 'photo'))
  if (template === 'photo') said.push(await inImage(project))
}

/**
 * Writes the templates of both stages and checks that they share no names, that only a bot that stores something has a
 * bucket, and that the CDK's own command lists both.
 */
async function templates(project, stores) {
  await run('npm', ['run', 'synth'], project)
  const [staging, production] = ['staging', 'production'].map((stage) =>
    readFileSync(join(project, 'cdk.out', `hexbird-${stage}.template.json`), 'utf8'),
  )
  if (staging.includes('production') || production.includes('staging')) throw new Error('The stages share a name.')
  if (staging.includes('AWS::S3::Bucket') !== stores) throw new Error(`It has ${stores ? 'no' : 'a'} bucket.`)
  const quiet = { CDK_DISABLE_CLI_TELEMETRY: '1', CDK_DISABLE_VERSION_CHECK: '1' }
  const listed = await run(join(project, 'node_modules/.bin/cdk'), ['list'], project, quiet)
  if (listed.trim() !== 'hexbird-staging\nhexbird-production') throw new Error(`The CDK lists:\n${listed}`)
  return 'two stages for AWS'
}

/** Installs the command by itself, once. */
function installedCommand() {
  command ??= (async () => {
    const home = join(folder, 'home')
    mkdirSync(home)
    writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: { '@hexbird/cli': '*' } }))
    await install(home)
    return join(home, 'node_modules/.bin/hexbird')
  })()
  return command
}

/** Checks that the README's first block is a bot, and that the command after it shows the printed reply. */
async function readme(said) {
  const text = readFileSync(join(root, 'README.md'), 'utf8')
  const [, code, command, printed] =
    /^```ts bot\.ts\n([\s\S]*?)^```$[\s\S]*?^```sh\n(?:npx )?hexbird (.*)\n```$\n+^```json\n(.*)\n^```$/m.exec(text) ??
    []
  if (!code) throw new Error('README.md has no bot.ts block followed by a command and its output.')
  const project = join(folder, README)
  mkdirSync(project)
  writeFileSync(join(project, 'bot.ts'), code)
  const dependencies = { '@hexbird/cli': '*', '@hexbird/core': '*' }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  await install(project)
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)
  const { reply } = JSON.parse(printed)
  const expected = new RegExp(`^${reply.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\d+/g, '\\d+')}$`)
  for (const env of [{}, newest]) {
    await replies([join(project, 'node_modules/.bin/hexbird'), ...words], project, expected, env)
  }
  said.push(`${code.trim().split('\n').length} lines that reply`)
}

/** Runs a command that sends one tweet to a bot, and checks the reply. */
async function replies([command, ...args], project, expected, env) {
  const stdout = await run(command, args, project, env)
  const { outcome, reply } = JSON.parse(stdout.trim().split('\n').at(-1))
  if (outcome !== 'replied' || !expected.test(reply)) throw new Error(`${command} printed:\n${stdout}`)
}

/**
 * Runs the steps of the project's Dockerfile in a folder instead of an image, because there is no Docker engine: its
 * copies, its commands, and its final command, which has to complain about missing keys. It tests neither owners nor
 * the base image.
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
  const config = existsSync(join(project, 'tsconfig.json')) ? 'tsconfig.json' : 'jsconfig.json'
  return run(process.execPath, [tsc, '-p', config], project)
}

/** Runs a project's own tests. Returns how many passed, and under which Node. */
async function tested(project, env) {
  const [version, stdout] = [await run('node', ['--version'], project, env), await run('npm', ['test'], project, env)]
  const [, count = '0'] = /^(?:#|ℹ) pass (\d+)$/m.exec(stdout) ?? []
  if (count === '0') throw new Error(`No test ran:\n${stdout}`)
  return `${count} tests under Node ${version.trim()}`
}
