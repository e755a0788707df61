import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DeliveryError } from '../../src/domain/errors.js'
import type { Event } from '../../src/domain/event.js'
import { acceptsBody, decodeDelivery } from '../../src/webhook/decode.js'
import { decodePost } from '../../src/webhook/post.js'
import {
  AUTHOR,
  activity,
  BOT,
  body,
  bytes,
  classic,
  classicMention,
  classicUser,
  delivery,
  directMessage,
  type Json,
  nineKilobytes,
  photoMedia,
  post,
  QUOTED,
  TWEET,
  users,
  v2Mention,
  v2User,
  withPhotos,
} from './payloads.js'

const rich = post({
  attachments: { media_keys: ['3_1', '3_2'] },
  edit_history_tweet_ids: ['70', TWEET],
  in_reply_to_tweet_id: '60',
  referenced_tweets: [
    { type: 'replied_to', id: '60' },
    { type: 'quoted', id: QUOTED },
  ],
  note_tweet: { text: 'a long one @hexbird', entities: { mentions: [v2Mention(BOT, 'hexbird', 11)] } },
})
const richIncludes = {
  ...users(),
  media: [photoMedia('3_1'), photoMedia('3_2')],
  tweets: [post({ id: QUOTED, author_id: '50' })],
}
const SAMPLES: readonly Json[] = [
  JSON.parse(new TextDecoder().decode(nineKilobytes())),
  delivery([classic(), withPhotos(['a', 'b'])]),
  { for_user_id: BOT, direct_message_events: [directMessage()] },
  { for_user_id: BOT, tweet_delete_events: [{ status: { id: TWEET, user_id: BOT }, timestamp_ms: '1432228155593' }] },
  { user_event: { revoke: { date_time: '', target: { app_id: '1' }, source: { user_id: '2' } } } },
  activity('post.mention.create', rich, { includes: richIncludes }),
  activity('post.quote.create', rich, { includes: {} }),
  activity('dm.received', { direct_message_events: [directMessage()] }),
  activity('chat.received', { id: 'a', sender_id: '1', created_at_msec: '1784841183370' }),
]

/** What every answer promises, whatever was asked. */
function expectSound(events: readonly Event[]): void {
  const id = expect.stringMatching(/^[0-9]{1,19}$/)
  for (const event of events) {
    switch (event.kind) {
      case 'tweet':
        expect(event.tweet).toMatchObject({ id, firstId: id, botId: id, author: { id } })
        expect(Number.isInteger(event.tweet.createdAt)).toBe(true)
        for (const photo of event.tweet.photos) expect(photo.url).toMatch(/^https:\/\/pbs\.twimg\.com\/media\//)
        for (const mention of event.tweet.mentions) expect(mention.id).toMatch(/^[0-9]{1,19}$/)
        expect(event.tweet.media === 'present').toBe(event.tweet.photos.length > 0 && event.tweet.media !== 'unknown')
        break
      case 'malformed':
        expect(event.reason).toMatch(/^[\w.,[\] ]+$/)
        break
      default:
        expect(['tweet-deleted', 'revoked', 'message', 'unknown']).toContain(event.kind)
    }
  }
}

function expectAnswer(rawBody: Uint8Array | string): void {
  try {
    expectSound(decodeDelivery(rawBody).events)
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error
    expect(error.code).toMatch(/^DELIVERY_NOT_(AN_OBJECT|UTF8|JSON)$/)
    expect(error.code === 'DELIVERY_NOT_AN_OBJECT').toBe(!acceptsBody(rawBody))
  }
}

/** The sample with the value at one place, anywhere in it, put in another's place. */
function withOneChange(sample: unknown, at: number, by: unknown): unknown {
  let left = at % countOf(sample)
  return (function copy(value: unknown): unknown {
    if (left-- === 0) return by
    if (Array.isArray(value)) return value.map(copy)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]))
  })(sample)
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, inner) => sum + countOf(inner), 1)
}

function mapKeys(value: unknown, change: (entries: [string, unknown][]) => [string, unknown][]): unknown {
  if (Array.isArray(value)) return value.map((inner) => mapKeys(inner, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(change(Object.entries(value)).map(([key, inner]) => [key, mapKeys(inner, change)]))
}

const anyId = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)

describe('decodeDelivery, always,', () => {
  test('answers any JSON value or throws a DeliveryError with a code', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expectAnswer(JSON.stringify(value))),
      { numRuns: runs() },
    )
  })

  test('answers any bytes or throws a DeliveryError with a code', () => {
    const open = fc.constantFrom('', '{', ' {"', '{"for_user_id":"1","tweet_create_events":[')
    fc.assert(
      fc.property(open, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        expectAnswer(Uint8Array.from([...bytes(start), ...rest]))
      }),
      { numRuns: 2 * runs() },
    )
  })

  test('answers soundly where any one value of a real delivery is another', () => {
    const by = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, '', {}, [], [null], 1e308, -1, 1924465506158879000, '1'.repeat(20), { __proto__: null }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLES), fc.nat(), by, (sample, at, value) => {
        expectAnswer(JSON.stringify(withOneChange(sample, at, value)) ?? '')
      }),
      { numRuns: 10 * runs() },
    )
  })

  test('keeps every digit of every id of a classic tweet', () => {
    fc.assert(
      fc.property(fc.array(anyId, { minLength: 8, maxLength: 8 }), (ids) => {
        const [id = '', first = '', bot = '', author = '', quoted = '', quotedAuthor = '', replied = '', person = ''] =
          ids
        const tweet = classic({
          id: Number(id),
          id_str: id,
          edit_history: { initial_tweet_id: first },
          user: classicUser({ id: Number(author), id_str: author }),
          entities: { user_mentions: [classicMention(bot, 'hexbird', [0, 8])] },
          quoted_status_id_str: quoted,
          quoted_status: classic({
            id_str: quoted,
            user: classicUser({ id: Number(quotedAuthor), id_str: quotedAuthor }),
          }),
          in_reply_to_status_id_str: replied,
          in_reply_to_user_id_str: person,
        })
        expect(decodeDelivery(body(delivery([tweet], { for_user_id: bot }))).events).toMatchObject([
          {
            tweet: {
              id,
              firstId: first,
              botId: bot,
              author: { id: author },
              mentions: [{ id: bot }],
              quotedId: quoted,
              quotedAuthorId: quotedAuthor,
              inReplyToId: replied,
              inReplyToUserId: person,
            },
          },
        ])
      }),
      { numRuns: runs() },
    )
  })

  test('keeps every digit of every id of a post', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyId, { minLength: 8, maxLength: 8 }), (ids) => {
        const [id = '', first = '', bot = '', author = '', quoted = '', quotedAuthor = '', replied = '', root = ''] =
          ids
        const given = post({
          id,
          author_id: author,
          edit_history_tweet_ids: [first, id],
          entities: { mentions: [v2Mention(bot, 'hexbird', 0)] },
          referenced_tweets: [{ type: 'quoted', id: quoted }],
          in_reply_to_tweet_id: replied,
          conversation_id: root,
        })
        const includes = {
          users: [v2User(author, 'ada_finch')],
          tweets: [post({ id: quoted, author_id: quotedAuthor })],
        }
        const event = activity('post.mention.create', given, { filter: { user_id: bot }, includes })
        expect(decodeDelivery(body(event)).events).toMatchObject([
          {
            tweet: {
              id,
              firstId: first,
              botId: bot,
              author: { id: author, username: 'ada_finch' },
              mentions: [{ id: bot }],
              quotedId: quoted,
              quotedAuthorId: quotedAuthor,
              inReplyToId: replied,
              conversationId: root,
            },
          },
        ])
      }),
      { numRuns: runs() },
    )
  })

  test('takes a number for an id only where it is the number that X wrote', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        const text = JSON.stringify(delivery([classic({ id: 'ID', id_str: undefined })])).replace('"ID"', id)
        const [event] = decodeDelivery(text).events
        if (event?.kind === 'tweet') expect(event.tweet.id).toBe(id)
        else expect(Number.isSafeInteger(Number(id))).toBe(false)
      }),
      { numRuns: runs() },
    )
  })

  test('reads both spellings alike', () => {
    const NEW_NAMES = new Map([
      ['edit_history_tweet_ids', 'edit_history_post_ids'],
      ['referenced_tweets', 'referenced_posts'],
      ['in_reply_to_tweet_id', 'in_reply_to_post_id'],
      ['note_tweet', 'note_post'],
      ['tweets', 'posts'],
    ])
    fc.assert(
      fc.property(fc.subarray([...NEW_NAMES.keys()]), fc.boolean(), (renamed, newType) => {
        const type = 'post.reply.create'
        const other = mapKeys(
          activity(newType ? type : 'tweet.reply.create', rich, { includes: richIncludes }),
          (entries) => entries.map(([key, value]) => [(renamed.includes(key) && NEW_NAMES.get(key)) || key, value]),
        )
        const old = decodeDelivery(body(activity(type, rich, { includes: richIncludes }))).events
        expect(old).toMatchObject([
          { tweet: { firstId: '70', inReplyToId: '60', quotedAuthorId: '50', media: 'present' } },
        ])
        expect(decodeDelivery(body(other)).events).toEqual(old)
      }),
      { numRuns: runs() },
    )
  })

  test('is not moved by the order of keys, or by keys that it does not know', () => {
    const unknownKeys = fc.dictionary(
      fc.string().map((name) => `x_${name}`),
      fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean()),
      { maxKeys: 3 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...SAMPLES), unknownKeys, fc.infiniteStream(fc.nat()), (sample, extra, numbers) => {
        const shuffled = mapKeys(sample, (entries) =>
          [...entries, ...Object.entries(extra)]
            .map((entry) => ({ entry, at: numbers.next().value as number }))
            .sort((one, two) => one.at - two.at)
            .map(({ entry }) => entry),
        )
        expect(decodeDelivery(body(shuffled))).toEqual(decodeDelivery(body(sample)))
      }),
      { numRuns: runs() },
    )
  })

  test('reads any value as a post without throwing', () => {
    const input = fc.record({ post: fc.anything(), includes: fc.anything(), botId: anyId, lookedUp: fc.boolean() })
    fc.assert(
      fc.property(input, (given) => {
        expect(['tweet', 'malformed']).toContain(decodePost(given).kind)
      }),
      { numRuns: runs() },
    )
  })
})

describe('a bad envelope', () => {
  const codeOf = (rawBody: Uint8Array | string) => {
    try {
      return decodeDelivery(rawBody)
    } catch (error) {
      return error instanceof DeliveryError ? error.code : error
    }
  }

  test.each([
    ['nothing', '', 'DELIVERY_NOT_AN_OBJECT'],
    ['blanks', ' \t\r\n', 'DELIVERY_NOT_AN_OBJECT'],
    ['an array', '[{}]', 'DELIVERY_NOT_AN_OBJECT'],
    ['null', 'null', 'DELIVERY_NOT_AN_OBJECT'],
    ['a byte order mark', '\uFEFF{}', 'DELIVERY_NOT_AN_OBJECT'],
    ['a blank that is none in JSON', '\u00A0{}', 'DELIVERY_NOT_AN_OBJECT'],
    ['a form', 'crc_token=a', 'DELIVERY_NOT_AN_OBJECT'],
    ['half of a delivery', '{"for_user_id":"1"', 'DELIVERY_NOT_JSON'],
    ['two of them', '{}{}', 'DELIVERY_NOT_JSON'],
    ['a nesting without an end', '{"a":'.repeat(200_000), 'DELIVERY_NOT_JSON'],
  ])('of %s throws with a code', (_, text, code) => {
    expect(codeOf(text)).toBe(code)
    expect(codeOf(bytes(text))).toBe(code)
  })

  test('of bytes that are not UTF-8 throws with a code', () => {
    expect(codeOf(Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe('DELIVERY_NOT_UTF8')
  })

  test('is told without a word of the body, in the error and all that hangs on it', () => {
    let thrown: unknown
    try {
      decodeDelivery('{"text": secret words}')
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ name: 'DeliveryError', message: 'The delivery of 22 bytes is not JSON.' })
    expect(thrown).not.toHaveProperty('cause')
  })

  test('after JSON blanks is none: the delivery is read', () => {
    expect(decodeDelivery(` \t\r\n${JSON.stringify(delivery([classic()]))}\n`).events).toHaveLength(1)
  })
})

describe('a hostile delivery', () => {
  test('of very many events is read', () => {
    const many = Array.from({ length: 300_000 }, () => 0)
    expect(decodeDelivery(body({ for_user_id: BOT, tweet_create_events: many })).events).toHaveLength(300_000)
    expect(decodeDelivery(body({ data: many })).events).toHaveLength(300_000)
  })

  test('of very many media is read in time', () => {
    const media = Array.from({ length: 20_000 }, (_, index) => photoMedia(`3_${index}`))
    const attachments = { media_keys: media.map(({ media_key }) => media_key) }
    const event = activity('post.create', post({ attachments }), { includes: { ...users(), media } })
    expect(decodeDelivery(body(event)).events).toMatchObject([{ tweet: { media: 'present' } }])
  })

  test('of very deep nesting is read', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
    const text = `{"for_user_id":"${BOT}","tweet_create_events":[${JSON.stringify(classic()).slice(0, -1)},"deep":${deep}}]}`
    expect(decodeDelivery(text).events).toMatchObject([{ kind: 'tweet' }])
  })

  test('with __proto__ keys changes no prototype and lends no field', () => {
    const events = decodeDelivery(
      '{"__proto__":{"for_user_id":"1"},"tweet_create_events":[{"__proto__":{"id_str":"1"}}],"constructor":{"prototype":{"id_str":"1"}}}',
    ).events
    expect(events.map(({ kind }) => kind)).toEqual(['unknown', 'malformed', 'unknown'])
    expect({}).not.toHaveProperty('id_str')
  })

  test('with a very long name of an event gets a short one into the logs', () => {
    expect(decodeDelivery(body({ ['x'.repeat(5000)]: [] })).events).toEqual([
      { kind: 'unknown', name: 'x'.repeat(100) },
    ])
  })
})

describe('a text with &, < and >, which X escapes', () => {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const words = fc
    .array(fc.constantFrom('&', '<', '>', '&lt;', '&amp;', 'stop', '🐦', 'a', ' '), { maxLength: 12 })
    .map((parts) => parts.join(''))
  const codePoints = (text: string) => Array.from(text).length

  test('is plain once, and the author wrote what stands after the names that X put in front, however X counts', () => {
    fc.assert(
      fc.property(words, fc.boolean(), fc.boolean(), (before, countsEscaped, isClassic) => {
        const prefix = '@ada_finch '
        const plain = `${prefix}${before} @hexbird`
        const shown = escaped(plain)
        const counted = countsEscaped ? shown : plain
        const at = codePoints(counted) - '@hexbird'.length
        const range = [prefix.length, codePoints(counted)]
        const inFront = prefix.length - 1
        const given = isClassic
          ? delivery([
              classic({
                text: shown,
                display_text_range: range,
                in_reply_to_status_id_str: '60',
                entities: {
                  user_mentions: [
                    classicMention(AUTHOR, 'ada_finch', [0, inFront]),
                    classicMention(BOT, 'hexbird', [at, at + 8]),
                  ],
                },
              }),
            ])
          : activity(
              'post.create',
              post({
                text: shown,
                display_text_range: range,
                in_reply_to_tweet_id: '60',
                entities: {
                  mentions: [
                    { start: 0, end: inFront, id: AUTHOR, username: 'ada_finch' },
                    { start: at, end: at + 8, id: BOT, username: 'hexbird' },
                  ],
                },
              }),
            )
        expect(decodeDelivery(body(given)).events).toMatchObject([
          {
            tweet: {
              text: plain,
              mentions: [
                { id: AUTHOR, explicit: false },
                { id: BOT, explicit: true },
              ],
            },
          },
        ])
      }),
      { numRuns: runs() },
    )
  })
})
