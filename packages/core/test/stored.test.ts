import { BOT, FULL, fixture, label, photoBot } from '@hexbird/testkit/bot-fixture'
import { mutatedBytes, mutatedJson } from '@hexbird/testkit/mutations'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeJob, encodeJob, isTweet, jobKey, photosPrefix, type StoredJob, timeOfId } from '../src/adapter/index.js'
import { decodeLabels, encodeLabels, LABEL_PHOTOS, labelsKey, tweetOfJobKey } from '../src/domain/job.js'
import { labelsPerPhotoArbitrary, tweetArbitrary } from '../src/testing/index.js'
import type { Outcome } from '../src/use-cases/outcome.js'

const PHOTOS = [0, 1].map((index) => `${photosPrefix(FULL)}${index}`)
const JOB: StoredJob = { v: 2, name: LABEL_PHOTOS, tweet: FULL, data: { photos: PHOTOS } }
/** As jobs were stored before December 2026. */
const EARLIER = { v: 1, tweet: FULL, photos: PHOTOS }
const LABELS = [[label('Dog', 'Animal'), label('Grass')], []]

const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? '')
const textOf = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as unknown

function codeOf(decode: () => unknown): unknown {
  try {
    decode()
    return 'read'
  } catch (error) {
    return codeIn(error)
  }
}

const codeIn = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error)

describe('a job', () => {
  test('is read as it was stored, whatever the tweet', () => {
    fc.assert(
      fc.property(tweetArbitrary(), (any) => {
        const data = { photos: any.photos.map((_, index) => `${photosPrefix(any)}${index}`) }
        const job: StoredJob = { v: 2, name: LABEL_PHOTOS, tweet: any, data }
        expect(decodeJob(encodeJob(job))).toEqual(job)
      }),
      { numRuns: runs() },
    )
  })

  test('of any name has any data', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ noUnicodeString: false }), (name, data) => {
        const job: StoredJob = { v: 2, name, tweet: FULL, data: JSON.parse(JSON.stringify(data)) }
        expect(decodeJob(encodeJob(job))).toEqual(job)
      }),
      { numRuns: runs() },
    )
  })

  test('says what its tweet has cost so far, and one that was stored earlier need not', () => {
    const bill = { spent: 5_000, reserved: 16_000, at: 1 }
    expect(decodeJob(encodeJob({ ...JOB, bill }))).toEqual({ ...JOB, bill })
    expect(decodeJob(jsonBytes(EARLIER))).toEqual(JOB)
  })

  test('has what the author says of its photos, and one that was stored earlier need not', () => {
    const altTexts = [null, 'Der Hund 🐕']
    const job = { ...JOB, data: { photos: PHOTOS, altTexts } }
    expect(decodeJob(encodeJob(job))).toEqual(job)
    expect(decodeJob(encodeJob({ ...EARLIER, altTexts } as never))).toEqual(job)
  })

  test.each([
    ['of another version', { ...JOB, v: 3 }],
    ['without a name', { ...JOB, name: undefined }],
    ['without photos', { ...EARLIER, photos: undefined }],
    ['whose data is no photos', { ...JOB, data: PHOTOS }],
    ['with a photo that is no key', { ...EARLIER, photos: [1] }],
    ['with a photo of another tweet', { ...EARLIER, photos: ['photos/100/5002/0'] }],
    ['with a photo of another tweet in its data', { ...JOB, data: { photos: ['photos/100/5002/0'] } }],
    ['of a tweet whose id has lost its digits', { ...JOB, tweet: { ...FULL, id: 5001 } }],
    ['of a tweet whose id is no id', { ...JOB, tweet: { ...FULL, firstId: '../5001' } }],
    ['of a tweet at no time', { ...JOB, tweet: { ...FULL, createdAt: '2026' } }],
    ['of a tweet with half a mention', { ...JOB, tweet: { ...FULL, mentions: [{ id: '900' }] } }],
    ['of a tweet without an author', { ...JOB, tweet: { ...FULL, author: null } }],
    ['of a tweet that is no tweet', { ...JOB, tweet: [] }],
    ['whose alt texts are a text', { ...EARLIER, altTexts: 'A dog' }],
    ['with an alt text that is none', { ...EARLIER, altTexts: [null, 5] }],
    ['of which less than nothing was spent', { ...JOB, bill: { spent: -1, reserved: 0, at: 0 } }],
    ['of which something was spent that is no sum', { ...EARLIER, bill: { spent: 0, reserved: 0.5, at: 0 } }],
    ['of which a text was spent', { ...JOB, bill: { spent: '1', reserved: 0, at: 0 } }],
  ])('%s is refused with a code', (_, job) => {
    expect(codeOf(() => decodeJob(jsonBytes(job)))).toBe('JOB_UNREADABLE')
  })

  test('with any of its bytes or values changed is a job or refused with a code, and a job can be answered', async () => {
    const values = mutatedJson([
      textOf(encodeJob({ ...JOB, data: { photos: PHOTOS, altTexts: [null, 'A dog'] } })),
    ]).map(jsonBytes)
    const bytes = mutatedBytes([encodeJob(JOB)])
    await fc.assert(
      fc.asyncProperty(fc.oneof(values, bytes), async (stored) => {
        const { ports, blobs } = fixture()
        blobs.set(jobKey(FULL), { bytes: stored, type: 'application/json' })
        const answering = photoBot(ports, { bot: BOT }).runJob(jobKey(FULL))
        const code = codeOf(() => decodeJob(stored))
        expect(['read', 'JOB_UNREADABLE']).toContain(code)
        if (code !== 'read') await expect(answering).rejects.toHaveProperty('code', 'JOB_UNREADABLE')
        else if (decodeJob(stored).name === LABEL_PHOTOS) await expect(answering).resolves.toHaveProperty('kind')
        // An unknown job is refused, unless its tweet is too old for any.
        else expect(['JOB', 'too-old']).toContain(await answering.then(reasonOf, codeIn))
      }),
      { numRuns: runs() },
    )
  })
})

describe('where things are stored', () => {
  const key = { author: { id: '100' }, firstId: '5001' }

  test('follows from the author and the first of the edits', () => {
    expect([jobKey(key), photosPrefix(key), labelsKey(key)]).toEqual([
      'jobs/100/5001.json',
      'photos/100/5001/',
      'photos/100/5001/labels.json',
    ])
  })

  test('tells the tweet of a job, and of nothing else', () => {
    expect(tweetOfJobKey('jobs/100/5001.json')).toEqual(key)
    for (const other of [
      '',
      'jobs/100/5001',
      'jobs/100/5001.json.bak',
      'jobs/100/5001_json',
      'jobs//5001.json',
      'jobs/100/.json',
      'jobs/1a/5001.json',
      'jobs/100/5a.json',
      'old/jobs/100/5001.json',
      'photos/100/5001.json',
    ]) {
      expect(tweetOfJobKey(other)).toBeUndefined()
    }
  })
})

describe('what is stored', () => {
  test('is JSON in ASCII, whatever the text', () => {
    const stored = encodeJob({ ...JOB, tweet: { ...FULL, text: 'é\u0080\u007f 🐦 \ud83d' } })
    expect(stored.every((byte) => byte < 0x80)).toBe(true)
    expect(new TextDecoder().decode(stored)).toContain('"\\u00e9\\u0080\u007f \\ud83d\\udc26 \\ud83d"')
    expect(encodeLabels([], [])).toEqual(jsonBytes({ v: 1, photos: [], labelsPerPhoto: [] }))
  })

  test('and cannot be read says what to do, and why where there is a reason', () => {
    const thrown = (decode: () => unknown) => {
      try {
        return decode()
      } catch (error) {
        return error
      }
    }
    const broken = Uint8Array.of(0x7b)
    for (const decode of [decodeJob, (bytes: Uint8Array) => decodeLabels(bytes, PHOTOS)]) {
      expect(thrown(() => decode(broken))).toMatchObject({ name: 'JobError', cause: expect.any(SyntaxError) })
      expect(thrown(() => decode(broken))).toMatchObject({ message: expect.stringContaining('not JSON') })
    }
    expect(thrown(() => decodeJob(jsonBytes({})))).toMatchObject({ message: expect.stringContaining('version 1') })
    expect(thrown(() => decodeLabels(jsonBytes({}), PHOTOS))).toMatchObject({
      message: expect.stringContaining('version 1'),
    })
  })

  test.each([
    ['of another version', { v: 2, labelsPerPhoto: LABELS }],
    ['that are none', { v: 1, labelsPerPhoto: {} }],
    ['of which one photo has none', { v: 1, labelsPerPhoto: [LABELS[0], null] }],
    ['of which one has no name', { v: 1, labelsPerPhoto: [[{ ...label('Dog'), name: 1 }]] }],
    ['of which one is sure of nothing', { v: 1, labelsPerPhoto: [[{ ...label('Dog'), confidence: '99' }]] }],
    ['of which one has no parents', { v: 1, labelsPerPhoto: [[{ ...label('Dog'), parents: 'Animal' }]] }],
    ['of which one has a parent without a name', { v: 1, labelsPerPhoto: [[{ ...label('Dog'), parents: [1] }]] }],
    ['of which one is nothing', { v: 1, labelsPerPhoto: [[null]] }],
    ['of photos that are none', { v: 1, photos: 'all', labelsPerPhoto: LABELS }],
    ['of a photo without a text for its key', { v: 1, photos: [{ toString: 0 }], labelsPerPhoto: LABELS }],
    ['that are nothing', null],
    ['that are a text', 'labels'],
  ])('as labels %s is refused with a code', (_, labels) => {
    expect(codeOf(() => decodeLabels(jsonBytes(labels), PHOTOS))).toBe('JOB_UNREADABLE')
  })
})

describe('what is read back', () => {
  const { quotedId: _, ...withoutQuote } = FULL
  test('is a tweet with every part of it, or without what a tweet may lack', () => {
    expect([FULL, withoutQuote, { ...FULL, author: { id: '1' }, photos: [], mentions: [] }].every(isTweet)).toBe(true)
    expect(['present', 'absent', 'unknown'].every((media) => isTweet({ ...FULL, media }))).toBe(true)
    expect(isTweet({ ...FULL, id: '9'.repeat(19) })).toBe(true)
  })

  test('is no tweet with any one part of another kind', () => {
    const [first, second] = [FULL.photos[0], FULL.mentions[0]]
    const wrong: Record<string, unknown>[] = [
      ...['id', 'firstId', 'botId'].flatMap((name) => [
        { [name]: undefined },
        { [name]: 5001 },
        { [name]: '' },
        { [name]: 'x1' },
        { [name]: '1x' },
        { [name]: '1'.repeat(20) },
      ]),
      { text: undefined },
      { text: 1 },
      { createdAt: 1.5 },
      { createdAt: '1' },
      { author: '100' },
      { author: { username: 'alice' } },
      { author: { id: 100 } },
      { author: { id: '100', username: 1 } },
      { photos: {} },
      { photos: [null] },
      { photos: [first, { url: 1 }] },
      { photos: [{ ...first, altText: 1 }] },
      { media: 'some' },
      { media: undefined },
      { mentions: {} },
      { mentions: [null] },
      { mentions: [second, { ...second, id: 900 }] },
      { mentions: [{ ...second, username: undefined }] },
      { mentions: [{ ...second, explicit: 'yes' }] },
      { isRetweet: undefined },
      { isRetweet: 'no' },
      ...[
        'lang',
        'quotedId',
        'quotedAuthorId',
        'inReplyToId',
        'inReplyToUserId',
        'conversationId',
        'replySettings',
      ].map((name) => ({ [name]: 1 })),
    ]
    expect(wrong.filter((part) => isTweet({ ...FULL, ...part }))).toEqual([])
    for (const none of [undefined, null, 'tweet', 1, []]) expect(isTweet(none)).toBe(false)
  })
})

test('the time of an id is that of its upper bits; of what is no id there is none', () => {
  expect(timeOfId('1924465506158878979')).toBe(Date.parse('2025-05-19T14:01:46.165Z'))
  expect(timeOfId('0')).toBe(Date.parse('2010-11-04T01:42:54.657Z'))
  for (const id of ['', '-1', '1x', 'x1', '1'.repeat(20)]) expect(timeOfId(id)).toBeUndefined()
})

describe('labels that wait', () => {
  test('are read as they were stored, whatever they are', () => {
    fc.assert(
      fc.property(labelsPerPhotoArbitrary(), (labels) => {
        expect(decodeLabels(encodeLabels(labels, PHOTOS), PHOTOS)).toEqual(labels)
      }),
      { numRuns: runs() },
    )
  })

  test('are those of other photos no more, and those that do not say of which are taken', () => {
    expect(decodeLabels(encodeLabels(LABELS, PHOTOS), [...PHOTOS].reverse())).toBeUndefined()
    expect(decodeLabels(encodeLabels(LABELS, PHOTOS), PHOTOS.slice(1))).toBeUndefined()
    expect(decodeLabels(jsonBytes({ v: 1, labelsPerPhoto: LABELS }), PHOTOS)).toEqual(LABELS)
  })

  test('with any of their bytes or values changed are labels or refused with a code, and labels are answered', async () => {
    const values = mutatedJson([textOf(encodeLabels(LABELS, PHOTOS))]).map(jsonBytes)
    const bytes = mutatedBytes([encodeLabels(LABELS, PHOTOS)])
    await fc.assert(
      fc.asyncProperty(fc.oneof(values, bytes), async (stored) => {
        const { ports, blobs } = fixture()
        blobs.set(jobKey(FULL), { bytes: encodeJob(JOB), type: 'application/json' })
        blobs.set(labelsKey(FULL), { bytes: stored, type: 'application/json' })
        const answering = photoBot(ports, { bot: BOT }).runJob(jobKey(FULL))
        const code = codeOf(() => decodeLabels(stored, PHOTOS))
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

const reasonOf = (outcome: Outcome) => ('reason' in outcome ? outcome.reason : outcome.kind)
