import { describe, expect, test } from '@jest/globals'
import type { Tweet } from '../../src/domain/tweet.js'
import { decodeDelivery } from '../../src/webhook/decode.js'
import { decodePost } from '../../src/webhook/post.js'
import {
  AUTHOR,
  activity,
  BOT,
  body,
  directMessage,
  type Json,
  OTHER,
  photoMedia,
  post,
  QUOTED,
  TWEET,
  users,
  v2Mention,
  v2User,
} from './payloads.js'

const eventsOf = (value: unknown) => decodeDelivery(body(value)).events

function tweetOf(type: string, payload: Json, over: Json = {}): Tweet {
  const [event] = eventsOf(activity(type, payload, over))
  if (event?.kind !== 'tweet') throw new Error(`no tweet but ${JSON.stringify(event)}`)
  return event.tweet
}

const mention = (over: Json = {}, eventOver: Json = {}) => tweetOf('post.mention.create', post(over), eventOver)

describe('an X Activity delivery', () => {
  test('of a mention is one tweet, whole', () => {
    expect(eventsOf(activity('post.mention.create', post()))).toEqual([
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
          media: 'unknown',
          mentions: [{ id: BOT, username: 'hexbird', explicit: true }],
          conversationId: TWEET,
          replySettings: 'everyone',
          isRetweet: false,
        },
      },
    ])
  })

  test.each(['post.create', 'post.mention.create', 'post.reply.create', 'post.quote.create'])(
    'named %s is read, and under its older name too',
    (name) => {
      const older = name.replace('post.', 'tweet.')
      expect(tweetOf(name, post()).id).toBe(TWEET)
      expect(tweetOf(older, post())).toEqual(tweetOf(name, post()))
    },
  )

  test('with several events gives each, in order, the malformed ones among them', () => {
    const { data: one } = activity('post.create', post({ id: '71' }))
    const { data: two } = activity('like.create', {})
    const { data: three } = activity('post.create', post({ author_id: undefined }))
    expect(eventsOf({ data: [one, two, null, three, one] })).toMatchObject([
      { kind: 'tweet', tweet: { id: '71' } },
      { kind: 'unknown', name: 'like.create' },
      { kind: 'malformed', name: 'data', reason: 'event_type is missing' },
      { kind: 'malformed', name: 'post.create', reason: 'author_id is missing or of another type' },
      { kind: 'tweet', tweet: { id: '71' } },
    ])
  })

  test.each([
    'post.repost.create',
    'like.create',
    'follow.follow',
    'dm.read',
    'spaces.start',
    'chat.conversation_join',
  ])('of %s is passed over under its name', (name) => {
    expect(eventsOf(activity(name, {}))).toEqual([{ kind: 'unknown', name }])
  })

  test.each(['constructor', '__proto__', 'toString', 'tweet.', ''])('named %j is no crash', (name) => {
    const [event, ...more] = eventsOf(activity(name, {}))
    expect(more).toEqual([])
    expect(['unknown', 'malformed']).toContain(event?.kind)
  })

  test('without a user in its filter is malformed', () => {
    expect(eventsOf(activity('post.create', post(), { filter: { keyword: 'birds' } }))).toEqual([
      { kind: 'malformed', name: 'post.create', reason: 'filter.user_id is missing or of another type' },
    ])
  })

  test('of a deletion names tweet, author and bot', () => {
    expect(eventsOf(activity('post.delete', { id: TWEET, author_id: BOT }))).toEqual([
      { kind: 'tweet-deleted', tweetId: TWEET, authorId: BOT, botId: BOT },
    ])
  })

  test('of a revocation needs no filter', () => {
    const payload = { date_time: '2026-07-23T21:44:05+00:00', user_id: AUTHOR, app_id: '29820954' }
    expect(eventsOf(activity('oauth.revoke', payload, { filter: {} }))).toEqual([
      { kind: 'revoked', userId: AUTHOR, appId: '29820954', at: Date.UTC(2026, 6, 23, 21, 44, 5) },
    ])
  })

  test.each(['dm.received', 'dm.sent'])('of %s gives its messages', (name) => {
    const payload = { direct_message_events: [directMessage(), directMessage({ id: '7' })], users: {} }
    expect(eventsOf(activity(name, payload))).toMatchObject([
      { kind: 'message', id: '954491830116155396', botId: BOT, senderId: AUTHOR, text: 'stop', at: 1_516_403_560_557 },
      { kind: 'message', id: '7' },
    ])
    expect(eventsOf(activity(name, {}))).toMatchObject([{ kind: 'malformed', name }])
  })

  test.each(['chat.received', 'chat.sent'])('of %s is a message without its words', (name) => {
    const payload = {
      id: 'e4f4d3fc-8bbf-4928-92eb-e5058d6bb6f6',
      created_at_msec: '1784841183370',
      sender_id: AUTHOR,
      encoded_event: 'CwABAAAAEzIwODA0MDA4',
    }
    expect(eventsOf(activity(name, payload))).toEqual([
      {
        kind: 'message',
        id: 'e4f4d3fc-8bbf-4928-92eb-e5058d6bb6f6',
        botId: BOT,
        senderId: AUTHOR,
        at: 1_784_841_183_370,
      },
    ])
  })
})

describe('the media of an X Activity event', () => {
  const attachments = { media_keys: ['3_1', '3_2'] }

  test('are unknown without media, whatever the post says of attachments', () => {
    expect(mention()).toMatchObject({ media: 'unknown', photos: [] })
    expect(mention({ attachments })).toMatchObject({ media: 'unknown', photos: [] })
    expect(mention({ attachments: { media_keys: [] } })).toMatchObject({ media: 'unknown', photos: [] })
  })

  test('are present where the photos came with it, in the order of the keys', () => {
    const media = [photoMedia('3_2', { alt_text: 'A gull.' }), photoMedia('3_9'), photoMedia('3_1')]
    expect(mention({ attachments }, { includes: { ...users(), media } })).toMatchObject({
      media: 'present',
      photos: [
        { url: 'https://pbs.twimg.com/media/3_1.jpg' },
        { url: 'https://pbs.twimg.com/media/3_2.jpg', altText: 'A gull.' },
      ],
    })
  })

  test('are unknown where only some of them came', () => {
    expect(mention({ attachments }, { includes: { ...users(), media: [photoMedia('3_1')] } }).media).toBe('unknown')
  })

  test('are known where the author is not named: that alone is no reason to look a tweet up', () => {
    const media = [photoMedia('3_1'), photoMedia('3_2')]
    expect(mention({ attachments }, { includes: { media } })).toMatchObject({
      media: 'present',
      author: { id: AUTHOR },
    })
    expect(mention({}, { includes: {} }).author).toEqual({ id: AUTHOR })
  })

  test('are not the media of somebody else in the includes', () => {
    expect(mention({}, { includes: { ...users(), media: [photoMedia('3_1')] } })).toMatchObject({ photos: [] })
  })

  test('are no photo for a GIF or a video', () => {
    const still = {
      preview_image_url: 'https://pbs.twimg.com/media/3_1.jpg',
      url: 'https://pbs.twimg.com/media/3_1.jpg',
    }
    const media = [
      photoMedia('3_1', { type: 'animated_gif', ...still }),
      photoMedia('3_2', { type: 'video', ...still }),
    ]
    expect(mention({ attachments }, { includes: { ...users(), media } })).toMatchObject({
      media: 'unknown',
      photos: [],
    })
  })
})

describe('the mentions of a post', () => {
  const reply = {
    text: '@ada_finch @hexbird so?',
    in_reply_to_tweet_id: QUOTED,
    display_text_range: [20, 23],
    entities: { mentions: [v2Mention(AUTHOR, 'ada_finch', 0), v2Mention(BOT, 'hexbird', 11)] },
  }
  const explicit = (tweet: Tweet) => tweet.mentions.map((given) => given.explicit)

  test('are implicit before display_text_range', () => {
    expect(explicit(tweetOf('post.reply.create', post(reply)))).toEqual([false, false])
    expect(explicit(tweetOf('post.reply.create', post({ ...reply, display_text_range: [11, 23] })))).toEqual([
      false,
      true,
    ])
  })

  test('that a reply without a range begins with are implicit', () => {
    const given = { ...reply, display_text_range: undefined }
    expect(explicit(tweetOf('post.reply.create', post(given)))).toEqual([false, false])
    const entities = { mentions: [v2Mention(AUTHOR, 'ada_finch', 0), v2Mention(BOT, 'hexbird', 15)] }
    expect(
      explicit(tweetOf('post.reply.create', post({ ...given, text: '@ada_finch hey @hexbird', entities }))),
    ).toEqual([false, true])
    expect(explicit(tweetOf('post.reply.create', post({ ...given, text: '@ada_finch @hexbird' })))).toEqual([
      false,
      false,
    ])
  })

  test('that a post without a range begins with are explicit where it is no reply', () => {
    const entities = { mentions: [v2Mention(BOT, 'hexbird', 0)] }
    const given = { text: '@hexbird so?', entities, display_text_range: undefined, in_reply_to_user_id: BOT }
    expect(explicit(tweetOf('post.create', post(given)))).toEqual([true])
  })

  test('of the bot are explicit in post.mention.create, which X sends for nothing else', () => {
    expect(explicit(mention(reply))).toEqual([false, true])
  })

  test('of the bot that a cut text does not show are there in post.mention.create', () => {
    expect(mention({ entities: {} }).mentions).toEqual([{ id: BOT, username: 'hexbird', explicit: true }])
    expect(mention({ entities: {} }, { includes: {} }).mentions).toEqual([{ id: BOT, username: '', explicit: true }])
  })

  test("say nothing about the bot where the subscription is for the bot's own posts", () => {
    expect(mention({ entities: {} }, { filter: { user_id: BOT, direction: 'outbound' } }).mentions).toEqual([])
  })

  test.each(['note_tweet', 'note_post'])('of a long post are those of its %s', (name) => {
    const note = {
      text: '@ada_finch so long &amp; long @hexbird',
      entities: { mentions: [v2Mention(AUTHOR, 'ada_finch', 0), v2Mention(BOT, 'hexbird', 30)] },
    }
    const given = post({ ...reply, text: '@ada_finch so long…', display_text_range: [11, 19], [name]: note })
    const tweet = tweetOf('post.reply.create', given)
    expect(tweet.text).toBe('@ada_finch so long & long @hexbird')
    expect(explicit(tweet)).toEqual([false, true])
  })

  test('of a long post are explicit where its note leaves the hidden mentions out', () => {
    const note_tweet = { text: '@hexbird so long', entities: { mentions: [v2Mention(BOT, 'hexbird', 0)] } }
    const given = post({ ...reply, text: '@ada_finch @hexbird so…', display_text_range: [11, 23], note_tweet })
    expect(explicit(tweetOf('post.reply.create', given))).toEqual([true])
  })
})

describe('what else a post says', () => {
  test('is who wrote the quoted post', () => {
    const quote = { referenced_tweets: [{ type: 'quoted', id: QUOTED }] }
    const includes = { ...users(), tweets: [post({ id: QUOTED, author_id: OTHER })] }
    expect(tweetOf('post.create', post(quote), { includes })).toMatchObject({ quotedId: QUOTED, quotedAuthorId: OTHER })
    expect(tweetOf('post.create', post(quote))).not.toHaveProperty('quotedAuthorId')
  })

  test('is in post.quote.create a quote of the bot, where the includes are empty', () => {
    const quote = post({ entities: {}, referenced_tweets: [{ type: 'quoted', id: QUOTED }] })
    expect(tweetOf('post.quote.create', quote, { includes: {} })).toMatchObject({
      quotedId: QUOTED,
      quotedAuthorId: BOT,
    })
    const outbound = { filter: { user_id: BOT, direction: 'outbound' }, includes: {} }
    expect(tweetOf('post.quote.create', quote, outbound)).not.toHaveProperty('quotedAuthorId')
    expect(tweetOf('post.quote.create', { ...quote, author_id: BOT }, { includes: {} })).not.toHaveProperty(
      'quotedAuthorId',
    )
  })

  test.each(['retweeted', 'reposted'])('is that it was %s, by its reference and never by its text', (type) => {
    const text = 'RT @ada_finch: hey'
    expect(tweetOf('post.create', post({ text, referenced_tweets: [{ type, id: QUOTED }] })).isRetweet).toBe(true)
    expect(tweetOf('post.create', post({ text })).isRetweet).toBe(false)
  })

  const mediaOf = (over: Json, includes: Json = {}) => {
    const decoded = decodePost({ post: post(over), includes, botId: BOT, lookedUp: true })
    return decoded.kind === 'tweet' ? decoded.tweet.media : decoded.reason
  }

  test('that was looked up without the media that it names is not one without a photo', () => {
    const attachments = { media_keys: ['3_1'] }
    expect(mediaOf({ attachments })).toBe('unknown')
    expect(mediaOf({ attachments }, { media: [photoMedia('3_1')] })).toBe('present')
    expect(mediaOf({ attachments }, { media: [{ media_key: '3_1', type: 'video' }] })).toBe('absent')
  })

  test('that was looked up without attachments, and links to its own photo, is not one without a photo', () => {
    const entities = (expanded_url: string) => ({ urls: [{ start: 0, end: 9, url: 'https://t.co/a', expanded_url }] })
    const own = entities(`https://x.com/ada_finch/status/${TWEET}/photo/1`)
    expect(mediaOf({ entities: own })).toBe('unknown')
    expect(mediaOf({ note_tweet: { text: 'long', entities: own } })).toBe('unknown')
    const first = entities('https://twitter.com/ada_finch/status/70/photo/1')
    expect(mediaOf({ entities: first, edit_history_tweet_ids: ['70', TWEET] })).toBe('unknown')
    expect(mediaOf({ entities: { urls: [{ media_key: '3_1' }] } })).toBe('unknown')
    for (const other of [`https://x.com/ada_finch/status/${QUOTED}/photo/1`, 'https://example.com/photo/1', '']) {
      expect(mediaOf({ entities: entities(other) })).toBe('absent')
    }
    const video = {
      attachments: { media_keys: ['7_1'] },
      entities: entities(`https://x.com/a/status/${TWEET}/video/1`),
    }
    expect(mediaOf(video, { media: [{ media_key: '7_1', type: 'video' }] })).toBe('absent')
  })

  test('that was looked up and may be an edit without a first id is not known for a tweet of its own', () => {
    const reply = { referenced_tweets: [{ type: 'replied_to', id: QUOTED }], in_reply_to_user_id: OTHER }
    for (const edit_history_tweet_ids of [undefined, []]) {
      expect(mediaOf({ edit_history_tweet_ids })).toBe('unknown')
      expect(mediaOf({ edit_history_tweet_ids, ...reply })).toBe('absent')
    }
    expect(mediaOf({ edit_history_tweet_ids: undefined, edit_history_post_ids: [TWEET] })).toBe('absent')
  })

  test('is a reply by either field, never by the id of the person', () => {
    const referenced_tweets = [{ type: 'replied_to', id: QUOTED }]
    expect(mention({ referenced_tweets })).toMatchObject({ inReplyToId: QUOTED })
    expect(mention({ in_reply_to_tweet_id: QUOTED })).toMatchObject({ inReplyToId: QUOTED })
    expect(mention({ in_reply_to_post_id: QUOTED })).toMatchObject({ inReplyToId: QUOTED })
    expect(mention({ in_reply_to_user_id: BOT })).not.toHaveProperty('inReplyToId')
    expect(mention({ in_reply_to_user_id: BOT })).not.toHaveProperty('inReplyToUserId')
    expect(mention({ in_reply_to_tweet_id: QUOTED, in_reply_to_user_id: BOT })).toMatchObject({ inReplyToUserId: BOT })
  })

  test('is found with included objects that X wrapped in data', () => {
    expect(mention({}, { includes: { users: [{ data: v2User(AUTHOR, 'ada_finch') }] } }).author).toEqual({
      id: AUTHOR,
      username: 'ada_finch',
    })
  })

  test('has the first id of what it edits, and its own without a history', () => {
    expect(mention({ edit_history_tweet_ids: ['70', TWEET] })).toMatchObject({ id: TWEET, firstId: '70' })
    for (const history of [undefined, []]) expect(mention({ edit_history_tweet_ids: history }).firstId).toBe(TWEET)
  })

  test('makes it malformed where an id lost digits', () => {
    for (const name of ['id', 'author_id', 'conversation_id', 'in_reply_to_tweet_id', 'in_reply_to_user_id']) {
      const given = activity('post.create', post({ [name]: 1924465506158879000 }))
      expect(eventsOf(given)).toEqual([
        { kind: 'malformed', name: 'post.create', reason: expect.stringContaining(name) },
      ])
    }
  })
})

describe('a post that was looked up', () => {
  const lookUp = (given: unknown, includes: Json = users()) =>
    decodePost({ post: given, includes, botId: BOT, lookedUp: true })

  test('has its photos or has none, and is never unknown', () => {
    const attachments = { media_keys: ['3_1'] }
    expect(lookUp(post())).toMatchObject({ kind: 'tweet', tweet: { media: 'absent', photos: [] } })
    expect(lookUp(post(), {})).toMatchObject({ tweet: { media: 'absent' } })
    expect(lookUp(post({ attachments }), { ...users(), media: [photoMedia('3_1')] })).toMatchObject({
      tweet: { media: 'present', photos: [{ url: 'https://pbs.twimg.com/media/3_1.jpg' }] },
    })
  })

  test('has the photos that came, though its author or another photo did not', () => {
    const attachments = { media_keys: ['3_1', '3_2'] }
    expect(lookUp(post({ attachments }), { media: [photoMedia('3_1')] })).toMatchObject({
      tweet: { media: 'present', photos: [{}], author: { id: AUTHOR } },
    })
  })

  test('is malformed where it cannot be read', () => {
    for (const given of [undefined, null, [], 'post', {}, post({ text: 1 })]) {
      expect(lookUp(given)).toEqual({
        kind: 'malformed',
        reason: expect.stringMatching(/^(the post|id|text) is missing/),
      })
    }
  })
})
