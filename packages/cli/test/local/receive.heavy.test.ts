import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { verifySignature } from '@hexbird/core'
import { hexbird, starts } from '@hexbird/testkit/hexbird'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { withoutPosting } from '../../src/local/once.js'
import { startLocalBot } from '../../src/local-bot.js'
import { recorded } from '../recordings.js'

const sample = fileURLToPath(new URL('../../../local-x/samples/dog.jpg', import.meta.url))
const dialects = ['x-activity', 'account-activity']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterAll(() => rm(folder, { recursive: true }))
const file = async (name: string, content: string | object) => {
  const path = join(folder, name)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('a recorded delivery', () => {
  test.each(dialects)('is answered in its own time by a bot that is there for it alone (%s)', async (dialect) => {
    const ran = await hexbird([
      'receive',
      await file(`${dialect}.json`, recorded(dialect) as object),
      '--photo',
      sample,
      '--json',
    ])
    expect(ran.json()).toMatchObject({ outcome: 'replied', reply: expect.stringContaining('Dog') })
    expect(ran.stdout.trim().split('\n')).toHaveLength(1)
    expect(ran.code).toBe(0)
  })

  test('comes on standard input, and what becomes of it is said in words', async () => {
    const { child, ended } = starts(['receive', '-', '--photo', sample])
    child.stdin.end(JSON.stringify(recorded('x-activity')))
    expect((await ended).stdout).toMatch(/^It replied: .*Dog.*\n$/)
  })

  test('is decided in a dry run, and the words are those that would have been posted', async () => {
    const path = await file('dry.json', recorded('x-activity') as object)
    const ran = await hexbird(['receive', path, '--photo', sample, '--dry-run', '--json'])
    expect(ran.json()).toEqual({
      outcome: 'would-reply',
      reply: expect.stringContaining('Dog'),
      labels: expect.arrayContaining(['Dog']),
      elapsedMs: expect.any(Number),
    })
    expect(ran.code).toBe(0)
  })

  test('of a message that says stop is told with whom it stops', async () => {
    const message = {
      message_create: { sender_id: '42', message_data: { text: 'stop' } },
      type: 'message_create',
      id: '7',
    }
    const path = await file('stop.json', { for_user_id: '99', direct_message_events: [message] })
    const ran = await hexbird(['receive', path, '--json'])
    expect(ran.json()).toEqual({ outcome: 'opted-out', userId: '42', elapsedMs: expect.any(Number) })
  })
})

test('in a dry run X is not told of a reply, though it is settled', async () => {
  const outcomes: string[] = []
  const local = await startLocalBot({ ports: withoutPosting, onOutcome: ({ kind }) => void outcomes.push(kind) })
  const { id } = await local.x.tweet({ as: 'alice', text: '@hexbird what is this?' })
  await local.idle()
  await local.close()
  expect(outcomes).toEqual(['replied'])
  expect(local.x.repliesTo(id)).toEqual([])
})

describe('with --url', () => {
  interface Asked {
    readonly headers: IncomingMessage['headers']
    readonly body: Buffer
  }
  let asked: Asked[] = []
  const servers: ReturnType<typeof createServer>[] = []
  afterEach(() => {
    asked = []
    for (const server of servers.splice(0)) server.close()
  })
  async function endpoint(status: number, text = '', headers: Record<string, string> = {}): Promise<string> {
    const server = createServer((request, response) => {
      buffer(request).then(
        (body) => {
          asked.push({ headers: request.headers, body })
          response.writeHead(status, headers).end(text)
        },
        () => response.destroy(),
      )
    })
    servers.push(server)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  }
  const secrets = { HEXBIRD_CONSUMER_SECRET: 'new-secret,old-secret', HEXBIRD_CLIENT_SECRET: 'client-secret' }

  test('the very bytes are posted, signed with the newest of each secret', async () => {
    const bytes = `${JSON.stringify(recorded('account-activity'), null, 2)}\n`
    const path = await file('signed.json', bytes)
    const ran = await hexbird(['receive', path, '--url', await endpoint(200, 'taken'), '--json'], secrets)
    const [{ body, headers } = { body: Buffer.of(), headers: {} }] = asked
    expect(body.toString()).toBe(bytes)
    expect(verifySignature(body, headers['x-twitter-webhooks-signature'], 'new-secret')).toBe(true)
    expect(verifySignature(body, headers['x-twitter-webhooks-signature-oauth2'], 'client-secret')).toBe(true)
    expect(ran.json()).toMatchObject({ status: 200, body: 'taken' })
    expect(ran.code).toBe(0)
    expect(`${ran.stdout}${ran.stderr}`).not.toMatch(/new-secret|old-secret|client-secret/)
  })

  test.each([
    [401, /signature was rejected/],
    [404, /no webhook at this address/],
    [302, /does not follow redirects/],
    [503, /X might retry/],
  ])('an answer of %d is explained, and is a failure', async (status, words) => {
    const path = await file('refused.json', recorded('x-activity') as object)
    const url = await endpoint(status, '\u001b[2Jbody', status === 302 ? { location: '/elsewhere' } : {})
    const ran = await hexbird(['receive', path, '--url', url], secrets)
    expect(ran.stdout).toMatch(words)
    expect(ran.stdout).toMatch(/\n\ufffd\[2Jbody\n$/)
    expect(ran.code).toBe(1)
    expect(asked).toHaveLength(1)
  })
})

describe('a mistake gets a clear message, exit code 2, and no stack trace', () => {
  test.each<[string, (path: string) => string[], RegExp]>([
    ['no file', () => [], /missing required argument 'file'/],
    ['a file that is not there', () => ['/no/such.json'], /no such file/],
    [
      'an address without encryption',
      (path) => [path, '--url', 'http://bot.example/'],
      /cannot be the address of a webhook/,
    ],
    ['an address that is none', (path) => [path, '--url', 'bot.example'], /cannot be the address of a webhook/],
    ['a dry run elsewhere', (path) => [path, '--url', 'https://bot.example/', '--dry-run'], /--dry-run/],
    [
      'an endpoint that is not up',
      (path) => [path, '--url', 'http://127.0.0.1:1/'],
      /does not answer: .*Start the bot/,
    ],
  ])('%s', async (_name, args, message) => {
    const ran = await hexbird(['receive', ...args(await file('fine.json', recorded('x-activity') as object))], {
      HEXBIRD_CONSUMER_SECRET: 'secret',
    })
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })

  test('a secret that is nowhere', async () => {
    const path = await file('fine.json', recorded('x-activity') as object)
    const ran = await hexbird(['receive', path, '--url', 'https://bot.example/'])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/HEXBIRD_CONSUMER_SECRET/) })
  })
})
