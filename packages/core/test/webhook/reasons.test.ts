import { describe, expect, test } from '@jest/globals'
import { decodeDelivery } from '../../src/webhook/decode.js'
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
  photoMedia,
  post,
  QUOTED,
  TWEET,
  users,
  withPhotos,
} from './payloads.js'

/** Why each event of a delivery cannot be read; its kind where it can. */
const reasonsIn = (value: unknown) =>
  decodeDelivery(body(value)).events.map((event) => (event.kind === 'malformed' ? event.reason : event.kind))

const MISSING = 'is missing or of another type'
const NO_ID = 'is not an id of 1 to 19 digits'

describe('what cannot be read is named, in the words of its dialect:', () => {
  const noted = (list: string, event: unknown, over: Json = {}) => ({ for_user_id: BOT, [list]: [event], ...over })
  const deleted = (status: unknown) => noted('tweet_delete_events', { status, timestamp_ms: '1' })
  const message = (over: Json) => noted('direct_message_events', directMessage(over))
  const revoke = (value: unknown) => ({ user_event: { revoke: value } })
  const [source, target] = [{ user_id: '1' }, { app_id: '2' }]

  test.each<[string, unknown]>([
    [`the event ${MISSING}`, delivery([1])],
    [`for_user_id ${NO_ID}`, delivery([classic()], { for_user_id: 'me' })],
    [`id ${NO_ID}`, delivery([classic({ id_str: '-1' })])],
    [`id ${MISSING}`, delivery([classic({ id_str: null, id: null })])],
    [`text ${MISSING}`, delivery([classic({ text: null })])],
    [`user ${MISSING}`, delivery([classic({ user: [] })])],
    [`user.id ${NO_ID}`, delivery([classic({ user: classicUser({ id_str: 'ada' }) })])],
    [`user.id ${MISSING}`, delivery([classic({ user: classicUser({ id_str: null, id: null }) })])],
    [`in_reply_to_status_id ${NO_ID}`, delivery([classic({ in_reply_to_status_id_str: 'x' })])],
    [`in_reply_to_user_id ${NO_ID}`, delivery([classic({ in_reply_to_user_id_str: 'x' })])],
    [`quoted_status_id ${NO_ID}`, delivery([classic({ quoted_status_id_str: 'x' })])],
    [`quoted_status.user.id ${NO_ID}`, delivery([classic({ quoted_status: { user: { id_str: 'x' } } })])],
    [`edit_history_tweet_ids[0] ${NO_ID}`, delivery([classic({ edit_history_tweet_ids: ['x'] })])],
    [`edit_history.initial_tweet_id ${NO_ID}`, delivery([classic({ edit_history: { initial_tweet_id: 'x' } })])],
    [`status ${MISSING}`, deleted(null)],
    [`status.id ${MISSING}`, deleted({ user_id: '1' })],
    [`status.id ${NO_ID}`, deleted({ id: 'x', user_id: '1' })],
    [`status.user_id ${MISSING}`, deleted({ id: '1' })],
    [`status.user_id ${NO_ID}`, deleted({ id: '1', user_id: 'x' })],
    [`message_create ${MISSING}`, message({ message_create: null })],
    [`id ${NO_ID}`, message({ id: 'x' })],
    [`message_create.sender_id ${MISSING}`, message({ message_create: {} })],
    [`revoke ${MISSING}`, revoke(null)],
    [`user_id ${MISSING}`, revoke({ target })],
    [`user_id ${NO_ID}`, revoke({ source: { user_id: 'x' }, target })],
    [`app_id ${MISSING}`, revoke({ source })],
    [`app_id ${NO_ID}`, revoke({ source, target: { app_id: 'x' } })],
    ['the events are not a list', { for_user_id: BOT, tweet_create_events: {} }],
  ])('%s', (reason, value) => expect(reasonsIn(value)).toEqual([reason]))

  const quoting = { referenced_tweets: [{ type: 'quoted', id: QUOTED }] }
  test.each<[string, string, unknown, Json?]>([
    [`filter.user_id ${MISSING}`, 'post.create', post(), { filter: {} }],
    [`filter.user_id ${NO_ID}`, 'post.create', post(), { filter: { user_id: 'x' } }],
    [`the post ${MISSING}`, 'post.create', []],
    [`id ${MISSING}`, 'post.create', post({ id: null })],
    [`id ${NO_ID}`, 'post.create', post({ id: 'x' })],
    [`author_id ${NO_ID}`, 'post.create', post({ author_id: 'x' })],
    [`text ${MISSING}`, 'post.create', post({ text: null })],
    [`conversation_id ${NO_ID}`, 'post.create', post({ conversation_id: 'x' })],
    [`in_reply_to_user_id ${NO_ID}`, 'post.create', post({ in_reply_to_user_id: 'x' })],
    [`in_reply_to_tweet_id ${NO_ID}`, 'post.create', post({ in_reply_to_tweet_id: 'x' })],
    [
      `the id of the post replied to ${NO_ID}`,
      'post.create',
      post({ referenced_tweets: [{ type: 'replied_to', id: 'x' }] }),
    ],
    [`the id of the quoted post ${NO_ID}`, 'post.create', post({ referenced_tweets: [{ type: 'quoted', id: 'x' }] })],
    [
      `the author of the quoted post ${NO_ID}`,
      'post.create',
      post(quoting),
      { includes: { ...users(), tweets: [{ id: QUOTED, author_id: 'x' }] } },
    ],
    [`payload ${MISSING}`, 'post.delete', null],
    [`id ${MISSING}`, 'post.delete', { author_id: '1' }],
    [`author_id ${MISSING}`, 'post.delete', { id: '1' }],
    [`id ${MISSING}`, 'chat.received', { sender_id: '1' }],
    [`sender_id ${MISSING}`, 'chat.received', { id: '1' }],
    [`payload ${MISSING}`, 'oauth.revoke', null],
    [`user_id ${MISSING}`, 'oauth.revoke', { app_id: '1' }],
    [`app_id ${MISSING}`, 'oauth.revoke', { user_id: '1' }],
    ['the events are not a list', 'dm.received', {}],
  ])('%s of %s', (reason, type, payload, over = {}) => {
    expect(reasonsIn(activity(type, payload, over))).toEqual([reason])
  })
})

describe('a body that is no delivery is told as what it is, without a word of it:', () => {
  const thrown = (value: Uint8Array | string) => {
    try {
      return decodeDelivery(value)
    } catch (error) {
      return error
    }
  }
  test.each<[string, Uint8Array | string, string]>([
    ['DELIVERY_NOT_AN_OBJECT', '[1]', 'A delivery is one JSON object: its first character must be {.'],
    ['DELIVERY_NOT_JSON', '{"a"', 'The delivery of 4 bytes is not JSON.'],
    ['DELIVERY_NOT_UTF8', Uint8Array.of(0x7b, 0xff), 'The delivery of 2 bytes is not UTF-8.'],
  ])('%s', (code, value, message) => {
    expect(thrown(value)).toMatchObject({ name: 'DeliveryError', code, message })
  })

  test('blanks before the brace are JSON’s own, and no others', () => {
    for (const blank of [' ', '\t', '\n', '\r']) {
      expect(decodeDelivery(`${blank}${blank}{}`).events).toEqual([])
      expect(decodeDelivery(bytes(`${blank}{}`)).events).toEqual([])
    }
    for (const other of ['\v', '\f', '\u00a0', '\ufeff', '']) {
      expect(thrown(`${other}[]`)).toMatchObject({ code: 'DELIVERY_NOT_AN_OBJECT' })
    }
    expect(thrown('   ')).toMatchObject({ code: 'DELIVERY_NOT_AN_OBJECT' })
  })
})

test('a deletion, a message and a withdrawal say when, where X does', () => {
  const at = (value: unknown) => decodeDelivery(body(value)).events.map((event) => ('at' in event ? event.at : 'none'))
  const status = { id: TWEET, user_id: '1' }
  const deletion = (time: unknown) => ({ for_user_id: BOT, tweet_delete_events: [{ status, timestamp_ms: time }] })
  expect(at(deletion('1516403560557'))).toEqual([1516403560557])
  expect(at(deletion(1516403560557))).toEqual([1516403560557])
  for (const time of [undefined, -1, 1.5, '', 'x1', '1x', '1'.repeat(16)]) expect(at(deletion(time))).toEqual(['none'])
  const revoke = (time: unknown) => activity('oauth.revoke', { user_id: '1', app_id: '2', date_time: time })
  for (const [time, expected] of [
    ['2026-07-24T21:05:48.000Z', Date.UTC(2026, 6, 24, 21, 5, 48)],
    ['2026-07-24T21:05:48+02:00', Date.UTC(2026, 6, 24, 19, 5, 48)],
    ['Wed Oct 10 20:19:24 +0000 2018', Date.UTC(2018, 9, 10, 20, 19, 24)],
    ['x2026-07-24T21:05:48Z', 'none'],
    ['2026-07-24T21:05:48Zx', 'none'],
    ['2026-07-24', 'none'],
    ['2026-07-24T21:05:48', 'none'],
    ['xWed Oct 10 20:19:24 +0000 2018', 'none'],
    ['Wed Oct 10 20:19:24 +0000 2018x', 'none'],
    ['2026-13-24T21:05:48Z', 'none'],
    ['10', 'none'],
  ] as const) {
    expect(at(revoke(time))).toEqual([expected])
  }
})

describe('an entry of a list that is no object is passed over:', () => {
  const NONE = [null, 1, 'x', []]
  const tweetIn = (value: unknown) => {
    const [event] = decodeDelivery(body(value)).events
    if (event?.kind !== 'tweet') throw new Error(`no tweet but ${JSON.stringify(event)}`)
    return event.tweet
  }

  test('among mentions and media of a classic tweet', () => {
    const { entities, extended_entities } = withPhotos(['a']) as { [name: string]: { [list: string]: unknown[] } }
    const odd = withPhotos(['a'], {
      entities: { user_mentions: [...NONE, ...(entities?.user_mentions ?? [])] },
      extended_entities: { media: [...NONE, ...(extended_entities?.media ?? [])] },
    })
    expect(tweetIn(delivery([odd]))).toEqual(tweetIn(delivery([withPhotos(['a'])])))
    expect(tweetIn(delivery([classic({ entities: null })]))).toMatchObject({ mentions: [], photos: [] })
  })

  test('among references, mentions, media and people of a post', () => {
    const attachments = { media_keys: ['3_1'] }
    const includes = { users: users().users as unknown[], media: [photoMedia('3_1')] }
    const whole = activity('post.create', post({ attachments }), { includes })
    const odd = activity(
      'post.create',
      post({
        attachments,
        referenced_tweets: NONE,
        entities: { mentions: [...NONE, ...((post().entities as { mentions: unknown[] }).mentions ?? [])] },
      }),
      { includes: { users: [...NONE, ...includes.users], media: [...NONE, ...includes.media] } },
    )
    expect(tweetIn(odd)).toEqual(tweetIn(whole))
  })

  test('and so is all that should come with a post and does not', () => {
    const quoting = { referenced_tweets: [{ type: 'quoted', id: QUOTED }], attachments: { media_keys: ['3_1'] } }
    const tweet = tweetIn(activity('post.create', post(quoting), { includes: null }))
    expect(tweet).toMatchObject({ quotedId: QUOTED, photos: [], media: 'unknown', author: { id: AUTHOR } })
    expect(reasonsIn(activity('post.create', post(), { filter: null }))).toEqual([`filter.user_id ${MISSING}`])
    expect(reasonsIn(activity('dm.received', null))).toEqual(['the events are not a list'])
    expect(reasonsIn({ data: null })).toEqual([])
    expect(reasonsIn({ data: [null] })).toEqual(['event_type is missing'])
  })

  test('and a place that is no number is no place', () => {
    const at = (indices: unknown, range: unknown = [0, 26]) =>
      tweetIn(
        delivery([
          classic({
            display_text_range: range,
            entities: { user_mentions: [{ ...classicMention(BOT, 'hexbird', [4, 12]), indices }] },
          }),
        ]),
      ).mentions[0]?.explicit
    expect([at([4, 12]), at(['4', '12']), at(null)]).toEqual([true, false, false])
    expect([at([4, 12], ['9']), at([4, 12], [9])]).toEqual([true, false])
  })

  test('and a number of 0 is an id and a time like others', () => {
    const status = { id: 0, user_id: '1' }
    const events = decodeDelivery(body({ for_user_id: BOT, tweet_delete_events: [{ status, timestamp_ms: 0 }] })).events
    expect(events).toEqual([{ kind: 'tweet-deleted', tweetId: '0', authorId: '1', botId: BOT, at: 0 }])
  })
})
