import { afterEach, describe, expect, test } from '@jest/globals'
import type { LocalX, WebhookSecrets } from '../../src/index.js'
import {
  type Closers,
  clientsOf,
  closeAll,
  hmac,
  jpeg,
  png,
  request,
  start,
  startWebhook,
  type TestWebhook,
} from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const ACTIVITY = ['post.create', 'post.delete', 'post.mention.create', 'post.reply.create', 'post.quote.create']

async function subscribed(
  dialect: 'account-activity' | 'x-activity',
  { tag, webhookSecrets = 'oauth1' }: { tag?: string; webhookSecrets?: WebhookSecrets } = {},
) {
  const x = await start(stack, { webhookSecrets })
  const { consumerSecret, clientSecret } = x.credentials
  const hook = await startWebhook(webhookSecrets === 'oauth1' ? consumerSecret : clientSecret, stack)
  const { asApp, asBot } = clientsOf(x)
  const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
  if (dialect === 'account-activity') await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
  else {
    for (const event_type of ACTIVITY) {
      const body = { event_type, filter: { user_id: x.bot.id }, webhook_id: id, ...(tag === undefined ? {} : { tag }) }
      await asBot.v2.post('activity/subscriptions', body)
    }
  }
  return { x, hook, asBot }
}

const bodies = (hook: TestWebhook) => hook.received.map(({ raw }) => JSON.parse(raw.toString()))

const typesOf = (hook: TestWebhook) => bodies(hook).map(({ data }) => data.event_type)

describe('a delivery', () => {
  test.each(['account-activity', 'x-activity'] as const)('in %s is signed over its exact bytes', async (dialect) => {
    const { x, hook } = await subscribed(dialect)
    await x.tweet({ as: 'alice', text: '@hexbird 犬 what is this? 🐦' })
    const [received] = hook.received
    expect(received?.signature).toBe(hmac(x.credentials.consumerSecret, received?.raw ?? ''))
  })

  test('is signed with the OAuth 2.0 secret, in a header of its own, where the app has one', async () => {
    const { x, hook } = await subscribed('x-activity', { webhookSecrets: 'both' })
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const { consumerSecret, clientSecret } = x.credentials
    const [{ raw = Buffer.alloc(0) } = {}] = hook.received
    expect(x.deliveries()[0]?.signatures).toEqual({
      'x-twitter-webhooks-signature': hmac(consumerSecret, raw),
      'x-twitter-webhooks-signature-oauth2': hmac(clientSecret, raw),
    })
  })

  test('is recorded with what was answered', async () => {
    const { x, hook } = await subscribed('account-activity')
    hook.status = 503
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const [delivery] = x.deliveries()
    expect(delivery).toMatchObject({
      url: hook.url,
      status: 503,
      signatures: { 'x-twitter-webhooks-signature': hook.received[0]?.signature },
    })
    expect(Buffer.from(delivery?.body ?? []).equals(hook.received[0]?.raw ?? Buffer.alloc(0))).toBe(true)
    expect(delivery?.ms).toBeGreaterThan(0)
  })

  test('is not tried again', async () => {
    const { x, hook } = await subscribed('account-activity')
    hook.status = 500
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    await x.idle()
    expect(hook.received).toHaveLength(1)
  })

  test('comes after the one before it', async () => {
    const { x, hook } = await subscribed('account-activity')
    await Promise.all(['one', 'two', 'three'].map((text) => x.tweet({ as: 'alice', text: `@hexbird ${text}` })))
    const texts = bodies(hook).map((body) => body.tweet_create_events[0].text)
    expect(texts).toEqual(['@hexbird one', '@hexbird two', '@hexbird three'])
  })

  test('of raw bytes carries exactly those, signed', async () => {
    const { x, hook } = await subscribed('account-activity')
    const raw = Buffer.from([0x7b, 0xff, 0x00, 0x7d])
    const [delivery] = await x.deliver(raw)
    expect(hook.received[0]?.raw.equals(raw)).toBe(true)
    expect([delivery?.status, hook.received[0]?.signature]).toEqual([200, hmac(x.credentials.consumerSecret, raw)])
  })

  test('says nothing of what does not concern the account', async () => {
    for (const dialect of ['account-activity', 'x-activity'] as const) {
      const { x, hook } = await subscribed(dialect)
      const other = await x.tweet({ as: 'alice', text: 'nice weather, @bob and hexbird' })
      await x.tweet({ as: 'bob', text: 'yes', inReplyTo: other.id })
      await x.deleteTweet(other.id)
      expect(hook.received).toEqual([])
    }
  })
})

describe('the older dialect', () => {
  const first = async (x: LocalX, hook: TestWebhook, draft: Parameters<LocalX['tweet']>[0]) => {
    const tweet = await x.tweet(draft)
    const body = bodies(hook).at(-1)
    return { tweet, body, event: body.tweet_create_events[0] }
  }

  test('carries the numeric id with digits that a JavaScript number loses', async () => {
    const { x, hook } = await subscribed('account-activity')
    const { tweet, event, body } = await first(x, hook, { as: 'alice', text: '@hexbird hi' })
    const raw = hook.received[0]?.raw.toString() ?? ''
    expect(raw).toContain(`"id":${tweet.id},"id_str":"${tweet.id}"`)
    expect(BigInt(event.id).toString()).not.toBe(tweet.id)
    expect(body).toMatchObject({ for_user_id: x.bot.id, user_has_blocked: false })
    expect(event.user).toMatchObject({ id_str: tweet.author.id, screen_name: 'alice' })
  })

  test('has one photo in the entities and all of them in the extended entities', async () => {
    const { x, hook } = await subscribed('account-activity')
    const photos = [{ bytes: jpeg() }, { bytes: png() }]
    const { tweet, event } = await first(x, hook, { as: 'alice', text: '@hexbird what?', photos })
    expect(event).toMatchObject({ text: tweet.text, truncated: false, display_text_range: [0, 14] })
    expect(event.entities.media).toHaveLength(1)
    const urls = event.extended_entities.media.map((one: { media_url_https: string }) => one.media_url_https)
    expect(urls).toEqual(tweet.photos.map(({ url }) => url))
    expect(event.extended_entities.media[1]).toMatchObject({ type: 'photo', sizes: { large: { w: 640, h: 480 } } })
    expect(event.text.slice(...event.entities.media[0].indices)).toBe(event.entities.media[0].url)
  })

  test('cuts a long text at 140, and has text, names and photos in extended_tweet', async () => {
    const { x, hook } = await subscribed('account-activity')
    const text = `${'🐦 look '.repeat(40)}@hexbird`
    const { tweet, event } = await first(x, hook, { as: 'alice', text, photos: [{ bytes: jpeg() }] })
    expect(event.truncated).toBe(true)
    expect(Array.from(event.text)).toHaveLength(140)
    expect([event.entities.media, event.entities.user_mentions, event.extended_entities]).toEqual([
      undefined,
      [],
      undefined,
    ])
    expect(event.extended_tweet.full_text).toBe(tweet.text)
    const [mention] = event.extended_tweet.entities.user_mentions
    const named = Array.from(tweet.text)
      .slice(...mention.indices)
      .join('')
    expect([mention.id_str, named]).toEqual([x.bot.id, '@hexbird'])
    expect(event.extended_tweet.extended_entities.media).toHaveLength(1)
  })

  test('tells replies by the status, not by the account', async () => {
    const { x, hook } = await subscribed('account-activity')
    const { tweet, event } = await first(x, hook, { as: 'alice', text: '@hexbird hi' })
    expect(event).toMatchObject({ in_reply_to_status_id: null, in_reply_to_status_id_str: null })
    expect(event.in_reply_to_user_id_str).toBe(x.bot.id)
    const reply = await first(x, hook, { as: 'bob', text: 'hello', inReplyTo: tweet.id })
    expect(reply.event).toMatchObject({
      in_reply_to_status_id_str: tweet.id,
      in_reply_to_screen_name: 'alice',
      text: '@alice @hexbird hello',
      display_text_range: [16, 21],
    })
  })

  test('carries the quoted tweet', async () => {
    const { x, hook } = await subscribed('account-activity')
    const own = await x.tweet({ as: 'hexbird', text: 'I name animals.' })
    const { event } = await first(x, hook, { as: 'alice', text: 'see', quote: own.id })
    expect(event).toMatchObject({ is_quote_status: true, quoted_status_id_str: own.id })
    expect(event.quoted_status).toMatchObject({ id_str: own.id, user: { id_str: x.bot.id } })
  })

  test('names the first version of an edited tweet', async () => {
    const { x, hook } = await subscribed('account-activity')
    const photos = [{ bytes: jpeg() }]
    const original = await x.tweet({ as: 'alice', text: '@hexbird waht?', photos })
    const { tweet, event } = await first(x, hook, { as: 'alice', text: '@hexbird what?', edits: original.id })
    expect(tweet.id).not.toBe(original.id)
    expect(event.edit_history.initial_tweet_id).toBe(original.id)
    expect(event.extended_entities.media[0].media_url_https).toBe(original.photos[0]?.url)
  })

  test('tells of the bot’s own tweets, and of their deletion', async () => {
    const { x, hook, asBot } = await subscribed('account-activity')
    const { data } = await asBot.v2.tweet('hello')
    await x.deleteTweet(data.id)
    const [created, deleted] = bodies(hook)
    expect(created.tweet_create_events[0].user.id_str).toBe(x.bot.id)
    expect(created.user_has_blocked).toBeUndefined()
    expect(deleted).toEqual({
      for_user_id: x.bot.id,
      tweet_delete_events: [{ status: { id: data.id, user_id: x.bot.id }, timestamp_ms: expect.any(String) }],
    })
  })
})

describe('what both dialects can carry', () => {
  const media = (event: { entities: { media: object[] }; extended_entities: { media: object[] } }) => [
    event.entities.media,
    event.extended_entities.media,
  ]

  test.each([
    ['animated_gif', /^https:\/\/pbs\.twimg\.com\/tweet_video_thumb\/\w+\.jpg$/],
    ['video', /^https:\/\/pbs\.twimg\.com\/ext_tw_video_thumb\/\d+\/pu\/img\/\w+\.jpg$/],
  ] as const)('a tweet with %s is called a photo once, and what it is once', async (kind, url) => {
    const { x, hook, asBot } = await subscribed('account-activity')
    const tweet = await x.tweet({ as: 'alice', text: '@hexbird what?', photos: [{ bytes: jpeg(), kind }] })
    const [entities, extended] = media(bodies(hook)[0].tweet_create_events[0])
    expect(entities).toMatchObject([{ type: 'photo', media_url_https: expect.stringMatching(url) }])
    expect(extended).toMatchObject([{ type: kind, media_url_https: expect.stringMatching(url), video_info: {} }])
    const looked = await asBot.v2.singleTweet(tweet.id, {
      expansions: ['attachments.media_keys'],
      'media.fields': ['url', 'preview_image_url'],
    })
    expect(looked.includes?.media).toEqual([
      {
        media_key: expect.stringMatching(kind === 'video' ? /^7_/ : /^16_/),
        type: kind,
        preview_image_url: tweet.photos[0]?.url,
      },
    ])
    const still = await request(x, new URL(tweet.photos[0]?.url ?? '').pathname, { headers: { host: 'pbs.twimg.com' } })
    expect([still.status, still.headers['content-type']]).toEqual([200, 'image/jpeg'])
  })

  test('a GIF or a video is alone in its tweet', async () => {
    const { x } = await subscribed('x-activity')
    const photos = [{ bytes: jpeg() }, { bytes: jpeg(), kind: 'video' as const }]
    await expect(x.tweet({ as: 'alice', text: '@hexbird', photos })).rejects.toMatchObject({ code: 'BAD_PHOTO' })
  })

  test('four photos are one in the entities, four in the extended entities, and none in the newer dialect', async () => {
    const photos = Array.from({ length: 4 }, () => ({ bytes: jpeg() }))
    const older = await subscribed('account-activity')
    await older.x.tweet({ as: 'alice', text: '@hexbird what?', photos })
    const counts = media(bodies(older.hook)[0].tweet_create_events[0]).map((list) => list?.length)
    expect(counts).toEqual([1, 4])
    const newer = await subscribed('x-activity')
    const tweet = await newer.x.tweet({ as: 'alice', text: '@hexbird what?', photos })
    expect(newer.hook.received[0]?.raw.toString()).not.toContain('pbs.twimg.com/media')
    const looked = await newer.asBot.v2.singleTweet(tweet.id, { expansions: ['attachments.media_keys'] })
    expect(looked.includes?.media).toHaveLength(4)
  })

  test('a long tweet is whole in each dialect’s own place', async () => {
    const text = `${'long '.repeat(70)}@hexbird`
    const older = await subscribed('account-activity')
    await older.x.tweet({ as: 'alice', text })
    expect(bodies(older.hook)[0].tweet_create_events[0]).toMatchObject({
      truncated: true,
      extended_tweet: { full_text: text },
    })
    const newer = await subscribed('x-activity')
    await newer.x.tweet({ as: 'alice', text })
    const { payload } = bodies(newer.hook)[0].data
    expect(payload.note_tweet.text).toBe(text)
    expect(payload.text).not.toBe(text)
  })

  test('a quote that names nobody summons, and an implicit mention does not', async () => {
    for (const dialect of ['account-activity', 'x-activity'] as const) {
      const { x, asBot } = await subscribed(dialect)
      const own = (await asBot.v2.tweet('I name animals.')).data
      const quote = await x.tweet({ as: 'alice', text: 'and this?', quote: own.id })
      const implicit = await x.tweet({ as: 'bob', text: 'thanks', inReplyTo: own.id })
      expect((await asBot.v2.reply('A dog.', quote.id)).data.id).toMatch(/^\d+$/)
      expect(implicit.mentions.map(({ person }) => person.username)).toEqual(['hexbird'])
      await expect(asBot.v2.reply('A bird.', implicit.id)).rejects.toMatchObject({ code: 403 })
    }
  })

  test('a protected author’s tweets are never told by the newer, and marked in the older', async () => {
    for (const dialect of ['account-activity', 'x-activity'] as const) {
      const { x, hook } = await subscribed(dialect)
      const put = (isProtected: boolean) =>
        fetch(`${x.url}/_local/people/alice`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ protected: isProtected }),
        })
      await put(true)
      await x.tweet({ as: 'alice', text: '@hexbird hi' })
      expect(hook.received).toHaveLength(dialect === 'x-activity' ? 0 : 1)
      if (dialect === 'account-activity') expect(bodies(hook)[0].tweet_create_events[0].user.protected).toBe(true)
      await put(false)
      await x.tweet({ as: 'alice', text: '@hexbird hello' })
      expect(hook.received).toHaveLength(dialect === 'x-activity' ? 1 : 2)
    }
  })

  test('a person who takes the access back is told of in each dialect’s words', async () => {
    const older = await subscribed('account-activity')
    await older.x.revoke('alice')
    expect(bodies(older.hook)).toEqual([
      {
        user_event: {
          revoke: {
            date_time: expect.stringMatching(/^\d{4}-/),
            target: { app_id: expect.stringMatching(/^\d+$/) },
            source: { user_id: older.x.person('alice').id },
          },
        },
      },
    ])
    const newer = await subscribed('x-activity')
    await newer.x.revoke('alice')
    expect(bodies(newer.hook)).toEqual([
      {
        data: {
          event_uuid: expect.stringMatching(/^-?\d+$/),
          filter: {},
          event_type: 'oauth.revoke',
          payload: {
            date_time: expect.stringMatching(/\+00:00$/),
            user_id: newer.x.person('alice').id,
            app_id: expect.stringMatching(/^\d+$/),
          },
        },
      },
    ])
  })

  test('the bot’s own account that takes it back is subscribed no more, and its tokens are at an end', async () => {
    const { x, hook, asBot } = await subscribed('account-activity')
    await x.revoke('hexbird')
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    expect(hook.received).toHaveLength(1)
    await expect(asBot.v2.me()).rejects.toMatchObject({ code: 401 })
  })
})

describe('the newer dialect', () => {
  test('tells of an explicit mention, with the author and without media', async () => {
    const { x, hook } = await subscribed('x-activity', { tag: 'mine' })
    const photos = [{ bytes: jpeg(), altText: 'a dog' }]
    const tweet = await x.tweet({ as: 'alice', text: 'hey @hexbird', photos })
    const [{ data }] = bodies(hook)
    expect(data).toMatchObject({
      event_type: 'post.mention.create',
      filter: { user_id: x.bot.id },
      tag: 'mine',
      event_uuid: expect.stringMatching(/^-?\d+$/),
    })
    expect(data.payload).toMatchObject({
      id: tweet.id,
      author_id: tweet.author.id,
      edit_history_tweet_ids: [tweet.id],
      display_text_range: [0, 12],
      entities: { mentions: [{ start: 4, start_str: '4', end: 12, end_str: '12', username: 'hexbird', id: x.bot.id }] },
      public_metrics: { retweet_count: 0, retweet_count_str: '0' },
    })
    expect(data.includes.users.map(({ username }: { username: string }) => username)).toEqual(['alice', 'hexbird'])
    const raw = hook.received[0]?.raw.toString() ?? ''
    for (const trace of ['"attachments"', '"media_key', 'pbs.twimg.com/media', 'pic.x.com/', '/photo/1']) {
      expect(raw).not.toContain(trace)
    }
  })

  test('tells of an implicit mention as a reply at most', async () => {
    const { x, hook } = await subscribed('x-activity')
    const asked = await x.tweet({ as: 'alice', text: '@hexbird what?' })
    await x.tweet({ as: 'bob', text: 'a dog', inReplyTo: asked.id })
    expect(typesOf(hook)).toEqual(['post.mention.create'])
    const own = await x.tweet({ as: 'hexbird', text: 'A dog.', inReplyTo: asked.id })
    const thanks = await x.tweet({ as: 'alice', text: 'thanks', inReplyTo: own.id })
    expect(typesOf(hook)).toEqual(['post.mention.create', 'post.create', 'post.reply.create'])
    const { data } = bodies(hook).at(-1)
    expect(data.includes).toEqual({})
    expect(data.payload).toMatchObject({
      id: thanks.id,
      text: '@hexbird thanks',
      display_text_range: [9, 15],
      in_reply_to_tweet_id: own.id,
      in_reply_to_user_id: x.bot.id,
      referenced_tweets: [{ type: 'replied_to', id: own.id }],
      conversation_id: asked.id,
    })
  })

  test('tells once for each subscription that a tweet meets', async () => {
    const { x, hook } = await subscribed('x-activity')
    const own = await x.tweet({ as: 'hexbird', text: 'I name animals.' })
    await x.tweet({ as: 'alice', text: 'see @hexbird', quote: own.id, inReplyTo: own.id })
    const kinds = ['post.create', 'post.mention.create', 'post.reply.create', 'post.quote.create']
    expect(typesOf(hook)).toEqual(kinds)
    const uuids = bodies(hook).map(({ data }) => data.event_uuid)
    expect(new Set(uuids).size).toBe(4)
  })

  test('carries the ids of all versions of an edited tweet', async () => {
    const { x, hook } = await subscribed('x-activity')
    const first = await x.tweet({ as: 'alice', text: '@hexbird waht?' })
    const second = await x.tweet({ as: 'alice', text: '@hexbird what?', edits: first.id })
    expect(bodies(hook).map(({ data }) => data.payload.edit_history_tweet_ids)).toEqual([
      [first.id],
      [first.id, second.id],
    ])
  })

  test('tells of the deletion of the bot’s own tweets alone', async () => {
    const { x, hook, asBot } = await subscribed('x-activity')
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const { data } = await asBot.v2.reply('Hello', asked.id)
    await x.deleteTweet(asked.id)
    await x.deleteTweet(data.id)
    expect(typesOf(hook)).toEqual(['post.mention.create', 'post.create', 'post.delete'])
    expect(bodies(hook).at(-1).data).toMatchObject({
      payload: { id: data.id, author_id: x.bot.id },
      includes: { users: [{ data: { id: x.bot.id } }] },
    })
  })

  test('shows the label of automated accounts', async () => {
    const x = await start(stack, { people: [{ username: 'robot', automated: true }] })
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(x)
    const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    const wanted = { event_type: 'post.mention.create', filter: { user_id: x.bot.id }, webhook_id: id }
    await asBot.v2.post('activity/subscriptions', wanted)
    await x.tweet({ as: 'robot', text: '@hexbird hi' })
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const labels = bodies(hook).map(({ data }) => data.includes.users[0].affiliation.description)
    expect(labels).toEqual(['Automated', undefined])
  })
})
