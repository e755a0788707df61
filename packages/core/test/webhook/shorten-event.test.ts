import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Event, Message } from '../../src/domain/event.js'
import type { Mention, Tweet } from '../../src/domain/tweet.js'
import { asksToStop, saysStop } from '../../src/policy/should-reply.js'
import { shortenEvent } from '../../src/webhook/shorten-event.js'

const BOT = '1604089349832232960'
const own: Mention = { id: BOT, username: 'petbot', explicit: true }
const others = (count: number): Mention[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index + 1),
    username: `somebody_${index}`,
    explicit: true,
  }))

const tweet: Tweet = {
  id: '1790000000000000001',
  firstId: '1790000000000000000',
  botId: BOT,
  text: '@petbot what is this?',
  createdAt: 1_790_000_000_000,
  author: { id: '2244994945', username: 'ada' },
  photos: [{ url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg', altText: 'a dog' }],
  media: 'present',
  mentions: [own],
  quotedId: '1790000000000000009',
  isRetweet: false,
}

function shortened(over: Partial<Tweet>): Tweet {
  const event = shortenEvent({ kind: 'tweet', tweet: { ...tweet, ...over } })
  if (event.kind !== 'tweet') throw new Error(`It became ${event.kind}.`)
  return event.tweet
}

const message = (text: string): Message => ({ kind: 'message', id: '1', botId: BOT, senderId: '7', text })
const bytesOf = (value: unknown) => JSON.stringify(value).replace(/[^\0-\x7e]/g, '\\u0000').length

describe('shortenEvent', () => {
  test('an event that is short stays the same object', () => {
    const events: readonly Event[] = [
      { kind: 'tweet', tweet },
      { kind: 'tweet', tweet: { ...tweet, text: 'x'.repeat(4000), mentions: others(50) } },
      message('stop'),
      message('x'.repeat(4000)),
      { kind: 'message', id: '1', botId: BOT, senderId: '7' },
      { kind: 'unknown', name: 'follow_events' },
      { kind: 'revoked', userId: '1', appId: '2' },
    ]
    for (const event of events) expect(shortenEvent(event)).toBe(event)
  })

  test.each([
    ['12,000 families', '👩‍❤️‍💋‍👩'.repeat(12_000)],
    ['24,980 astral letters', '𝒳'.repeat(24_980)],
    ['25,000 controls', '\u0001'.repeat(25_000)],
  ])('a post of %s fits into a message many times over, and keeps its ids and photos', (_, text) => {
    const short = shortened({ text, mentions: [...others(5000), own] })
    expect(bytesOf({ v: 1, event: { kind: 'tweet', tweet: short } })).toBeLessThan(64 * 1024)
    expect(short).toMatchObject({ ...tweet, text: expect.any(String), mentions: expect.any(Array) })
    expect(short.photos).toEqual(tweet.photos)
  })

  test('a text is cut between two characters, never within one', () => {
    for (const character of ['👩‍❤️‍💋‍👩', '𝒳', 'e\u0301', '👍🏽', '🏴󠁧󠁢󠁳󠁣󠁴󠁿']) {
      for (let before = 0; before < character.length; before++) {
        const { text } = shortened({ text: 'a'.repeat(before) + character.repeat(10_000) })
        expect(text.length).toBeLessThanOrEqual(4000)
        expect(text.length).toBeGreaterThan(4000 - 1 - character.length)
        expect(text.slice(before, -1).replaceAll(character, '')).toBe('')
      }
    }
  })

  test('marks without an end are cut all the same', () => {
    const { text } = shortened({ text: `a${'\u0301'.repeat(25_000)}` })
    expect(text.length).toBeGreaterThan(3900)
    expect(text.length).toBeLessThanOrEqual(4000)
  })

  test('of many mentions the bot’s own is kept, wherever it is, as the author wrote it', () => {
    const implicit = { ...own, explicit: false }
    const { mentions } = shortened({ mentions: [implicit, ...others(3000), own, own] })
    expect(mentions).toHaveLength(50)
    expect(mentions[0]).toEqual(implicit)
    expect(mentions.at(-1)).toEqual(own)
    expect(mentions.filter(({ id }) => id === BOT)).toHaveLength(2)
    expect(shortened({ mentions: Array.from({ length: 5000 }, () => ({ ...own })) }).mentions).toEqual([own])
  })

  test('long descriptions of photos are cut, and the photos stay', () => {
    const photos = Array.from({ length: 4 }, () => ({
      url: 'https://pbs.twimg.com/media/a.jpg',
      altText: '𝒳'.repeat(9000),
    }))
    const short = shortened({ photos })
    expect(short.photos.map(({ url }) => url)).toEqual(photos.map(({ url }) => url))
    for (const { altText } of short.photos) expect(altText?.length).toBeLessThanOrEqual(1000)
  })

  test('a long text whose beginning says "stop" does not come to say it', () => {
    for (const text of [
      `@petbot stop${'!'.repeat(4200)} and other words`,
      `@petbot stop${' '.repeat(4200)}words`,
      `${'@someone_else '.repeat(280)}stop ${'@name '.repeat(50)}it`,
      `@petbot stop${'\u0301'.repeat(9000)}`,
    ]) {
      expect(asksToStop({ ...tweet, text }, BOT)).toBe(false)
      expect(asksToStop(shortened({ text }), BOT)).toBe(false)
      const short = shortenEvent(message(text.replaceAll(/@\w+ /g, '')))
      expect(short.kind === 'message' && saysStop(short.text ?? '')).toBe(false)
    }
  })

  test('a long text that says "stop" still does', () => {
    for (const text of [`@petbot stop${'!'.repeat(9000)}`, `${'@someone_else '.repeat(1000)}stop`]) {
      expect(asksToStop(shortened({ text, mentions: [...others(1000), own] }), BOT)).toBe(true)
    }
    expect(shortenEvent(message(`stop${'.'.repeat(9000)}`))).toEqual(message('stop'))
  })

  test('whatever the text, shortening twice is shortening once, and "stop" is said before where it is said after', () => {
    const parts = fc.array(fc.constantFrom('stop', '!', '.', ' ', '@petbot ', '𝒳', '👩‍❤️‍💋‍👩', 'é', '\ud83d', 'words'))
    const times = fc.integer({ min: 1, max: 4000 })
    fc.assert(
      fc.property(parts, times, fc.nat(120), (some, repeated, count) => {
        const text = some.map((part, index) => (index % 2 ? part.repeat(repeated) : part)).join('')
        const event: Event = { kind: 'tweet', tweet: { ...tweet, text, mentions: [...others(count), own] } }
        const once = shortenEvent(event)
        expect(shortenEvent(once)).toBe(once)
        if (once.kind === 'tweet') expect(asksToStop(once.tweet, BOT)).toBe(asksToStop(event.tweet, BOT))
      }),
      { numRuns: runs(100) },
    )
  })
})
