import { freePort } from '@hexbird/testkit/free-port'
import { answer, cut, cutWithin, type Script, silence, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XSocialClient, type XSocialClientOptions } from '../src/index.js'

const credentials = {
  consumerKey: 'consumer-key-7h3',
  consumerSecret: 'consumer-secret-8f2',
  accessToken: '1604089349832232960-accesstoken',
  accessSecret: 'access-secret-9d1',
}
const ID = '1880028106020515840'
const NOW = 1_790_000_000_000
const MB = 1024 * 1024

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function clientOf(scripts: readonly Script[], options: Partial<XSocialClientOptions> = {}) {
  const server = await startScripted(...scripts)
  open.push(server)
  return { server, client: clientTo(server.port, options) }
}

function clientTo(port: number, options: Partial<XSocialClientOptions> = {}) {
  const agent = agentTo({ port })
  open.push({ close: () => agent.destroy() })
  return new XSocialClient({ credentials, agent, now: () => NOW, uploadTimeoutMs: 60_000, ...options })
}

const begun = answer(200, { data: { id: ID, media_key: `3_${ID}`, expires_after_secs: 1_295_999 } })
const added = answer(200, { data: { expires_at: 1_790_000_000 } })
const done = answer(200, { data: { id: ID, media_key: `3_${ID}`, size: 3, expires_after_secs: 86_400 } })
const described = answer(200, { data: { id: ID } })
const processing = (state: string, over = {}) => answer(200, { data: { id: ID, processing_info: { state, ...over } } })

const image = (size = 3) => ({ bytes: new Uint8Array(size), type: 'image/png', alt: 'Ein Hund 🐕' }) as const

describe('an image', () => {
  test('is begun, sent, ended and described, and can be posted for as long as X says', async () => {
    const { server, client } = await clientOf([begun, added, done, described])
    expect(await client.uploadImage(image())).toEqual({ kind: 'uploaded', mediaId: ID, expiresAt: NOW + 86_400_000 })
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /2/media/upload/initialize',
      `POST /2/media/upload/${ID}/append`,
      `POST /2/media/upload/${ID}/finalize`,
      'POST /2/media/metadata',
    ])
    const [first, second, , last] = server.requests
    expect(JSON.parse(first?.body ?? '')).toEqual({
      media_type: 'image/png',
      total_bytes: 3,
      media_category: 'tweet_image',
    })
    expect(second?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(second?.body).toMatch(/name="segment_index"\s+0\r\n/)
    expect(JSON.parse(last?.body ?? '')).toEqual({ id: ID, metadata: { alt_text: { text: 'Ein Hund 🐕' } } })
  })

  test('of more than a megabyte is sent in segments', async () => {
    const { server, client } = await clientOf([begun, added, added, added, done, described])
    expect(await client.uploadImage(image(2 * MB + 1))).toMatchObject({ kind: 'uploaded' })
    const segments = server.requests.filter(({ url }) => url.endsWith('/append'))
    expect(segments.map(({ body }) => /name="segment_index"\s+(\d)/.exec(body)?.[1])).toEqual(['0', '1', '2'])
    expect(segments.map(({ headers }) => Math.floor(Number(headers['content-length']) / MB))).toEqual([1, 1, 0])
  })

  test('that X processes is asked for when X says, and described when that has ended', async () => {
    const waits: number[] = []
    const wait = async (ms: number) => void waits.push(ms)
    const scripts = [
      ...[begun, added, processing('pending', { check_after_secs: 2 }), processing('in_progress')],
      ...[processing('succeeded', { progress_percent: 100 }), described],
    ]
    const { server, client } = await clientOf(scripts, { wait })
    expect(await client.uploadImage(image())).toMatchObject({ kind: 'uploaded' })
    expect(waits).toEqual([2000, 1000])
    expect(server.requests[3]?.url).toBe(`/2/media/upload?command=STATUS&media_id=${ID}`)
  })

  test.each([
    ['at once', [processing('failed')]],
    ['in the end', [processing('pending'), processing('failed', { progress_percent: 12 })]],
  ])('that X fails to process, %s, is refused', async (_, scripts) => {
    const { client } = await clientOf([begun, added, ...scripts], { wait: async () => {} })
    expect(await client.uploadImage(image())).toMatchObject({ kind: 'refused', reason: 'processing-failed' })
  })

  test('that X processes for longer than there is time is deferred', async () => {
    const { server, client } = await clientOf([begun, added, processing('pending', { check_after_secs: 61 })])
    expect(await client.uploadImage(image())).toMatchObject({ kind: 'deferred', reason: 'unreachable' })
    expect(server.requests).toHaveLength(3)
  })

  test('without words or of more than 5 MB is refused before X is asked', async () => {
    const { server, client } = await clientOf([begun])
    expect(await client.uploadImage({ ...image(), alt: ' ' })).toMatchObject({ reason: 'alt-text' })
    expect(await client.uploadImage(image(5 * MB + 1))).toMatchObject({ reason: 'rejected' })
    expect(server.requests).toEqual([])
  })

  test('for which X gave no id is not sent', async () => {
    const { server, client } = await clientOf([answer(200, { data: { id: '../tweets' } })])
    expect(await client.uploadImage(image())).toMatchObject({ kind: 'deferred', reason: 'unreachable' })
    expect(server.requests).toHaveLength(1)
  })

  test('whose end X does not name can be posted for a day', async () => {
    const { client } = await clientOf([begun, added, answer(200, { data: { id: ID } }), described])
    expect(await client.uploadImage(image())).toMatchObject({ expiresAt: NOW + 86_400_000 })
  })
})

const RIGHT = [begun, added, done, described]
const OUTCOMES: readonly (readonly [string, Script, string])[] = [
  ['503', answer(503, 'Over capacity'), 'deferred unreachable'],
  ['a cut before the answer', cut, 'deferred unreachable'],
  ['a cut within the answer', cutWithin(200, '{"data":'), 'deferred unreachable'],
  ['429', answer(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }), 'deferred rate-limited'],
  ['402', answer(402, { title: 'Payment Required' }), 'deferred no-credits'],
  ['401', answer(401, { title: 'Unauthorized' }), 'deferred unauthorized'],
  ['403 that says nothing', answer(403, { title: 'Forbidden', detail: 'Forbidden' }), 'deferred unauthorized'],
  ['400', answer(400, { errors: [{ message: 'media type unrecognized.' }] }), 'refused rejected'],
  ['413', answer(413), 'refused rejected'],
  ['code 326', answer(403, { errors: [{ code: 326, message: 'this account is temporarily locked' }] }), 'locked 326'],
]

describe('a step of an upload', () => {
  for (const [at, step] of ['initialize', 'append', 'finalize', 'metadata'].entries()) {
    test.each(OUTCOMES)(`that ends the upload: ${step} answered %s`, async (_, script, expected) => {
      const { server, client } = await clientOf([...RIGHT.slice(0, at), script])
      const result = await client.uploadImage(image())
      const about = 'reason' in result ? result.reason : 'code' in result ? result.code : ''
      expect(`${result.kind} ${about}`).toBe(expected)
      expect(server.requests).toHaveLength(at + 1)
      expect(JSON.stringify(result)).not.toMatch(/secret|accesstoken/)
    })
  }

  test('that gets no answer is given up in time', async () => {
    const { client } = await clientOf([begun, silence], { uploadTimeoutMs: 400 })
    expect(await client.uploadImage(image())).toMatchObject({ kind: 'deferred', reason: 'unreachable' })
  })

  test('that reaches nobody is deferred', async () => {
    const result = await clientTo(await freePort()).uploadImage(image())
    expect(result).toMatchObject({ kind: 'deferred', reason: 'unreachable' })
  })
})

test('a reply names the images that it shows, and none where there are none', async () => {
  const { server, client } = await clientOf([answer(201, { data: { id: '2' } })])
  for (const ids of [[ID, '17'], []]) expect(await client.reply('1', 'Hi', ids)).toMatchObject({ kind: 'posted' })
  expect(server.requests.map(({ body }) => JSON.parse(body).media)).toEqual([{ media_ids: [ID, '17'] }, undefined])
})
