import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../src/domain/event.js'
import { type Tweet, timeOfId } from '../../src/domain/tweet.js'
import { decodeDelivery } from '../../src/webhook/decode.js'
import {
  AUTHOR,
  BOT,
  body,
  classic,
  classicMedia,
  classicMention,
  classicUser,
  delivery,
  directMessage,
  type Json,
  nineKilobytes,
  OTHER,
  QUOTED,
  TWEET,
  twoKilobytes,
  withPhotos,
} from './payloads.js'

const eventsOf = (value: unknown) => decodeDelivery(body(value)).events

function tweetOf(value: Json): Tweet {
  const [event] = eventsOf(delivery([value]))
  if (event?.kind !== 'tweet') throw new Error(`no tweet but ${JSON.stringify(event)}`)
  return event.tweet
}

const ids = (events: readonly Event[]) => events.map((event) => (event.kind === 'tweet' ? event.tweet.id : event.kind))

describe('an Account Activity delivery', () => {
  test('of a mention is one tweet, whole', () => {
    expect(eventsOf(delivery([classic()]))).toEqual([
      {
        kind: 'tweet',
        tweet: {
          id: TWEET,
          firstId: TWEET,
          botId: BOT,
          text: 'hey @hexbird what is this?',
          lang: 'en',
          createdAt: Date.UTC(2025, 4, 19, 14, 1, 46),
          author: { id: AUTHOR, username: 'ada_finch' },
          photos: [],
          media: 'absent',
          mentions: [{ id: BOT, username: 'hexbird', explicit: true }],
          isRetweet: false,
        },
      },
    ])
  })

  test('is read in the new spelling too', () => {
    const { tweet_create_events: tweets, ...rest } = delivery([classic()])
    expect(eventsOf({ ...rest, post_create_events: tweets })).toEqual(eventsOf(delivery([classic()])))
  })

  test('is read from a text as from its bytes', () => {
    expect(decodeDelivery(JSON.stringify(delivery([classic()])))).toEqual(decodeDelivery(body(delivery([classic()]))))
  })

  test('of a real size is read: 2 kB without a photo, 9 kB with four and a quote', () => {
    expect(twoKilobytes().length).toBeGreaterThan(1900)
    expect(twoKilobytes().length).toBeLessThan(2500)
    expect(nineKilobytes().length).toBeGreaterThan(8500)
    expect(nineKilobytes().length).toBeLessThan(9900)
    expect(decodeDelivery(twoKilobytes()).events).toMatchObject([{ tweet: { media: 'absent', photos: [] } }])
    expect(decodeDelivery(nineKilobytes()).events).toMatchObject([
      { tweet: { media: 'present', photos: [{}, {}, {}, {}], quotedId: QUOTED, quotedAuthorId: OTHER } },
    ])
  })

  test('with one malformed tweet among good ones gives the others', () => {
    const events = eventsOf(delivery([classic(), classic({ user: null }), null, classic({ id_str: '77' })]))
    expect(ids(events)).toEqual([TWEET, 'malformed', 'malformed', '77'])
    expect(events[1]).toEqual({
      kind: 'malformed',
      name: 'tweet_create_events',
      reason: 'user is missing or of another type',
    })
  })

  test('gives each of its arrays, in the order of the delivery', () => {
    const deleted = { status: { id: TWEET, user_id: BOT }, timestamp_ms: '1432228155593' }
    const events = eventsOf(
      delivery([classic()], { tweet_delete_events: [deleted], direct_message_events: [directMessage()] }),
    )
    expect(events.map(({ kind }) => kind)).toEqual(['tweet', 'tweet-deleted', 'message'])
  })

  test.each(['favorite_events', 'follow_events', 'block_events', 'mute_events', 'direct_message_mark_read_events'])(
    'of %s is passed over under its name',
    (name) => {
      expect(eventsOf({ for_user_id: BOT, [name]: [{}, {}], users: {}, apps: {} })).toEqual([{ kind: 'unknown', name }])
    },
  )

  test('about a replay job is passed over under its name', () => {
    const status = { webhook_id: '1', job_state: 'Complete', job_state_description: 'Done', job_id: '2' }
    expect(eventsOf({ replay_job_status: status })).toEqual([{ kind: 'unknown', name: 'replay_job_status' }])
  })

  test('with facts about itself that are no events gives none for them', () => {
    expect(eventsOf({ for_user_id: BOT, user_has_blocked: 'false', is_blocked_by: true })).toEqual([])
  })

  test('without for_user_id is malformed, tweet by tweet', () => {
    const { for_user_id: _, ...rest } = delivery([classic(), classic()])
    expect(eventsOf(rest)).toEqual([
      { kind: 'malformed', name: 'tweet_create_events', reason: 'for_user_id is missing or of another type' },
      { kind: 'malformed', name: 'tweet_create_events', reason: 'for_user_id is missing or of another type' },
    ])
  })
})

describe('the photos of a classic tweet', () => {
  const photo = (name: string) => ({ url: `https://pbs.twimg.com/media/${name}.jpg` })

  test('are all those of extended_entities, in order', () => {
    expect(tweetOf(withPhotos(['a', 'b', 'c', 'd']))).toMatchObject({
      media: 'present',
      photos: [photo('a'), photo('b'), photo('c'), photo('d')],
    })
  })

  test('of a truncated tweet are in extended_tweet', () => {
    const { text: _, ...long } = withPhotos(['a', 'b'])
    const extended_tweet = { ...long, full_text: 'the whole text' }
    expect(tweetOf(classic({ truncated: true, extended_tweet }))).toMatchObject({
      text: 'the whole text',
      media: 'present',
      photos: [photo('a'), photo('b')],
    })
  })

  test('are those of entities where there are no extended_entities', () => {
    const entities = { media: [classicMedia('a')] }
    expect(tweetOf(classic({ entities }))).toMatchObject({ media: 'present', photos: [photo('a')] })
    expect(tweetOf(classic({ entities, extended_entities: { media: [] } }))).toMatchObject({ media: 'absent' })
  })

  test.each([
    ['animated_gif', 'https://pbs.twimg.com/tweet_video_thumb/a.jpg'],
    ['video', 'https://pbs.twimg.com/ext_tw_video_thumb/1/pu/img/a.jpg'],
    ['video', 'https://pbs.twimg.com/media/a.jpg'],
  ])('are not the still of a %s at %s, which entities call a photo', (type, media_url_https) => {
    const entities = { media: [classicMedia('a', { media_url_https })] }
    const extended_entities = { media: [classicMedia('a', { type, media_url_https })] }
    expect(tweetOf(classic({ entities, extended_entities }))).toMatchObject({ media: 'absent', photos: [] })
  })

  test('of entities alone are not the still of a GIF', () => {
    const still = 'https://pbs.twimg.com/tweet_video_thumb/a.jpg'
    const entities = { media: [classicMedia('a', { media_url_https: still })] }
    expect(tweetOf(classic({ entities }))).toMatchObject({ media: 'absent', photos: [] })
  })

  test.each([
    'http://pbs.twimg.com/media/a.jpg',
    'https://pbs.twimg.com.evil.example/media/a.jpg',
    'https://evil.example/https://pbs.twimg.com/media/a.jpg',
    'https://pbs.twimg.com@evil.example/media/a.jpg',
    'file:///media/a.jpg',
  ])('are never at %s', (media_url_https) => {
    const extended_entities = { media: [classicMedia('a', { media_url_https })] }
    expect(tweetOf(classic({ extended_entities })).photos).toEqual([])
  })

  test('keep their alt text', () => {
    const extended_entities = { media: [classicMedia('a', { ext_alt_text: 'A gull.' }), classicMedia('b')] }
    expect(tweetOf(classic({ extended_entities })).photos).toEqual([{ ...photo('a'), altText: 'A gull.' }, photo('b')])
  })

  test('are known where the author has no name: that alone is no reason to look a tweet up', () => {
    const user = classicUser({ screen_name: '' })
    expect(tweetOf(withPhotos(['a'], { user }))).toMatchObject({ media: 'present', author: { id: AUTHOR } })
    expect(tweetOf(classic({ user }))).toMatchObject({ media: 'absent', author: { id: AUTHOR } })
    expect(tweetOf(withPhotos(['a'], { user })).author).not.toHaveProperty('username')
  })

  test('are unknown where the text links to a photo that did not come along', () => {
    const linking = (expanded_url: string) =>
      tweetOf(classic({ entities: { user_mentions: [], urls: [{ expanded_url, indices: [0, 9] }] } })).media
    expect(linking(`https://x.com/ada_finch/status/${TWEET}/photo/1`)).toBe('unknown')
    expect(linking(`https://twitter.com/ada_finch/status/${TWEET}/video/1`)).toBe('unknown')
    expect(linking(`https://x.com/ada_finch/status/${QUOTED}/photo/1`)).toBe('absent')
    expect(linking(`https://example.com/?u=https://x.com/ada_finch/status/${TWEET}/photo/1`)).toBe('absent')
  })

  test('are unknown where the tweet was cut and its whole did not come', () => {
    expect(tweetOf(classic({ truncated: true }))).toMatchObject({ media: 'unknown' })
  })
})

describe('the mentions of a classic tweet', () => {
  const mentions = (over: Json) => tweetOf(classic(over)).mentions
  const entities = (...user_mentions: readonly Json[]) => ({ user_mentions })
  const bot = (start: number) => classicMention(BOT, 'hexbird', [start, start + 8])

  test('are explicit at or after the start of display_text_range, implicit before it', () => {
    const reply = {
      text: '@ada_finch @hexbird and @hexbird',
      display_text_range: [20, 32],
      in_reply_to_status_id_str: '5',
    }
    const given = entities(classicMention(AUTHOR, 'ada_finch', [0, 10]), bot(11), bot(24))
    expect(mentions({ ...reply, entities: given }).map(({ explicit }) => explicit)).toEqual([false, false, true])
    expect(mentions({ ...reply, entities: entities(bot(20)) })).toMatchObject([{ explicit: true }])
    expect(mentions({ ...reply, entities: entities(bot(19)) })).toMatchObject([{ explicit: false }])
  })

  test('are explicit where no range says that anything is hidden', () => {
    const { display_text_range: _, ...tweet } = classic({ entities: entities(bot(0)) })
    expect(tweetOf(tweet).mentions).toEqual([{ id: BOT, username: 'hexbird', explicit: true }])
  })

  test('of a long tweet are those of the whole, against the range of the whole', () => {
    const extended_tweet = {
      full_text: '@ada_finch so long that the @hexbird is past the cut',
      display_text_range: [11, 52],
      entities: entities(classicMention(AUTHOR, 'ada_finch', [0, 10]), bot(28)),
    }
    expect(mentions({ truncated: true, display_text_range: [0, 140], entities: entities(), extended_tweet })).toEqual([
      { id: AUTHOR, username: 'ada_finch', explicit: false },
      { id: BOT, username: 'hexbird', explicit: true },
    ])
  })

  test('do not hold an account that is gone, which X gives the id -1', () => {
    const gone = { screen_name: 'gone', id: -1, id_str: '-1', indices: [0, 5] }
    expect(mentions({ entities: entities(gone, bot(6)) })).toMatchObject([{ id: BOT }])
  })

  test('keep the place that X gave them behind escaped characters and emoji', () => {
    const text = '@ada_finch &lt;3 🐦 @hexbird'
    const reply = { text, display_text_range: [11, 28], in_reply_to_status_id_str: '5' }
    const tweet = tweetOf(
      classic({ ...reply, entities: entities(classicMention(AUTHOR, 'ada_finch', [0, 10]), bot(19)) }),
    )
    expect(tweet.text).toBe('@ada_finch <3 🐦 @hexbird')
    expect(tweet.mentions.map(({ explicit }) => explicit)).toEqual([false, true])
  })
})

describe('what else a classic tweet says', () => {
  test('is a reply only by the id of the tweet replied to, never by the id of the person', () => {
    const begun = tweetOf(classic({ in_reply_to_user_id: Number(BOT), in_reply_to_user_id_str: BOT }))
    expect(begun).not.toHaveProperty('inReplyToId')
    expect(begun).not.toHaveProperty('inReplyToUserId')
    const reply = tweetOf(classic({ in_reply_to_status_id_str: QUOTED, in_reply_to_user_id_str: BOT }))
    expect(reply).toMatchObject({ inReplyToId: QUOTED, inReplyToUserId: BOT })
  })

  test('names the quoted tweet and its author', () => {
    const quoted_status = withPhotos(['a'], { user: classicUser({ id_str: OTHER }) })
    expect(tweetOf(classic({ quoted_status_id_str: QUOTED, quoted_status }))).toMatchObject({
      quotedId: QUOTED,
      quotedAuthorId: OTHER,
      media: 'absent',
      photos: [],
    })
    expect(tweetOf(classic({ quoted_status_id_str: QUOTED }))).not.toHaveProperty('quotedAuthorId')
  })

  test('is a retweet by retweeted_status, and never by its text alone', () => {
    expect(tweetOf(classic({ retweeted_status: classic() })).isRetweet).toBe(true)
    expect(tweetOf(classic({ text: 'RT @ada_finch: hey', retweeted: true })).isRetweet).toBe(false)
  })

  test('has the characters that X escapes, unescaped once', () => {
    expect(tweetOf(classic({ text: '1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt; &quot; &' })).text).toBe(
      '1 < 2 && 3 > 2 &lt; &quot; &',
    )
  })

  test.each([
    ['created_at', {}, Date.UTC(2025, 4, 19, 14, 1, 46)],
    ['created_at with an offset', { created_at: 'Wed Oct 10 20:19:24 +0230 2018' }, Date.UTC(2018, 9, 10, 17, 49, 24)],
    ['created_at in ISO form', { created_at: '2025-05-19T14:01:46.250Z' }, Date.UTC(2025, 4, 19, 14, 1, 46, 250)],
    ['timestamp_ms', { created_at: undefined }, 1_747_663_306_123],
    ['timestamp_ms as a number', { created_at: 'yesterday', timestamp_ms: 1_747_663_306_123 }, 1_747_663_306_123],
    ['the id', { created_at: 'Xyz Foo 99 99:99:99 +0000 2018', timestamp_ms: null }, timeOfId(TWEET)],
  ])('was created at the time of %s', (_, over, time) => {
    expect(tweetOf(classic(over)).createdAt).toBe(time)
  })

  test.each([
    ['an id that lost digits', { id_str: undefined }, 'id is not an id of 1 to 19 digits'],
    ['an id of letters', { id_str: '12a' }, 'id is not an id of 1 to 19 digits'],
    ['an id of 20 digits', { id_str: '1'.repeat(20) }, 'id is not an id of 1 to 19 digits'],
    ['a negative id', { id_str: '-1' }, 'id is not an id of 1 to 19 digits'],
    ['a negative number for an id', { id_str: undefined, id: -1 }, 'id is not an id of 1 to 19 digits'],
    ['no id', { id_str: undefined, id: undefined }, 'id is missing or of another type'],
    ['no text', { text: undefined }, 'text is missing or of another type'],
    ['no user', { user: [] }, 'user is missing or of another type'],
    [
      'a reply to an id that lost digits',
      { in_reply_to_status_id: Number(QUOTED) },
      'in_reply_to_status_id is not an id of 1 to 19 digits',
    ],
  ])('makes it malformed where it has %s', (_, over, reason) => {
    expect(eventsOf(delivery([classic(over)]))).toEqual([{ kind: 'malformed', name: 'tweet_create_events', reason }])
  })
})

describe('the other classic events', () => {
  test('a deletion names tweet, author and bot', () => {
    const deleted = { status: { id: '1045405559317569537', user_id: BOT }, timestamp_ms: '1432228155593' }
    const expected = {
      kind: 'tweet-deleted',
      tweetId: '1045405559317569537',
      authorId: BOT,
      botId: BOT,
      at: 1_432_228_155_593,
    }
    expect(eventsOf({ for_user_id: BOT, tweet_delete_events: [deleted] })).toEqual([expected])
    expect(eventsOf({ for_user_id: BOT, post_delete_events: [deleted] })).toEqual([expected])
  })

  test('a revocation has no for_user_id and names person and app', () => {
    const revoke = {
      date_time: '2018-05-24T09:48:12+00:00',
      target: { app_id: '13090192' },
      source: { user_id: '63046977' },
    }
    expect(eventsOf({ user_event: { revoke } })).toEqual([
      { kind: 'revoked', userId: '63046977', appId: '13090192', at: Date.UTC(2018, 4, 24, 9, 48, 12) },
    ])
    expect(eventsOf({ user_event: { revoke: { ...revoke, source: {} } } })).toMatchObject([{ kind: 'malformed' }])
    expect(eventsOf({ user_event: { something_new: {} } })).toEqual([{ kind: 'unknown', name: 'user_event' }])
  })

  test('a direct message names its sender and has its words', () => {
    expect(eventsOf({ for_user_id: BOT, direct_message_events: [directMessage()] })).toEqual([
      {
        kind: 'message',
        id: '954491830116155396',
        botId: BOT,
        senderId: AUTHOR,
        text: 'stop',
        at: 1_516_403_560_557,
      },
    ])
    expect(eventsOf({ for_user_id: BOT, direct_message_events: [{ type: 'reaction_create' }] })).toEqual([
      { kind: 'unknown', name: 'direct_message_events' },
    ])
  })
})

describe('known faults of the originals', () => {
  test('every event and every photo of a delivery is looked at, not the first alone', () => {
    const tweets = ['71', '72', '73'].map((id_str) => withPhotos(['a', 'b', 'c'], { id_str }))
    const events = eventsOf(delivery(tweets))
    expect(ids(events)).toEqual(['71', '72', '73'])
    for (const event of events) expect(event).toMatchObject({ tweet: { photos: [{}, {}, {}] } })
  })

  test.each([[{}], [{ for_user_id: BOT }], [delivery([])], [{ tweet_create_events: null }]])(
    'a delivery without the expected arrays has no events: %j',
    (value) => {
      expect(eventsOf(value)).toEqual([])
    },
  )

  test('arrays that are none are malformed and no crash', () => {
    expect(eventsOf({ for_user_id: BOT, tweet_create_events: {}, direct_message_events: 5 })).toEqual([
      { kind: 'malformed', name: 'tweet_create_events', reason: 'the events are not a list' },
      { kind: 'malformed', name: 'direct_message_events', reason: 'the events are not a list' },
    ])
  })

  test('ids keep the digits that a floating-point number loses', () => {
    expect(String(Number(TWEET))).not.toBe(TWEET)
    expect(tweetOf(classic())).toMatchObject({ id: TWEET, author: { id: AUTHOR }, botId: BOT })
    expect(tweetOf(classic({ id: 9_007_199_254_740_991, id_str: undefined })).id).toBe('9007199254740991')
  })

  test('an edit has the first id of what it edits', () => {
    const edit_history = { initial_tweet_id: '70', edit_tweet_ids: ['70', TWEET] }
    expect(tweetOf(classic({ edit_history }))).toMatchObject({ id: TWEET, firstId: '70' })
    expect(tweetOf(classic({ edit_history_tweet_ids: ['70', TWEET] }))).toMatchObject({ id: TWEET, firstId: '70' })
    expect(tweetOf(classic())).toMatchObject({ id: TWEET, firstId: TWEET })
  })

  test('a tweet that may be an edit and does not name its first id is looked up before it is answered, photos or not', () => {
    for (const edit_history of [undefined, null, {}]) {
      expect(tweetOf(withPhotos(['a'], { edit_history })).media).toBe('unknown')
      expect(tweetOf(classic({ edit_history })).media).toBe('unknown')
      const own = { in_reply_to_status_id_str: QUOTED, in_reply_to_user_id_str: AUTHOR }
      expect(tweetOf(withPhotos(['a'], { edit_history, ...own })).media).toBe('unknown')
    }
  })

  test('a reply to somebody else cannot be an edit, so it needs no look-up for want of a history', () => {
    const reply = { in_reply_to_status_id_str: QUOTED, in_reply_to_user_id_str: OTHER }
    expect(tweetOf(withPhotos(['a'], { edit_history: undefined, ...reply })).media).toBe('present')
  })
})
