import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type AuthorAws, executable, linkPackages, startAuthorAws } from '@hexbird/testkit/author-aws'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = await readFile(join(root, 'docs/deploy.md'), 'utf8')

/** What a reader types, with its line: a block of `sh`, or a command within a sentence or a table. */
interface Command {
  readonly line: number
  readonly text: string
}

/** What asks others than AWS, and has tests of its own. */
const ELSEWHERE = /^npx hexbird (doctor|rotate)|^aws sso login/

function commandsIn(text: string): readonly Command[] {
  const [before = ''] = text.split('\n## From a clone\n')
  const found = [
    ...before.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm),
    ...before.matchAll(/()`((?:npx hexbird|renew|aws|npm run deploy) [^`\n]*)`/g),
  ].map(({ index, 1: indent = '', 2: command = '' }) => ({
    line: before.slice(0, index).split('\n').length,
    text: command.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trimEnd(),
  }))
  return found
    .filter((each) => !ELSEWHERE.test(each.text) && !/--stage (staging|production)$/.test(each.text))
    .sort((a, b) => a.line - b.line)
}

/** The block of JSON that has this in it. */
function jsonWith(word: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const blocks = [...page.matchAll(/^```json.*\n([\s\S]*?)^```$/gm)].map(([, json = '']) => json)
  return JSON.parse(blocks.find((json) => json.includes(word)) ?? '{}')
}

let folder: string
let aws: AuthorAws
/** The lines of the commands that ran, to their end. */
let ran: readonly number[]
let said: string
const commands = commandsIn(page)
const project = () => join(folder, 'my-bot')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-deploy-page-'))
  aws = await startAuthorAws(join(folder, 'aws'))
  await standIns()
  const stages = jsonWith('"staging"')
  const withSignIn = { ...stages, staging: { ...stages.staging, ...jsonWith('"signIn"') } }
  const script = commands.flatMap(({ line, text }) => [
    // On a line of its own: what a command prints need not end one.
    `printf '\\n@ ${line}\\n'`,
    ...(text === 'npm run synth' ? [write('stages.json', stages)] : []),
    ...(text.includes('secret-box-keys --value') && !text.includes('--overwrite')
      ? [write('stages.json', withSignIn), 'npm run synth']
      : []),
    ...(text.startsWith('npx hexbird add aws') ? [`pushd ${join(folder, 'existing')} >/dev/null`] : []),
    // Whoever is asked for a value pastes one.
    `{\n${text}\n} <<< 'a pasted secret'`,
    ...(text.startsWith('npx hexbird add aws') ? ['popd >/dev/null'] : []),
  ])
  // What the reader sets to their own.
  const env = { ...aws.env, HOME: folder, TMPDIR: folder, CERTIFICATE_ARN: 'arn:aws:acm:us-east-1:123456789012:c' }
  const all = ['set -euo pipefail', ...script, 'echo "@ end"'].join('\n')
  const done = await promisify(execFile)('bash', ['-c', all], { cwd: folder, env, maxBuffer: 1e8 }).catch(
    (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
  )
  said = `${done.stdout}${done.stderr}`
  ran = [...done.stdout.matchAll(/^@ (\d+)$/gm)].map(([, line]) => Number(line))
}, 1_200_000)
afterAll(async () => {
  await aws.close()
  await rm(folder, { recursive: true })
})

const write = (name: string, content: object) => `printf '%s' '${JSON.stringify(content)}' > ${name}`

/** `npm` and `npx` without a registry: what they would bring is here. Scripts are the project's own. */
async function standIns(): Promise<void> {
  const hexbird = `"${process.execPath}" "${root}packages/cli/dist/main.js"`
  await executable(
    join(aws.bin, 'npx'),
    'command=$1; shift',
    `if [ "$command" = cdk ]; then exec "${aws.bin}/cdk" "$@"; fi`,
    `if [ "$1" != create ]; then exec ${hexbird} "$@"; fi`,
    `${hexbird} "$@" --no-install && ln -s "${folder}/modules/node_modules" "$2/node_modules"`,
  )
  await executable(
    join(aws.bin, 'npm'),
    'if [ "$1" = install ]; then exit 0; fi',
    'if [ "$1" = run ]; then shift; fi',
    'name=$1; shift; [ "${1:-}" = -- ] && shift',
    `script=$("${process.execPath}" -p "JSON.parse(fs.readFileSync('package.json')).scripts['$name']")`,
    'PATH="$PWD/node_modules/.bin:$PATH" exec sh -c "$script \\"\\$@\\"" npm "$@"',
  )
  await mkdir(join(folder, 'modules'))
  await linkPackages(join(folder, 'modules'), aws)
  await mkdir(join(folder, 'existing'))
  await writeFile(join(folder, 'existing/package.json'), '{}')
  await writeFile(join(folder, 'existing/bot.ts'), '')
}

describe('the guide to AWS', () => {
  test('has commands that run up to the call of AWS, in the order of the page', () => {
    expect(commands.length).toBeGreaterThan(50)
    // What the last command said tells why it was the last.
    expect(said.includes('@ end') ? '' : said.slice(-2000)).toBe('')
    expect(ran).toEqual(commands.map(({ line }) => line))
  })

  test('names functions, tables, queues, alarms and secrets as the templates do', async () => {
    const template = await readFile(join(project(), 'cdk.out/hexbird-staging.template.json'), 'utf8')
    const names = aws.calls().flatMap(([, ...args]) => {
      const given = ['--function-name', '--table-name', '--queue-name', '--alarm-name-prefix', '--name'].flatMap(
        (option) => (args.includes(option) ? [args[args.indexOf(option) + 1] ?? ''] : []),
      )
      return args[0] === 'logs' ? [...given, args[2] ?? ''] : given
    })
    const own = [...new Set(names)].filter((name) => name.includes('staging-') || name.startsWith('/hexbird/'))
    expect(own.length).toBeGreaterThan(15)
    expect(own.filter((name) => !template.includes(name))).toEqual([])
  })

  test('deploys, registers, follows and removes by the commands that it says', () => {
    const cdk = aws.calls().filter(([program]) => program === 'cdk')
    expect(cdk.map(([, ...args]) => args.slice(0, 2))).toEqual([
      ['bootstrap', 'aws://123456789012/us-east-1'],
      ['deploy', 'hexbird-staging'],
      ['deploy', 'hexbird-staging'],
      ['deploy', 'hexbird-staging'],
      ['deploy', 'hexbird-staging'],
      ['destroy', 'hexbird-staging'],
    ])
    const actions = new Set(aws.asked.map(({ action }) => action))
    expect([...actions].sort()).toEqual(
      [
        ...['forget', 'opt-in', 'pause', 'purge', 'resume', 'state', 'subscribe', 'subscriptions'],
        ...['webhook-delete', 'webhook-list', 'webhook-replay', 'webhook-revalidate'],
      ].sort(),
    )
  })
})
