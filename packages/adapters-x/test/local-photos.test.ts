import { readFileSync } from 'node:fs'
import { photoSize } from '@hexbird/core/adapter'
import { type LocalXOptions, startLocalX } from '@hexbird/local-x'
import { afterEach, expect, test } from '@jest/globals'
import { agentTo, HttpsMediaFetcher } from '../src/index.js'
import { PHOTO } from './photo.js'

/** A drawing of 800 × 600 with keywords in it. */
const DRAWING = new Uint8Array(readFileSync(new URL('../../local-x/samples/dog.jpg', import.meta.url)))

/** A WEBP of 12 × 8. */
const WEBP = Buffer.from('UklGRh4AAABXRUJQVlA4TBEAAAAvC8ABAAfQmTJ3pv+BiOh/AAA=', 'base64')

let closing: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closing.map((close) => close()))
  closing = []
})

/** The photo as the fetcher gets it from the local X. */
async function fetched(bytes: Uint8Array, options: LocalXOptions = {}): Promise<Uint8Array> {
  const x = await startLocalX(options)
  const agent = agentTo({ port: x.port })
  closing.push(async () => {
    agent.destroy()
    await x.close()
  })
  const { photos } = await x.tweet({ as: 'ada', text: 'look', photos: [{ bytes }] })
  const result = await new HttpsMediaFetcher({ agent }).fetch({ url: photos[0]?.url ?? '' })
  if (result.kind !== 'fetched') throw new Error(result.detail)
  expect(result.type).toBe('image/jpeg')
  return result.bytes
}

test.each([
  ['a JPEG', PHOTO, { width: 451, height: 300 }],
  ['a WEBP', WEBP, { width: 12, height: 8 }],
])('%s that was uploaded is fetched as a JPEG of its size', async (_what, bytes, size) => {
  expect(photoSize(await fetched(bytes))).toEqual(size)
})

test('keywords in a photo are gone when it is fetched, unless the local X keeps metadata', async () => {
  const keywords = (bytes: Uint8Array) => Buffer.from(bytes).includes('xpacket')
  expect(keywords(DRAWING)).toBe(true)
  expect(keywords(await fetched(DRAWING))).toBe(false)
  expect(await fetched(DRAWING, { keepMetadata: true })).toEqual(DRAWING)
})
