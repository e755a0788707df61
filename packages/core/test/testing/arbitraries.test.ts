import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Tweet, timeOfId } from '../../src/domain/tweet.js'
import {
  idArbitrary,
  labelArbitrary,
  labelsPerPhotoArbitrary,
  photoArbitrary,
  textArbitrary,
  tweetArbitrary,
  userIdArbitrary,
  usernameArbitrary,
} from '../../src/testing/index.js'

const always = <Value>(values: fc.Arbitrary<Value>, holds: (value: Value) => void) =>
  fc.assert(fc.property(values, holds), { numRuns: runs() })

/** Always the same values, so that what is among them does not depend on chance. */
const some = <Value>(values: fc.Arbitrary<Value>) => fc.sample(values, { seed: 1, numRuns: 500 })

const sometimes = <Value>(values: fc.Arbitrary<Value>, is: (value: Value) => boolean) =>
  expect(some(values).some(is)).toBe(true)

describe('idArbitrary', () => {
  test('gives decimal strings of at most 19 digits that tell a time of 2020 to 2030', () =>
    always(idArbitrary(), (id) => {
      expect(id).toMatch(/^[1-9][0-9]{15,18}$/)
      const time = timeOfId(id) ?? 0
      expect(new Date(time).getUTCFullYear()).toBeGreaterThanOrEqual(2020)
      expect(time).toBeLessThanOrEqual(Date.UTC(2030, 0, 1))
    }))

  test('keeps to the times that it is given, to the millisecond', () => {
    const time = Date.UTC(2026, 10, 22)
    always(idArbitrary({ from: time, to: time }), (id) => expect(timeOfId(id)).toBe(time))
    sometimes(idArbitrary({ from: time, to: time + 1 }), (id) => timeOfId(id) === time + 1)
  })

  test('gives ids that a JavaScript number does not hold', () =>
    sometimes(idArbitrary(), (id) => String(Number(id)) !== id))
})

describe('userIdArbitrary and usernameArbitrary', () => {
  test('give ids and handles as X has them', () => {
    always(userIdArbitrary(), (id) => expect(id).toMatch(/^[1-9][0-9]{0,18}$/))
    always(usernameArbitrary(), (username) => expect(username).toMatch(/^[A-Za-z0-9_]{1,15}$/))
  })

  test('give old ids as well as new ones', () => {
    sometimes(userIdArbitrary(), (id) => id.length <= 10)
    sometimes(userIdArbitrary(), (id) => id.length === 19)
  })
})

describe('textArbitrary', () => {
  test('gives whole characters, as many as asked for', () =>
    always(textArbitrary({ minLength: 2, maxLength: 5 }), (text) => {
      expect(text).not.toMatch(/\p{Surrogate}/u)
      expect([...text].length).toBeGreaterThanOrEqual(2)
      expect([...text].length).toBeLessThanOrEqual(5)
    }))

  test('gives characters of every plane of Unicode, on both sides of the surrogates', () => {
    for (let plane = 0; plane <= 16; plane += 1)
      sometimes(textArbitrary({ maxLength: 40 }), (text) =>
        [...text].some((each) => (each.codePointAt(0) ?? 0) >> 16 === plane),
      )
    sometimes(textArbitrary(), (text) => /[\u8000-\ud7ff]/.test(text))
    sometimes(textArbitrary(), (text) => /[\ue000-\uffff]/.test(text))
  })

  test('gives names that do harm', () => sometimes(textArbitrary(), (text) => text.includes('__proto__')))

  test('is as wide as the unit of fast-check that it takes the place of', () => {
    const characters = textArbitrary({ minLength: 1, maxLength: 1 })
    const edges = ['\0', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}']
    expect(edges.map((edge) => characters.canShrinkWithoutContext(edge))).toEqual(edges.map(() => true))
    expect(characters.canShrinkWithoutContext('\ud800')).toBe(false)
  })
})

describe('labelArbitrary and labelsPerPhotoArbitrary', () => {
  test('give labels whose confidence is a percentage', () =>
    always(labelArbitrary(), ({ name, confidence, parents }) => {
      expect(confidence).toBeGreaterThanOrEqual(0)
      expect(confidence).toBeLessThanOrEqual(100)
      expect([name, ...parents].every((text) => typeof text === 'string')).toBe(true)
    }))

  test.each<[string, RegExp]>([
    ['ordinary', /^Golden Retriever$/],
    ['a mention', /@\w/],
    ['a link', /https:\/\//],
    ['a hashtag', /#\w/],
    ['an emoji of several', /\u200d/],
    ['of another direction', /\u202e/],
    ['half a pair', /\ud83d(?![\udc00-\udfff])/],
    ['of several lines', /\n/],
    ['blank', /^ +$/],
    ['nothing', /^$/],
    ['far too long', /.{1000}/],
    ['named like what every object has', /^__proto__$/],
  ])('give names that are %s', (_, like) => sometimes(labelArbitrary(), ({ name }) => like.test(name)))

  test('give one to four photos, the surest label of each first', () => {
    always(labelsPerPhotoArbitrary(), (photos) => {
      expect(photos.length).toBeGreaterThanOrEqual(1)
      expect(photos.length).toBeLessThanOrEqual(4)
      for (const labels of photos) {
        const sureness = labels.map(({ confidence }) => confidence)
        expect(sureness).toEqual([...sureness].sort((a, b) => b - a))
      }
    })
    sometimes(labelsPerPhotoArbitrary(), (photos) => photos.length === 4)
    sometimes(labelsPerPhotoArbitrary(), (photos) => photos.some((labels) => labels.length === 0))
  })
})

describe('photoArbitrary', () => {
  test("gives photos on X's media host", () =>
    always(photoArbitrary(), ({ url, altText }) => {
      expect(url).toMatch(/^https:\/\/pbs\.twimg\.com\/media\/[\w-]{15}\.jpg$/)
      expect(altText).not.toBe('')
    }))
})

describe('tweetArbitrary', () => {
  test('gives tweets whose parts agree', () =>
    always(tweetArbitrary(), (tweet) => {
      const given = timeOfId(tweet.id) ?? 0
      expect(given - tweet.createdAt).toBeGreaterThanOrEqual(0)
      expect(given - tweet.createdAt).toBeLessThan(1000)
      expect(tweet.createdAt % 1000).toBe(0)
      expect(BigInt(tweet.firstId) <= BigInt(tweet.id)).toBe(true)
      expect(given - (timeOfId(tweet.firstId) ?? 0)).toBeLessThanOrEqual(60 * 60 * 1000)
      expect(tweet.media === 'present').toBe(tweet.photos.length > 0)
      expect(tweet.photos.length).toBeLessThanOrEqual(4)
      expect(tweet.inReplyToId === undefined).toBe(tweet.inReplyToUserId === undefined)
      expect(tweet.quotedId === undefined).toBe(tweet.quotedAuthorId === undefined)
      for (const before of [tweet.inReplyToId, tweet.quotedId])
        if (before !== undefined) expect(BigInt(before) < BigInt(tweet.id)).toBe(true)
      for (const { username, explicit } of tweet.mentions)
        if (explicit) expect(tweet.text.toLowerCase()).toContain(`@${username.toLowerCase()}`)
      expect(tweet.author.id).not.toBe(tweet.botId)
    }))

  test('keeps to what it is asked for', () => {
    const bot = { id: '1604089349832232960', username: 'petbot' }
    const author = { id: '7', username: 'ada' }
    const time = Date.UTC(2026, 10, 22)
    const asked = { bot, author, photos: true, mentionsBot: true, from: time, to: time + 1000 }
    always(tweetArbitrary(asked), (tweet) => {
      expect(tweet.botId).toBe(bot.id)
      expect(tweet.author).toEqual(author)
      expect(tweet.photos.length).toBeGreaterThan(0)
      expect(tweet.mentions).toContainEqual({ ...bot, explicit: true })
      expect(Math.abs(tweet.createdAt - time)).toBeLessThanOrEqual(1000)
    })
    always(tweetArbitrary({ bot, photos: false, mentionsBot: false }), (tweet) => {
      expect(tweet.photos).toEqual([])
      expect(tweet.mentions).not.toContainEqual({ ...bot, explicit: true })
    })
  })

  const tweets = some(tweetArbitrary())

  test.each<[string, (tweet: Tweet) => boolean]>([
    ['without media', ({ media }) => media === 'absent'],
    ['whose media have to be looked up', ({ media }) => media === 'unknown'],
    ['with four photos', ({ photos }) => photos.length === 4],
    ['that were edited', ({ id, firstId }) => id !== firstId],
    ['that quote the bot', ({ quotedAuthorId, botId }) => quotedAuthorId === botId],
    ['that answer their own author', ({ inReplyToUserId, author }) => inReplyToUserId === author.id],
    [
      'that X addressed to the bot',
      ({ mentions, botId }) => mentions.some(({ id, explicit }) => id === botId && !explicit),
    ],
    ['that mention the bot', ({ mentions, botId }) => mentions.some(({ id, explicit }) => id === botId && explicit)],
    ['that are retweets', ({ isRetweet }) => isRetweet],
  ])('gives tweets %s', (_, is) => expect(tweets.some(is)).toBe(true))
})
