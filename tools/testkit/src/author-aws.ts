import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = new URL('../../../', import.meta.url)
const script = fileURLToPath(new URL('aws-commands.cjs', import.meta.url))

/** What a command printed, and how it ended. */
interface Answer {
  readonly status?: number
  readonly stdout?: string
  readonly stderr?: string
}

/** AWS as a bot's author meets it: stand-ins of the commands `aws` and `cdk`, and of the `admin` function. */
export interface AuthorAws {
  /** Where the stand-ins are. */
  readonly bin: string
  /** For the commands that are run: AWS's addresses and keys, and a PATH that begins with the stand-ins. */
  readonly env: Readonly<Record<string, string>>
  /** Each call so far: the program and its arguments. */
  calls(): readonly (readonly string[])[]
  /** What `admin` was asked so far. */
  readonly asked: Readonly<Record<string, unknown>>[]
  /** What `admin` answers to an action from now on. */
  readonly results: Record<string, unknown>
  /** Has an operation of `aws` (`sts get-caller-identity`), or `cdk`, answer so from now on. */
  answer(what: string, answer: Answer): Promise<void>
  close(): Promise<void>
}

const WEBHOOK = {
  id: '1',
  url: 'https://abc123.execute-api.us-east-1.amazonaws.com/twitter/webhook/handleapi',
  valid: true,
  createdAt: 0,
}

/** What `admin` answers unless a test wants something else. */
const RESULTS = {
  state: { bot: { id: '1234567890', username: 'my_bot_staging' }, stopped: { reason: 'By an operator', since: 0 } },
  pause: { reason: 'By an operator', since: 0 },
  resume: 'Posting is allowed again.',
  'opt-in': 'They get replies again.',
  forget: { atX: { kind: 'no-account' } },
  purge: 'Everything about everyone has been deleted.',
  'webhook-list': [WEBHOOK],
  'webhook-revalidate': { kind: 'valid', webhook: WEBHOOK },
  'webhook-delete': { kind: 'removed' },
  'webhook-replay': { kind: 'started', jobId: '2' },
  subscriptions: [],
  subscribe: ['post.mention.create', 'post.quote.create'].map((eventType) => ({
    kind: 'subscribed',
    subscription: { dialect: 'x-activity', id: '3', eventType, userId: '1234567890', webhookId: '1' },
  })),
}

/** @param folder an empty one, for the stand-ins and what they write down */
export async function startAuthorAws(folder: string): Promise<AuthorAws> {
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  for (const program of ['aws', 'cdk', 'curl']) {
    await executable(join(bin, program), `exec "${process.execPath}" "${script}" "${folder}" ${program} "$@"`)
  }
  const asked: Readonly<Record<string, unknown>>[] = []
  const results: Record<string, unknown> = { ...RESULTS }
  const answers: Record<string, Answer> = {}
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const payload = JSON.parse(await text(request)) as Readonly<Record<string, unknown>>
    asked.push(payload)
    const result = results[String(payload.action)]
    const answer = result === undefined ? { kind: 'refused', detail: 'action is one of …' } : { kind: 'done', result }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    bin,
    env: {
      PATH: [bin, process.env.PATH].join(delimiter),
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIDLOCAL',
      AWS_SECRET_ACCESS_KEY: 'a-secret-of-aws',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    calls() {
      const path = join(folder, 'calls.jsonl')
      const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
      return lines.map((line) => JSON.parse(line) as readonly string[])
    },
    asked,
    results,
    async answer(what, answer) {
      answers[what] = answer
      await writeFile(join(folder, 'answers.json'), JSON.stringify(answers))
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

export async function executable(path: string, ...lines: readonly string[]): Promise<void> {
  await writeFile(path, `${['#!/bin/sh', ...lines].join('\n')}\n`)
  await chmod(path, 0o755)
}

/**
 * Puts into a project's `node_modules` what npm would: the packages of this repository and what they stand on, with the
 * stand-in as the CDK's command.
 */
export async function linkPackages(project: string, { bin }: Pick<AuthorAws, 'bin'>): Promise<void> {
  const modules = join(project, 'node_modules')
  for (const folder of ['.bin', '@hexbird', 'aws-cdk/bin']) await mkdir(join(modules, folder), { recursive: true })
  for (const name of ['cli', 'core', 'lambda-entry', 'prove']) {
    await symlink(fileURLToPath(new URL(`packages/${name}`, root)), join(modules, '@hexbird', name))
  }
  const ofEntry = new URL('packages/lambda-entry/node_modules/', root)
  for (const name of ['aws-cdk-lib', 'cdk-nag', 'constructs', 'esbuild', 'fast-check']) {
    await symlink(fileURLToPath(new URL(name, ofEntry)), join(modules, name))
  }
  await writeFile(join(modules, 'aws-cdk/package.json'), '{"name":"aws-cdk","version":"0.0.0"}')
  await writeFile(
    join(modules, 'aws-cdk/bin/cdk'),
    `process.argv.splice(2, 0, ${JSON.stringify(join(bin, '..'))}, 'cdk')\nrequire(${JSON.stringify(script)})\n`,
  )
  await symlink(join(bin, 'cdk'), join(modules, '.bin/cdk'))
  await executable(
    join(modules, '.bin/hexbird'),
    `exec "${process.execPath}" "${fileURLToPath(new URL('packages/cli/dist/main.js', root))}" "$@"`,
  )
}
