import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hexbird, starts } from '@hexbird/testkit/hexbird'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { recorded } from '../recordings.js'

const sample = fileURLToPath(new URL('../../../local-x/samples/photos/dog.jpg', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hexbird-'))
})
afterAll(() => rm(folder, { recursive: true }))
const file = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

describe('hexbird dev --once', () => {
  test.each(['x-activity', 'account-activity'])(
    'ends with the reply to a photo as one line of JSON (%s)',
    async (dialect) => {
      const ran = await hexbird([
        'dev',
        '--once',
        '--photo',
        sample,
        '--text',
        '@hexbird what is this?',
        '--dialect',
        dialect,
      ])
      expect(ran.stderr).toContain('(1 photo)\n')
      expect(ran.code).toBe(0)
      expect(ran.json()).toEqual({
        outcome: 'replied',
        reply: expect.stringContaining('Dog'),
        labels: expect.arrayContaining(['Dog']),
        elapsedMs: expect.any(Number),
      })
    },
  )

  test('without a photo shows the reply that asks for one', async () => {
    const ran = await hexbird(['dev', '--once'])
    expect(ran.json()).toMatchObject({
      outcome: 'replied',
      reply: expect.stringContaining('upload an image'),
      labels: [],
    })
  })

  test('says that nobody mentioned the bot, and what to type, and that is no fault', async () => {
    const ran = await hexbird(['dev', '--once', '--text', 'good morning'])
    expect(ran.code).toBe(0)
    expect(ran.json()).toMatchObject({ outcome: 'ignored', reason: 'not-mentioned' })
    expect(ran.stderr).toContain('does not mention @hexbird')
    expect(ran.stderr).toContain('Pass --text "@hexbird good morning"')
  })

  test('has a bot of the name that is chosen, by flag or by settings', async () => {
    const byFlag = await hexbird(['dev', '--once', '--name', '@plantbot'])
    expect(byFlag.stderr).toContain('@alice tweets: @plantbot what is this?')
    expect(byFlag.json()).toMatchObject({ outcome: 'replied' })
    const bySettings = await hexbird(['dev', '--once', '--text', 'hi'], { HEXBIRD_BOT_USERNAME: 'dicebot' })
    expect(bySettings.stderr).toContain('does not mention @dicebot')
  })

  test.each(['x-activity', 'account-activity'])('feeds a recorded delivery in its own time (%s)', async (dialect) => {
    const recording = await file(`${dialect}.json`, JSON.stringify(recorded(dialect)))
    const ran = await hexbird(['dev', '--once', '--json-events', recording, '--photo', sample, '--dialect', dialect])
    expect(ran.stderr).not.toMatch(/Error/)
    expect(ran.code).toBe(0)
    expect(ran.json()).toMatchObject({ outcome: 'replied', reply: expect.stringContaining('Dog') })
  })
})

test.each([
  ['favorite_events', { for_user_id: '1', favorite_events: [{}] }],
  ['post.mention.create (malformed)', { data: { event_type: 'post.mention.create', payload: {} } }],
  ['it is empty', {}],
])('a recording that tells of no tweet is named, and is no fault: %s', async (name, recording) => {
  const ran = await hexbird(['dev', '--once', '--json-events', await file('other.json', JSON.stringify(recording))])
  expect(ran.stderr).toContain(name)
  expect(ran.code).toBe(0)
  expect(ran.json()).toMatchObject({ outcome: 'ignored', reason: 'nothing-delivered' })
})

describe('a mistake gets a clear message, exit code 2, and no stack trace', () => {
  test.each<[string, () => Promise<string[]>, RegExp]>([
    ['a file that is not there', async () => ['--once', '--photo', '/no/such.jpg'], /no such file/],
    ['a folder', async () => ['--once', '--photo', folder], /it is a folder/],
    [
      'a file that is no photo',
      async () => ['--once', '--photo', await file('a.txt', 'text')],
      /not a JPEG, PNG, WEBP or GIF/,
    ],
    ['an empty file', async () => ['--once', '--photo', await file('empty.jpg', '')], /not a JPEG, PNG, WEBP or GIF/],
    [
      'a photo that is too large',
      async () => [
        '--once',
        '--photo',
        await file(
          'large.jpg',
          Uint8Array.from({ length: 5 * 1024 * 1024 + 1 }, () => 0xff),
        ),
      ],
      /larger than 5 MB/,
    ],
    [
      'a photo that breaks off',
      async () => ['--once', '--photo', await file('cut.jpg', (await readFile(sample)).subarray(0, 9000))],
      /X refuses this photo: "media type unrecognized\."/,
    ],
    ['five photos', async () => ['--once', '--photo', sample, sample, sample, sample, sample], /at most 4 photos/],
    [
      'a recording that is not JSON',
      async () => ['--once', '--json-events', await file('b.json', '{')],
      /not a delivery/,
    ],
    [
      'a recording that is a list',
      async () => ['--once', '--json-events', await file('c.json', '[]')],
      /not a delivery/,
    ],
    [
      'a recording for an account with a name that X does not give',
      async () => [
        '--once',
        '--json-events',
        await file('d.json', JSON.stringify(recorded('x-activity')).replaceAll('plantbot', 'no name')),
      ],
      /no name/,
    ],
    ['an unknown dialect', async () => ['--once', '--dialect', 'latin'], /Allowed choices/],
    ['an unknown option', async () => ['--onse'], /unknown option/],
    ['a port that is no number', async () => ['--port', 'http'], /0 to 65535/],
    ['a port that does not exist', async () => ['--port', '65536'], /0 to 65535/],
    ['a photo without --once', async () => ['--photo', sample], /Add --once/],
    ['a name that X would not take', async () => ['--name', 'no name'], /no username on X: use 1 to 15 letters/],
  ])('%s', async (_name, args, message) => {
    const ran = await hexbird(['dev', ...(await args())])
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran.code).toBe(2)
    expect(ran.stdout).toBe('')
  })

  test('a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const ran = await hexbird(['dev', '--once', '--port', String((server.address() as AddressInfo).port)])
    server.close()
    expect(ran.stderr).toMatch(/is already in use\. Pass --port to choose another port/)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran.code).toBe(2)
  })
})

describe('without --once', () => {
  async function start() {
    const { child, ended, shows } = starts(['dev'], { TMPDIR: folder })
    const [, url] = await shows(/local X {3}(http:\S+)/)
    await shows(/Ctrl-C/)
    const tweet = async () => {
      const form = new FormData()
      form.set('as', 'alice')
      form.set('text', '@hexbird what is this?')
      form.set('photo', new Blob([await readFile(sample)], { type: 'image/jpeg' }), 'dog.jpg')
      return fetch(`${url}/_local/tweets`, { method: 'POST', body: form })
    }
    return { child, ended, shows, tweet }
  }

  test('it prints its addresses and what to try, and ends on a signal', async () => {
    const { child, ended, shows, tweet } = await start()
    const [, photo = ''] = await shows(/main\.js tweet --port \d+ --photo (\S+) --wait/)
    expect(await readFile(resolve(tmpdir(), photo))).toEqual(await readFile(sample))
    expect((await tweet()).ok).toBe(true)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })

  test('it ends without a word when nobody reads it any more', async () => {
    const { child, ended, tweet } = await start()
    child.stdout.destroy()
    // The bot says what became of the tweet. The answer to this request may be cut off by its end.
    await tweet().catch(() => {})
    const { code, stderr } = await ended
    expect([code, stderr.replace('Loading the model that labels photos …\n', '')]).toEqual([0, ''])
  })
})
