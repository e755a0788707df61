import type { Event, Tweet } from '@hexbird/core'
import { textArbitrary } from '@hexbird/core/testing'
import { BOT, FULL, fixture, photoBot } from '@hexbird/testkit/bot-fixture'
import { mutatedBytes, mutatedJson } from '@hexbird/testkit/mutations'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeEvent, encodeEvent } from '../../src/sqs/messages.js'

const tweet: Tweet = {
  id: '1790000000000000001',
  firstId: '1790000000000000001',
  botId: '7',
  text: 'what is this?',
  createdAt: 1_790_000_000_000,
  author: { id: '9007199254740993' },
  photos: [],
  media: 'unknown',
  mentions: [],
  isRetweet: false,
}

const events: readonly Event[] = [
  { kind: 'tweet', tweet },
  { kind: 'tweet-deleted', tweetId: '1', authorId: '2', botId: '3' },
  { kind: 'revoked', userId: '1', appId: '2', at: 1 },
  { kind: 'message', id: '1', botId: '2', senderId: '3' },
  { kind: 'unknown', name: 'follow_events' },
  { kind: 'malformed', name: 'tweet_create_events', reason: 'no id' },
]

const UNREADABLE = expect.objectContaining({ name: 'AwsError', code: 'EVENT_UNREADABLE' })
const thrownBy = (body: string) => {
  try {
    return decodeEvent(body)
  } catch (error) {
    return error
  }
}

describe('a message', () => {
  test.each(events.map((event) => [event.kind, event] as const))('holds an event: %s', (_, event) => {
    expect(decodeEvent(encodeEvent(event))).toEqual(event)
  })

  test('is JSON of version 1', () => {
    expect(encodeEvent({ kind: 'unknown', name: 'é\u007f' })).toBe(
      '{"v":1,"event":{"kind":"unknown","name":"\\u00e9\\u007f"}}',
    )
  })

  test('has nothing but printable ASCII, whatever the text, and gives it back', () => {
    fc.assert(
      fc.property(textArbitrary(), fc.string({ unit: 'grapheme' }), (name, reason) => {
        const event: Event = { kind: 'malformed', name: `${name}\ud83d`, reason: `${reason}\uffff\0` }
        const body = encodeEvent(event)
        expect(body).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeEvent(body)).toEqual(event)
      }),
      { numRuns: runs() },
    )
  })
})

describe('what is no event of this version is refused with a code', () => {
  test.each([
    '',
    'hello',
    'null',
    '[]',
    '{}',
    '{"v":2,"event":{"kind":"unknown","name":"a"}}',
    '{"event":{"kind":"unknown","name":"a"}}',
    '{"v":1}',
    '{"v":1,"event":null}',
    '{"v":1,"event":{"kind":"new","name":"a"}}',
    '{"v":1,"event":{"kind":"constructor"}}',
    '{"v":1,"event":{"kind":"unknown"}}',
    '{"v":1,"event":{"kind":"tweet"}}',
    '{"v":1,"event":{"kind":"tweet","tweet":{"id":"1"}}}',
  ])('%s', (body) => {
    expect(thrownBy(body)).toEqual(UNREADABLE)
  })

  test.each(Object.keys(tweet).filter((name) => name !== 'isRetweet'))('a tweet without %s', (name) => {
    const less = Object.fromEntries(Object.entries(tweet).filter(([key]) => key !== name))
    expect(thrownBy(JSON.stringify({ v: 1, event: { kind: 'tweet', tweet: less } }))).toEqual(UNREADABLE)
  })

  test('an id that is a number, which has lost its last digits', () => {
    const body = JSON.stringify({ v: 1, event: { kind: 'tweet', tweet: { ...tweet, author: { id: 2 ** 60 } } } })
    expect(thrownBy(body)).toEqual(UNREADABLE)
  })

  test('an event with any of its letters or values changed is one that the bot can handle, or that error', async () => {
    const samples = [...events, { kind: 'tweet', tweet: FULL }].map((event) => ({ v: 1, event }))
    const values = mutatedJson(samples).map((value) => JSON.stringify(value) ?? '')
    const texts = mutatedBytes(samples.map((sample) => Buffer.from(JSON.stringify(sample)))).map((bytes) =>
      Buffer.from(bytes).toString('latin1'),
    )
    const { ports } = fixture()
    const bot = photoBot(ports, { bot: BOT })
    await fc.assert(
      fc.asyncProperty(fc.oneof(values, texts), async (body) => {
        const thrown = thrownBy(body)
        if (thrown instanceof Error) return expect(thrown).toEqual(UNREADABLE)
        await expect(bot.handleEvent(decodeEvent(body))).resolves.toHaveProperty('kind')
      }),
      { numRuns: runs() },
    )
  })

  test('any bytes are an event or that error, which quotes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        const thrown = thrownBy(`${body}secret`)
        expect(thrown).toEqual(UNREADABLE)
        expect(String(thrown)).not.toContain('secret')
      }),
      { numRuns: runs() },
    )
  })
})
