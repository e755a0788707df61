import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { animalRules, defineBot, photoReplies } from '@hexbird/core'
import type { LocalX } from '@hexbird/local-x'
import { hexbird } from '@hexbird/testkit/hexbird'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type LocalBot, startLocalBot } from '../../src/local-bot.js'

const sample = fileURLToPath(new URL('../../../local-x/samples/dog.jpg', import.meta.url))

let folder: string
let local: LocalBot
let x: LocalX
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
  local = await startLocalBot()
  x = local.x
})
afterAll(async () => {
  await local.close()
  await rm(folder, { recursive: true })
})
const tweet = (...args: string[]) => hexbird(['tweet', ...args], { TMPDIR: folder })
const here = () => ['--port', String(x.port)]

describe('hexbird tweet', () => {
  test('tweets a photo as whoever is named, and shows the reply', async () => {
    const ran = await tweet(
      ...here(),
      '--as',
      'bob',
      '--photo',
      sample,
      '--text',
      '@hexbird and this?',
      '--wait',
      '--json',
    )
    expect(ran.stderr).toContain('@bob tweets: @hexbird and this? (1 photo)\n')
    const { id, ...rest } = ran.json()
    expect(rest).toEqual({ outcome: 'replied', reply: expect.stringContaining('Dog'), elapsedMs: expect.any(Number) })
    expect(x.tweets().find((tweet) => tweet.id === id)).toMatchObject({
      author: { username: 'bob' },
      displayText: '@hexbird and this?',
      photos: [{ kind: 'photo' }],
    })
    expect(ran.code).toBe(0)
  })

  test('without --wait ends with the id of the tweet, which can be replied to', async () => {
    const ran = await tweet(...here(), '--as', 'carol', '--text', 'good morning')
    expect(ran.stderr).toContain('Pass --text "@hexbird good morning"')
    const id = ran.stdout.trim()
    const reply = await tweet(...here(), '--as', 'dora', '--reply-to', id, '--text', 'to you too', '--json')
    expect(x.repliesTo(id)).toMatchObject([{ id: reply.json().id, author: { username: 'dora' } }])
  })

  test('says at once that nobody mentioned the bot', async () => {
    const ran = await tweet(...here(), '--text', 'good morning', '--wait', '--json')
    expect([ran.code, ran.json()]).toEqual([0, { id: expect.any(String), outcome: 'ignored', reason: 'not-mentioned' }])
  })

  test('gives the detail of why there is no reply', async () => {
    local.use(defineBot().on('tweet', (ctx) => ctx.skip('nothing to count')))
    const ran = await tweet(...here(), '--as', 'fred', '--wait', '--json')
    local.use(photoReplies(animalRules))
    expect(ran.json()).toMatchObject({ outcome: 'ignored', reason: 'skipped', detail: 'nothing to count' })
  })

  test('says why there is no reply', async () => {
    await local.ports.optOuts.add(x.person('eve').id, Date.now())
    const ran = await tweet(...here(), '--as', 'eve', '--wait')
    expect(ran.stdout).toBe('ignored: its author told the bot to stop\n')
    expect(ran.code).toBe(0)
  })
})

describe('a mistake gets a clear message, exit code 2, and no stack trace', () => {
  test.each<[string, () => string[] | Promise<string[]>, RegExp]>([
    [
      'no bot that runs',
      () => [],
      /No bot is running here\. Start one in another terminal: hexbird dev\. For hexbird local-x, pass --port <number>\./,
    ],
    [
      'a port where nobody listens',
      () => ['--port', '1'],
      /Nothing answers at http:\/\/127\.0\.0\.1:1\. .*hexbird dev/,
    ],
    ['a tweet to reply to that is not there', () => [...here(), '--reply-to', '7'], /7/],
    ['a name that X does not give', () => [...here(), '--as', 'no name'], /no name/],
    ['five photos', () => [...here(), '--photo', sample, sample, sample, sample, sample], /at most 4 photos/],
    [
      'a file that is no photo',
      () => [...here(), '--photo', fileURLToPath(import.meta.url)],
      /not a JPEG, PNG, WEBP or GIF/,
    ],
  ])('%s', async (_name, args, message) => {
    const ran = await tweet(...(await args()))
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran).toMatchObject({ code: 2, stdout: '' })
  })

  test('another server than a local X', async () => {
    const server = createServer((_, response) => response.writeHead(404).end('not here'))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const ran = await tweet('--port', String((server.address() as AddressInfo).port))
    server.close()
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringMatching(/is not a local X: it answered 404/) })
  })
})
