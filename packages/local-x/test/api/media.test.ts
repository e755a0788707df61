import { afterEach, describe, expect, test } from '@jest/globals'
import type { TwitterApi } from 'twitter-api-v2'
import { type LocalX, type LocalXOptions, testClock } from '../../src/index.js'
import { readMultipart } from '../../src/util/multipart.js'
import { type Closers, clientsOf, closeAll, jpeg, refusal, request, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const DAY = 24 * 60 * 60 * 1000
const INVALID = 'Your media IDs are invalid.'

async function begin(options: LocalXOptions = {}) {
  const x = await start(stack, options)
  return { x, asBot: clientsOf(x).asBot }
}

const initialize = (client: TwitterApi, bytes: Uint8Array, over: Record<string, unknown> = {}) =>
  client.v2.post<{ data: { id: string; expires_after_secs: number } }>('media/upload/initialize', {
    media_type: 'image/jpeg',
    total_bytes: bytes.length,
    media_category: 'tweet_image',
    ...over,
  })

const append = (client: TwitterApi, id: string, index: number, bytes: Uint8Array) =>
  client.v2.post(
    `media/upload/${id}/append`,
    { segment_index: index, media: Buffer.from(bytes) },
    { forceBodyMode: 'form-data' },
  )

const finalize = (client: TwitterApi, id: string) =>
  client.v2.post<{ data: Record<string, unknown> }>(`media/upload/${id}/finalize`)

const statusOf = (client: TwitterApi, id: string) =>
  client.v2.get<{ data: { processing_info?: Record<string, unknown> } }>('media/upload', {
    command: 'STATUS',
    media_id: id,
  })

const describeAs = (client: TwitterApi, id: string, text: string) =>
  client.v2.createMediaMetadata(id, { alt_text: { text } })

const upload = (client: TwitterApi, bytes = jpeg()) =>
  client.v2.uploadMedia(Buffer.from(bytes), { media_type: 'image/jpeg', media_category: 'tweet_image' })

const reply = (client: TwitterApi, to: string, ids: readonly string[], text = 'Here it is.') =>
  client.v2.post('tweets', { text, reply: { in_reply_to_tweet_id: to }, media: { media_ids: ids } })

const asked = (x: LocalX) => x.tweet({ as: 'alice', text: '@hexbird what is this?' })

const messageOf = async (call: Promise<unknown>) => {
  const { code, data } = await refusal(call)
  return [code, data.errors?.[0]?.message]
}

describe('an image that a client uploads', () => {
  test('is shown by the reply that names it, with its alt text, in answers and at its address', async () => {
    const { x, asBot } = await begin()
    const { id } = await asked(x)
    const mediaId = await upload(asBot)
    await describeAs(asBot, mediaId, 'A drawing & a dog')
    await reply(asBot, id, [mediaId])
    const [posted] = x.repliesTo(id)
    expect(posted).toMatchObject({
      displayText: 'Here it is.',
      photos: [{ id: mediaId, altText: 'A drawing & a dog' }],
    })
    const { includes } = await asBot.v2.singleTweet(posted?.id ?? '', {
      expansions: ['attachments.media_keys'],
      'media.fields': ['alt_text', 'url', 'width', 'height'],
    })
    const [media] = includes?.media ?? []
    expect(media).toMatchObject({ media_key: `3_${mediaId}`, type: 'photo', alt_text: 'A drawing & a dog' })
    const { pathname } = new URL(media?.url ?? '')
    expect(await request(x, pathname, { headers: { host: 'pbs.twimg.com' } })).toMatchObject({ status: 200 })
  })

  test('may come in segments in any order, and again', async () => {
    const { asBot } = await begin()
    const bytes = jpeg()
    const { data } = await initialize(asBot, bytes)
    const half = Math.floor(bytes.length / 2)
    await append(asBot, data.id, 1, bytes.subarray(half))
    for (let nth = 0; nth < 2; nth++) await append(asBot, data.id, 0, bytes.subarray(0, half))
    expect((await finalize(asBot, data.id)).data).toMatchObject({
      id: data.id,
      media_key: `3_${data.id}`,
      size: bytes.length,
      expires_after_secs: 86_400,
      image: { image_type: 'image/jpeg' },
    })
  })

  test('has its full lifetime when it is finalized, however long the answer takes', async () => {
    let ms = Date.now()
    const { asBot } = await begin({ now: () => ms++ })
    const bytes = jpeg()
    const { data } = await initialize(asBot, bytes)
    expect(data.expires_after_secs).toBe(1_295_999)
    await append(asBot, data.id, 0, bytes)
    expect((await finalize(asBot, data.id)).data).toMatchObject({ expires_after_secs: 86_400 })
  })

  test('is ready once, however often its client says that it is whole', async () => {
    const { asBot } = await begin()
    const bytes = jpeg()
    const { data } = await initialize(asBot, bytes)
    await append(asBot, data.id, 0, bytes)
    const first = await finalize(asBot, data.id)
    expect((await finalize(asBot, data.id)).data).toMatchObject({ id: data.id, image: first.data.image })
  })

  test('may come as base64 in JSON', async () => {
    const { asBot } = await begin()
    const bytes = jpeg()
    const { data } = await initialize(asBot, bytes)
    const media = Buffer.from(bytes).toString('base64')
    await asBot.v2.post(`media/upload/${data.id}/append`, { segment_index: 0, media })
    expect((await finalize(asBot, data.id)).data).toMatchObject({ size: bytes.length })
  })

  test('that is not whole is refused', async () => {
    const { asBot } = await begin()
    const bytes = jpeg()
    const { data } = await initialize(asBot, bytes)
    await append(asBot, data.id, 0, bytes.subarray(1))
    const words = 'Segments do not add up to provided total file size.'
    expect(await messageOf(finalize(asBot, data.id))).toEqual([400, words])
    expect(await messageOf(append(asBot, data.id, 1, bytes))).toEqual([400, words])
  })

  test.each([
    ['of a type that is not served', { media_type: 'video/mp4' }, /^\$\.media_type/],
    ['of a category that is not served', { media_category: 'tweet_gif' }, /^\$\.media_category/],
    ['without bytes', { total_bytes: 0 }, /^\$\.total_bytes/],
    ['of more than 5 MB', { total_bytes: 5 * 1024 * 1024 + 1 }, /^File size exceeds 5242880 bytes\./],
    ['with a field that X does not know', { name: 'dog.jpg' }, /^\$\.name/],
  ])('%s is refused at its start', async (_, over, words) => {
    const { asBot } = await begin()
    expect(await messageOf(initialize(asBot, jpeg(), over))).toEqual([400, expect.stringMatching(words)])
  })

  test('that is none is refused when it is whole', async () => {
    const { asBot } = await begin()
    expect(await messageOf(upload(asBot, Buffer.from('no image')))).toEqual([
      400,
      expect.stringContaining('media type unrecognized.'),
    ])
  })

  test('has an alt text of at most a thousand characters', async () => {
    const { asBot } = await begin()
    const mediaId = await upload(asBot)
    expect((await describeAs(asBot, mediaId, '🐕'.repeat(1000))).data).toMatchObject({ id: mediaId })
    expect(await messageOf(describeAs(asBot, mediaId, 'x'.repeat(1001)))).toEqual([
      400,
      expect.stringMatching(/^\$\.metadata\.alt_text\.text/),
    ])
  })

  test('is not taken from the app alone', async () => {
    const { x } = await begin()
    const asApp = clientsOf(x).asApp
    expect((await refusal(initialize(asApp, jpeg()))).code).toBe(403)
  })
})

describe('a reply with an image', () => {
  test('that X does not know, or no longer, is refused, and nothing is posted', async () => {
    const clock = testClock()
    const { x, asBot } = await begin({ clock })
    const mediaId = await upload(asBot)
    const { id } = await asked(x)
    expect(await messageOf(reply(asBot, id, [mediaId, '17']))).toEqual([400, INVALID])
    clock.advance(DAY)
    expect(await messageOf(reply(asBot, (await asked(x)).id, [mediaId]))).toEqual([400, INVALID])
    expect(await messageOf(describeAs(asBot, mediaId, 'A dog'))).toEqual([400, INVALID])
    expect(x.tweets().filter(({ author }) => author.id === x.bot.id)).toEqual([])
  })

  test('keeps it, and another may have it too, though the upload has expired', async () => {
    const clock = testClock()
    const { x, asBot } = await begin({ clock })
    const mediaId = await upload(asBot)
    const { id } = await asked(x)
    await reply(asBot, id, [mediaId], 'One')
    await reply(asBot, id, [mediaId], 'Two')
    clock.advance(DAY)
    expect(x.repliesTo(id).map(({ photos }) => photos.map((photo) => photo.id))).toEqual([[mediaId], [mediaId]])
  })

  test.each([[[]], [['1', '2', '3', '4', '5']], [['x']]])('is refused for the ids %j', async (ids) => {
    const { x, asBot } = await begin()
    const { id } = await asked(x)
    expect(await messageOf(reply(asBot, id, ids))).toEqual([400, expect.stringMatching(/^\$\.media\.media_ids/)])
  })

  test('may do without words', async () => {
    const { x, asBot } = await begin()
    const { id } = await asked(x)
    for (let nth = 0; nth < 2; nth++) await reply(asBot, id, [await upload(asBot)], '')
    expect(x.repliesTo(id)).toHaveLength(2)
  })
})

describe('an image that takes a while', () => {
  test('goes from pending to succeeded by the clock, and is posted no sooner', async () => {
    const clock = testClock()
    const { x, asBot } = await begin({ clock, mediaProcessingMs: 4000 })
    const bytes = jpeg()
    const { data } = await initialize(asBot, bytes)
    await append(asBot, data.id, 0, bytes)
    expect((await statusOf(asBot, data.id)).data.processing_info).toBeUndefined()
    const pending = { state: 'pending', progress_percent: 0, check_after_secs: 4 }
    expect((await finalize(asBot, data.id)).data).toMatchObject({ processing_info: pending })
    clock.advance(1000)
    const half = { state: 'in_progress', progress_percent: 25, check_after_secs: 3 }
    expect((await statusOf(asBot, data.id)).data.processing_info).toEqual(half)
    const { id } = await asked(x)
    expect(await messageOf(reply(asBot, id, [data.id]))).toEqual([400, INVALID])
    clock.advance(3000)
    const done = { state: 'succeeded', progress_percent: 100 }
    expect((await statusOf(asBot, data.id)).data.processing_info).toEqual(done)
    await reply(asBot, id, [data.id])
    expect(x.repliesTo(id)).toHaveLength(1)
  })
})

describe('a body in parts', () => {
  const body = (...parts: string[]) => Buffer.from(parts.join('\r\n'), 'latin1')
  const type = 'multipart/form-data; boundary=b'

  test('is read as bytes, whether a part has a file name or not', () => {
    const head = 'Content-Disposition: form-data; name="media"'
    for (const name of [head, `${head}; filename="dog.jpg"`]) {
      const parts = readMultipart(body('--b', name, '', '\xff\xd8\r\n--\xff', '--b--', ''), type)
      expect(parts?.get('media')).toEqual(Buffer.from('\xff\xd8\r\n--\xff', 'latin1'))
    }
  })

  test.each([
    ['another type', body('--b--'), 'application/json'],
    ['no boundary', body('--b--'), 'multipart/form-data'],
    ['a part that breaks off', body('--b', 'Content-Disposition: form-data; name="media"', '', 'dog'), type],
    ['no end', body('nothing'), type],
  ])('is not read with %s', (_, bytes, contentType) => {
    expect(readMultipart(bytes, contentType)).toBeUndefined()
  })
})
