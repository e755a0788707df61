import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Tweet, timeOfId } from '../../src/domain/tweet.js'
import {
  accountActivityDelivery,
  deliveryArbitrary,
  type TweetSpec,
  tweetSpecArbitrary,
  xActivityDelivery,
} from '../../src/testing/index.js'
import { acceptsBody, decodeDelivery } from '../../src/webhook/decode.js'

const BOT = { id: '1604089349832232960', username: 'petbot' }
const ADA = { id: '2244994945', username: 'ada' }
const GRACE = { id: '9007199254740993', username: 'grace' }
const ID = '2080765813578191303'
const PHOTOS = [
  { url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg', altText: 'A dog' },
  { url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2k.jpg' },
]

const spec = (over: Partial<TweetSpec> = {}): TweetSpec => ({
  id: ID,
  bot: BOT,
  author: ADA,
  text: '@petbot what is this?',
  ...over,
})

function onlyTweet(body: string): Tweet {
  const { events } = decodeDelivery(body)
  const [event] = events
  if (events.length !== 1 || event?.kind !== 'tweet')
    throw new Error(`expected one tweet, got ${JSON.stringify(events)}`)
  return event.tweet
}

const BUILDERS = [
  ['accountActivityDelivery', accountActivityDelivery],
  ['xActivityDelivery', xActivityDelivery],
] as const

describe.each(BUILDERS)('%s', (_, build) => {
  const tell = (over: Partial<TweetSpec> = {}) => onlyTweet(build(spec(over)))

  test('tells of a tweet to the bot', () => {
    expect(tell()).toMatchObject({
      id: ID,
      firstId: ID,
      botId: BOT.id,
      text: '@petbot what is this?',
      createdAt: Date.UTC(2026, 6, 24, 21, 23, 23),
      author: ADA,
      mentions: [{ ...BOT, explicit: true }],
      isRetweet: false,
    })
  })

  test('escapes what X escapes, and counts as X counts', () => {
    const text = '🐕‍🦺 <3 & 日本 @petbot @grace @nobody'
    const body = build(spec({ text, others: [GRACE], inReplyTo: { id: '1', author: GRACE } }))
    expect(body).toContain('&lt;3 &amp;')
    expect(onlyTweet(body)).toMatchObject({
      text: `@grace ${text}`,
      mentions: [
        { ...GRACE, explicit: false },
        { ...BOT, explicit: true },
        { ...GRACE, explicit: true },
      ],
    })
  })

  test('counts places in code points', () => {
    const body = build(spec({ text: '🐕 @petbot' }))
    expect(body).toMatch(/"indices":\[2,9\]|"start":2,.*"end":9/)
    expect(body).toContain('"display_text_range":[0,9]')
  })

  test('tells of an edit, a reply and a quote', () => {
    const asked = { id: '2080765800000000000', author: BOT }
    expect(tell({ firstId: '2080765810000000000' }).firstId).toBe('2080765810000000000')
    expect(tell({ text: 'thanks', inReplyTo: asked })).toMatchObject({
      inReplyToId: asked.id,
      inReplyToUserId: BOT.id,
      mentions: [{ ...BOT, explicit: false }],
    })
    expect(tell({ text: 'well?', quoted: asked })).toMatchObject({ quotedId: asked.id, quotedAuthorId: BOT.id })
  })

  test('does not put people in front of replies to themselves', () => {
    const tweet = tell({ text: 'more', inReplyTo: { id: '1', author: ADA } })
    expect(tweet).toMatchObject({ text: 'more', mentions: [], inReplyToUserId: ADA.id })
  })

  test('puts the link of the photos behind the text', () => {
    expect(tell({ photos: PHOTOS }).text).toMatch(/^@petbot what is this\? https:\/\/t\.co\/\w{10}$/)
  })

  test('keeps a text that is far too long', () => {
    const text = `${'a long story '.repeat(50)}@petbot`
    expect(tell({ text })).toMatchObject({ text, mentions: [{ ...BOT, explicit: true }] })
  })

  test('of any tweet tells what its author wrote, and who is meant', () => {
    fc.assert(
      fc.property(tweetSpecArbitrary(), (any) => {
        const tweet = onlyTweet(build(any))
        expect(tweet.id).toBe(any.id)
        expect(tweet.firstId).toBe(any.firstId ?? any.id)
        expect(tweet.botId).toBe(any.bot.id)
        expect(tweet.author.id).toBe(any.author.id)
        expect(tweet.createdAt).toBe(Math.floor((timeOfId(any.id) ?? 0) / 1000) * 1000)
        expect(tweet.inReplyToId).toBe(any.inReplyTo?.id)
        expect(tweet.inReplyToUserId).toBe(any.inReplyTo?.author.id)
        expect(tweet.quotedId).toBe(any.quoted?.id)
        const inFront = any.inReplyTo && any.inReplyTo.author.id !== any.author.id ? [any.inReplyTo.author] : []
        const prefix = inFront.map(({ username }) => `@${username} `).join('')
        const shown = `${prefix}${any.text}`
        expect(tweet.text.startsWith(shown)).toBe(true)
        expect(tweet.text.slice(shown.length)).toMatch(any.photos?.length ? /^ https:\/\/t\.co\/\w{10}$/ : /^$/)
        const people = [any.bot, ...(any.others ?? [])]
        const written = (any.text.match(/(?<![\w@])@\w{1,15}(?!\w)/g) ?? []).flatMap((name) =>
          people.filter(({ username }) => name.toLowerCase() === `@${username.toLowerCase()}`),
        )
        // X sends a mention event for an explicit mention alone, so decoding takes its word for all of the bot's.
        const isToldOf = build === xActivityDelivery && written.includes(any.bot)
        expect(tweet.mentions).toEqual([
          ...inFront.map(({ id, username }) => ({ id, username, explicit: isToldOf && id === any.bot.id })),
          ...written.map(({ id, username }) => ({ id, username, explicit: true })),
        ])
      }),
      { numRuns: runs() },
    )
  })
})

describe('accountActivityDelivery', () => {
  test('tells of every photo, or that there is none', () => {
    expect(onlyTweet(accountActivityDelivery(spec({ photos: PHOTOS })))).toMatchObject({
      photos: PHOTOS,
      media: 'present',
    })
    expect(onlyTweet(accountActivityDelivery(spec()))).toMatchObject({ photos: [], media: 'absent' })
  })

  test('cuts a long text and keeps the whole of it beside, with the photos', () => {
    const text = `@petbot ${'a long story '.repeat(20)}`.trim()
    const body = accountActivityDelivery(spec({ text, photos: PHOTOS }))
    const [tweet] = JSON.parse(body).tweet_create_events
    expect(tweet).toMatchObject({ truncated: true, extended_tweet: { entities: { media: [{}] } } })
    expect([...tweet.text].length).toBeLessThanOrEqual(140)
    expect(tweet).not.toHaveProperty('extended_entities')
    expect(onlyTweet(body)).toMatchObject({ photos: PHOTOS })
  })

  test('has ids in numbers that have lost digits, as X has', () => {
    const [tweet] = JSON.parse(accountActivityDelivery(spec())).tweet_create_events
    expect(String(tweet.id)).not.toBe(tweet.id_str)
  })
})

describe('xActivityDelivery', () => {
  const typeOf = (over: Partial<TweetSpec>) => JSON.parse(xActivityDelivery(spec(over))).data.event_type
  const before = (author: TweetSpec['author']) => ({ id: '2080765800000000000', author })

  test('is of the kind that X sends for the tweet', () => {
    expect(typeOf({ inReplyTo: before(BOT), quoted: before(BOT) })).toBe('post.mention.create')
    expect(typeOf({ text: 'well?', inReplyTo: before(GRACE), quoted: before(BOT) })).toBe('post.quote.create')
    expect(typeOf({ text: 'thanks', inReplyTo: before(BOT) })).toBe('post.reply.create')
    expect(typeOf({ text: 'look' })).toBe('post.create')
  })

  test('says nothing of photos, so the tweet has to be looked up', () => {
    const tweet = onlyTweet(xActivityDelivery(spec({ photos: PHOTOS })))
    expect(tweet).toMatchObject({ photos: [], media: 'unknown' })
  })

  test('does not name the author of a reply or a quote', () => {
    expect(onlyTweet(xActivityDelivery(spec({ text: 'thanks', inReplyTo: before(BOT) }))).author).toEqual({
      id: ADA.id,
    })
    expect(onlyTweet(xActivityDelivery(spec({ text: 'well?', quoted: before(BOT) }))).author).toEqual({ id: ADA.id })
  })
})

describe('deliveryArbitrary', () => {
  test('gives bodies that are accepted and tell of one tweet', () =>
    fc.assert(
      fc.property(deliveryArbitrary(), (body) => {
        expect(acceptsBody(body)).toBe(true)
        expect(onlyTweet(body).id).toMatch(/^[0-9]{1,19}$/)
      }),
      { numRuns: runs() },
    ))

  test('gives both dialects', () => {
    const bodies = fc.sample(deliveryArbitrary(), { seed: 1, numRuns: 50 })
    expect(bodies.some((body) => 'tweet_create_events' in JSON.parse(body))).toBe(true)
    expect(bodies.some((body) => 'data' in JSON.parse(body))).toBe(true)
  })
})
