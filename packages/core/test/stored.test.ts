import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createBot, decodeJob, encodeJob, isTweet, type Job, JobError, jobKey, photosPrefix } from '../src/index.js'
import { decodeLabels, encodeLabels, labelsKey } from '../src/job.js'
import { labelsPerPhotoArbitrary, tweetArbitrary } from '../src/testing/index.js'
import { mutatedBytes, mutatedJson } from './mutations.js'
import { runs } from './runs.js'
import { BOT, label, photo, tweet, world } from './use-cases/world.js'

/** A tweet with everything that a tweet may have. */
const FULL = tweet({
  photos: [photo('a'), { ...photo('b'), altText: 'a dog' }],
  media: 'present',
  lang: 'en',
  quotedId: '6',
  quotedAuthorId: '7',
  inReplyToId: '8',
  inReplyToUserId: '9',
  replySettings: 'everyone',
})
const JOB: Job = { v: 1, tweet: FULL, photos: [0, 1].map((index) => `${photosPrefix(FULL)}${index}`) }
const LABELS = [[label('Dog', 'Animal'), label('Grass')], []]

const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? '')
const textOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as unknown

function codeOf(decode: () => unknown): unknown {
  try {
    decode()
    return 'read'
  } catch (error) {
    return error instanceof JobError ? error.code : error
  }
}

describe('a job', () => {
  test('is read as it was stored, whatever the tweet', () => {
    fc.assert(
      fc.property(tweetArbitrary(), (any) => {
        const job: Job = { v: 1, tweet: any, photos: any.photos.map((_, index) => `${photosPrefix(any)}${index}`) }
        expect(decodeJob(encodeJob(job))).toEqual(job)
      }),
      { numRuns: runs() },
    )
  })

  test.each([
    ['of another version', { ...JOB, v: 2 }],
    ['without photos', { ...JOB, photos: undefined }],
    ['with a photo that is no key', { ...JOB, photos: [1] }],
    ['with a photo of another tweet', { ...JOB, photos: ['photos/100/5002/0'] }],
    ['of a tweet whose id has lost its digits', { ...JOB, tweet: { ...FULL, id: 5001 } }],
    ['of a tweet whose id is no id', { ...JOB, tweet: { ...FULL, firstId: '../5001' } }],
    ['of a tweet at no time', { ...JOB, tweet: { ...FULL, createdAt: '2026' } }],
    ['of a tweet with half a mention', { ...JOB, tweet: { ...FULL, mentions: [{ id: '900' }] } }],
    ['of a tweet without an author', { ...JOB, tweet: { ...FULL, author: null } }],
    ['of a tweet that is no tweet', { ...JOB, tweet: [] }],
  ])('%s is refused with a code', (_, job) => {
    expect(codeOf(() => decodeJob(jsonBytes(job)))).toBe('JOB_UNREADABLE')
  })

  test('with any of its bytes or values changed is a job or refused with a code, and a job can be answered', async () => {
    const values = mutatedJson([textOf(encodeJob(JOB))]).map(jsonBytes)
    const bytes = mutatedBytes([encodeJob(JOB)])
    await fc.assert(
      fc.asyncProperty(fc.oneof(values, bytes), async (stored) => {
        const { ports, blobs } = world()
        blobs.set(jobKey(FULL), { bytes: stored, type: 'application/json' })
        const answering = createBot(ports, { bot: BOT }).replyWithLabels(jobKey(FULL))
        const code = codeOf(() => decodeJob(stored))
        if (code === 'read') await expect(answering).resolves.toHaveProperty('kind')
        else await expect(answering).rejects.toHaveProperty('code', 'JOB_UNREADABLE')
        expect(['read', 'JOB_UNREADABLE']).toContain(code)
      }),
      { numRuns: runs() },
    )
  })
})

describe('labels that wait', () => {
  test('are read as they were stored, whatever they are', () => {
    fc.assert(
      fc.property(labelsPerPhotoArbitrary(), (labels) => {
        expect(decodeLabels(encodeLabels(labels))).toEqual(labels)
      }),
      { numRuns: runs() },
    )
  })

  test('with any of their bytes or values changed are labels or refused with a code, and labels are answered', async () => {
    const values = mutatedJson([textOf(encodeLabels(LABELS))]).map(jsonBytes)
    const bytes = mutatedBytes([encodeLabels(LABELS)])
    await fc.assert(
      fc.asyncProperty(fc.oneof(values, bytes), async (stored) => {
        const { ports, blobs } = world()
        blobs.set(jobKey(FULL), { bytes: encodeJob(JOB), type: 'application/json' })
        blobs.set(labelsKey(FULL), { bytes: stored, type: 'application/json' })
        const answering = createBot(ports, { bot: BOT }).replyWithLabels(jobKey(FULL))
        const code = codeOf(() => decodeLabels(stored))
        if (code === 'read') await expect(answering).resolves.toHaveProperty('kind', 'replied')
        else await expect(answering).rejects.toHaveProperty('code', 'JOB_UNREADABLE')
        expect(['read', 'JOB_UNREADABLE']).toContain(code)
      }),
      { numRuns: runs() },
    )
  })
})

test('every tweet is one after it was stored', () => {
  fc.assert(
    fc.property(tweetArbitrary(), (any) => {
      expect(isTweet(JSON.parse(JSON.stringify(any)))).toBe(true)
    }),
    { numRuns: runs() },
  )
})
