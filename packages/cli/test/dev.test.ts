import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

// The command as it is built: what `npm start` and users run.
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const sample = fileURLToPath(new URL('../../local-x/samples/dog.jpg', import.meta.url))

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function hexbird(...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

const lastLine = ({ stdout }: Ran) => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>

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
      const ran = await hexbird(
        'dev',
        '--once',
        '--photo',
        sample,
        '--text',
        '@hexbird what is this?',
        '--dialect',
        dialect,
      )
      expect(ran.code).toBe(0)
      expect(lastLine(ran)).toEqual({
        outcome: 'replied',
        reply: expect.stringContaining('Dog'),
        labels: expect.arrayContaining(['Dog']),
        elapsedMs: expect.any(Number),
      })
    },
  )

  test('without a photo shows the reply that asks for one', async () => {
    const ran = await hexbird('dev', '--once')
    expect(lastLine(ran)).toMatchObject({
      outcome: 'replied',
      reply: expect.stringContaining('upload an image'),
      labels: [],
    })
  })

  test('says why there is no reply, and that is no fault', async () => {
    const ran = await hexbird('dev', '--once', '--text', 'good morning')
    expect(ran.code).toBe(0)
    expect(lastLine(ran)).toMatchObject({ outcome: 'ignored', reason: 'nothing-delivered' })
  })

  test.each(['x-activity', 'account-activity'])('feeds a recorded delivery in its own time (%s)', async (dialect) => {
    const recording = await file(`${dialect}.json`, JSON.stringify(recorded(dialect)))
    const ran = await hexbird('dev', '--once', '--json-events', recording, '--photo', sample, '--dialect', dialect)
    expect(ran.stderr).not.toMatch(/Error/)
    expect(ran.code).toBe(0)
    expect(lastLine(ran)).toMatchObject({ outcome: 'replied', reply: expect.stringContaining('Dog') })
  })
})

test.each([
  ['favorite_events', { for_user_id: '1', favorite_events: [{}] }],
  ['post.mention.create (malformed)', { data: { event_type: 'post.mention.create', payload: {} } }],
  ['it is empty', {}],
])('a recording that tells of no tweet is named, and is no fault: %s', async (name, recording) => {
  const ran = await hexbird('dev', '--once', '--json-events', await file('other.json', JSON.stringify(recording)))
  expect(ran.stderr).toContain(name)
  expect(ran.code).toBe(0)
  expect(lastLine(ran)).toMatchObject({ outcome: 'ignored', reason: 'nothing-delivered' })
})

describe('a mistake gets a clear message, exit code 2, and no stack trace', () => {
  test.each<[string, () => Promise<string[]>, RegExp]>([
    ['a file that is not there', async () => ['--once', '--photo', '/no/such.jpg'], /no such file/],
    ['a folder', async () => ['--once', '--photo', folder], /it is a folder/],
    [
      'a file that is no photo',
      async () => ['--once', '--photo', await file('a.txt', 'text')],
      /neither a JPEG nor a PNG/,
    ],
    ['an empty file', async () => ['--once', '--photo', await file('empty.jpg', '')], /neither a JPEG nor a PNG/],
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
    ['a photo without --once', async () => ['--photo', sample], /go with --once/],
  ])('%s', async (_name, args, message) => {
    const ran = await hexbird('dev', ...(await args()))
    expect(ran.stderr).toMatch(message)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran.code).toBe(2)
    expect(ran.stdout).toBe('')
  })

  test('a port that is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const ran = await hexbird('dev', '--once', '--port', String((server.address() as AddressInfo).port))
    server.close()
    expect(ran.stderr).toMatch(/That port is in use/)
    expect(ran.stderr).not.toMatch(/\n\s+at /)
    expect(ran.code).toBe(2)
  })
})

describe('without --once', () => {
  async function start() {
    const child = spawn(process.execPath, [main, 'dev'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = once(child, 'exit') as Promise<[number | null]>
    let [shown, complaint] = ['', '']
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text
    })
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        shown += text
        if (shown.includes('Ctrl-C')) resolve()
      })
    })
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)\/_local\/tweets/.exec(shown) ?? []
    const tweet = async () => {
      const form = new FormData()
      form.set('as', 'alice')
      form.set('text', '@hexbird what is this?')
      form.set('photo', new Blob([await readFile(sample)], { type: 'image/jpeg' }), 'dog.jpg')
      return fetch(`${url}/_local/tweets`, { method: 'POST', body: form })
    }
    return { child, ended, tweet, complaint: () => complaint }
  }

  test('it prints its addresses and what to try, and ends on a signal', async () => {
    const { child, ended, tweet } = await start()
    expect((await tweet()).ok).toBe(true)
    child.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)
  })

  test('it ends without a word when nobody reads it any more', async () => {
    const { child, ended, tweet, complaint } = await start()
    child.stdout.destroy()
    // The bot says what became of the tweet. The answer to this request may be cut off by its end.
    await tweet().catch(() => {})
    expect((await ended)[0]).toBe(0)
    expect(complaint()).toBe('')
  })
})

/** A delivery as X recorded it, months ago, for another account. */
function recorded(dialect: string): unknown {
  const media = {
    id_str: '1815820000000000001',
    type: 'photo',
    media_url_https: 'https://pbs.twimg.com/media/GTExample01.jpg',
    indices: [26, 49],
  }
  const text = '@plantbot what is this? https://t.co/abcdefghij'
  if (dialect === 'account-activity') {
    return {
      for_user_id: '1701234567890123456',
      tweet_create_events: [
        {
          created_at: 'Tue Jul 23 18:00:00 +0000 2024',
          id: 1815800000000000000,
          id_str: '1815800000000000123',
          text,
          truncated: false,
          in_reply_to_status_id_str: null,
          user: { id: 1601234567890123500, id_str: '1601234567890123457', name: 'Bob', screen_name: 'bob' },
          entities: {
            user_mentions: [{ screen_name: 'plantbot', id_str: '1701234567890123456', indices: [0, 9] }],
            media: [media],
          },
          extended_entities: { media: [media] },
        },
      ],
    }
  }
  return {
    data: {
      event_uuid: '-2781149976877970683',
      event_type: 'post.mention.create',
      filter: { user_id: '1701234567890123456' },
      payload: {
        id: '1815800000000000123',
        text,
        author_id: '1601234567890123457',
        created_at: '2024-07-23T18:00:00.000Z',
        conversation_id: '1815800000000000123',
        edit_history_tweet_ids: ['1815800000000000123'],
        attachments: { media_keys: ['3_1815820000000000001'] },
        entities: { mentions: [{ username: 'plantbot', id: '1701234567890123456', start: 0, end: 9 }] },
      },
      includes: { users: [{ id: '1601234567890123457', username: 'bob', name: 'Bob' }] },
    },
  }
}
