import { BOT, fixture, photo, photoBot, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import { selfServe2026 } from '../../src/index.js'
import { jpegHead } from '../../src/testing/index.js'

const ONE = tweet({ media: 'present', photos: [photo('a')] })
const fetched = (bytes: Uint8Array) => ({ kind: 'fetched', bytes, type: 'image/jpeg' }) as const

/** What becomes of a tweet with photos of these bytes, and what was stored and paid for. */
async function handled(photos: readonly Uint8Array[], platform = selfServe2026) {
  const event = { ...ONE, photos: photos.map((_, index) => photo(`p${index}`)) }
  const { ports, log, blobs } = fixture({
    media: { fetch: async ({ url }) => fetched(photos[Number(/p(\d)/.exec(url)?.[1])] ?? new Uint8Array()) },
  })
  const outcome = await photoBot(ports, { bot: BOT, platform }).handleTweet(event)
  return { outcome, log, blobs }
}

describe('a photo', () => {
  test.each([
    [80, 80],
    [80, 10_000],
    [10_000, 10_000],
  ])('of %i by %i pixels is stored to be labelled', async (width, height) => {
    const { outcome, blobs } = await handled([jpegHead(width, height)])
    expect(outcome.kind).toBe('job-stored')
    expect(blobs.has('photos/100/5001/5001-0')).toBe(true)
  })

  test.each([
    ['less than 80 pixels wide', jpegHead(79, 480)],
    ['less than 80 pixels high', jpegHead(640, 79)],
    ['more than 10,000 pixels wide', jpegHead(10_001, 480)],
    ['more than 10,000 pixels high', jpegHead(640, 65_535)],
    ['of no height', jpegHead(640, 0)],
    ['whose head is cut off', jpegHead().subarray(0, 8)],
    ['that is none', new TextEncoder().encode('<svg/>')],
  ])('%s is not stored, nor is a label bought: the author is told that nothing was recognised', async (_, bytes) => {
    const { outcome, log, blobs } = await handled([bytes])
    expect(outcome).toMatchObject({ kind: 'replied', labels: [], text: expect.stringContaining('could not recognize') })
    expect([blobs.size, log.filter((entry) => entry.startsWith('labeler.'))]).toEqual([0, []])
  })

  test('that is looked at is answered whatever stands beside it', async () => {
    const { outcome, blobs } = await handled([jpegHead(20_000, 10), jpegHead(), jpegHead(1, 1)])
    expect(outcome.kind).toBe('job-stored')
    expect([...blobs.keys()]).toEqual(['photos/100/5001/5001-1', 'jobs/100/5001.json'])
  })

  test('is held to the platform’s figures, which are dated', async () => {
    const platform = { ...selfServe2026, photoPixels: { least: 1, most: 100 } }
    expect((await handled([jpegHead(1, 100)], platform)).outcome.kind).toBe('job-stored')
    expect((await handled([jpegHead(1, 101)], platform)).outcome.kind).toBe('replied')
  })
})
