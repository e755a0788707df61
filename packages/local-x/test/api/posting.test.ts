import { afterEach, describe, expect, test } from '@jest/globals'
import { type Closers, clientsOf, closeAll, jpeg, refusal, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

describe('a reply', () => {
  test('to a tweet that mentions the bot is posted, and addresses the author by itself', async () => {
    const x = await start(stack)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    const { data } = await clientsOf(x).asBot.v2.reply('A dog, I think.', asked.id)
    expect(data).toMatchObject({ text: '@alice A dog, I think.', edit_history_tweet_ids: [data.id] })
    const [reply] = x.repliesTo(asked.id)
    expect(reply).toMatchObject({ id: data.id, displayText: 'A dog, I think.', displayRange: [7, 22] })
    expect(reply?.mentions.map(({ person }) => person.username)).toEqual(['alice'])
  })

  test('answers 201', async () => {
    const x = await start(stack)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const body = { text: 'Hello', reply: { in_reply_to_tweet_id: asked.id } }
    const { headers } = await clientsOf(x).asBot.v2.post('tweets', body, { fullResponse: true })
    expect(headers).toMatchObject({ 'x-rate-limit-limit': '100', 'x-rate-limit-remaining': '99' })
  })

  test('without a summons is refused in the words of mid-2026', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const quiet = await x.tweet({ as: 'alice', text: 'nice weather' })
    const { code, data } = await refusal(asBot.v2.reply('It is.', quiet.id))
    expect(code).toBe(403)
    expect(data.detail).toBe('You can only reply to or quote posts where you are mentioned or are the author.')
    expect(x.repliesTo(quiet.id)).toEqual([])
  })

  test('to an implicit mention is refused: the name before the visible text is no summons', async () => {
    const x = await start(stack)
    const first = await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    const chat = await x.tweet({ as: 'bob', text: 'a dog, clearly', inReplyTo: first.id })
    expect(chat.text).toBe('@alice @hexbird a dog, clearly')
    expect((await refusal(clientsOf(x).asBot.v2.reply('Yes', chat.id))).code).toBe(403)
  })

  test('to somebody who quotes the bot is posted', async () => {
    const x = await start(stack)
    const own = await x.tweet({ as: 'hexbird', text: 'I name animals.' })
    const quote = await x.tweet({ as: 'bob', text: 'look at this', quote: own.id })
    await clientsOf(x).asBot.v2.reply('Thank you', quote.id)
    expect(x.repliesTo(quote.id)).toHaveLength(1)
  })

  test('to itself is posted, and addresses nobody', async () => {
    const x = await start(stack)
    const own = await x.tweet({ as: 'hexbird', text: 'One' })
    const { data } = await clientsOf(x).asBot.v2.reply('Two', own.id)
    expect(data.text).toBe('Two')
  })

  test('to a deleted or unknown tweet is refused', async () => {
    const x = await start(stack)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    await x.deleteTweet(asked.id)
    for (const id of [asked.id, '20']) {
      const { code, data } = await refusal(clientsOf(x).asBot.v2.reply('Hello', id))
      expect(code).toBe(403)
      expect(data.detail).toMatch(/deleted or not visible/)
    }
  })

  test.each(['following', 'subscribers', 'verified'] as const)(
    'to a tweet closed to "%s" is refused',
    async (closed) => {
      const x = await start(stack)
      const asked = await x.tweet({ as: 'alice', text: '@hexbird hi', replySettings: closed })
      const { code, data } = await refusal(clientsOf(x).asBot.v2.reply('Hello', asked.id))
      expect([code, data.detail]).toEqual([403, 'The original Tweet author restricted who can reply to this Tweet.'])
    },
  )

  test('to a tweet open to those it mentions is posted', async () => {
    const x = await start(stack)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi', replySettings: 'mentionedUsers' })
    await clientsOf(x).asBot.v2.reply('Hello', asked.id)
    expect(x.repliesTo(asked.id)).toHaveLength(1)
  })
})

describe('a text', () => {
  test('posted twice within a day is refused as duplicate content, also under another tweet', async () => {
    let now = Date.UTC(2026, 7, 1)
    const x = await start(stack, { now: () => now })
    const { asBot } = clientsOf(x)
    const one = await x.tweet({ as: 'alice', text: '@hexbird one' })
    const two = await x.tweet({ as: 'bob', text: '@hexbird two' })
    const posted = await asBot.v2.reply('not an animal', one.id)
    const { code, data } = await refusal(asBot.v2.reply('not an animal', two.id))
    expect([code, data.detail]).toEqual([403, 'You are not allowed to create a Tweet with duplicate content.'])
    now += 24 * 60 * 60 * 1000
    await asBot.v2.reply('not an animal', two.id)
    await x.deleteTweet(posted.data.id)
    expect(x.repliesTo(two.id)).toHaveLength(1)
  })

  test('of a deleted tweet may be posted again', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const { data } = await asBot.v2.tweet('hello')
    await x.deleteTweet(data.id)
    await asBot.v2.tweet('hello')
  })

  test('of 280 weighted characters is posted, of 281 refused; the hidden names do not count', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    await asBot.v2.reply('犬'.repeat(140), asked.id)
    const { code, data } = await refusal(asBot.v2.reply(`${'犬'.repeat(140)}.`, asked.id))
    expect(code).toBe(400)
    expect(data.errors?.[0]?.message).toMatch(/^Your Tweet text is too long\./)
  })

  test('that is empty is refused', async () => {
    const x = await start(stack)
    expect((await refusal(clientsOf(x).asBot.v2.tweet(' '))).code).toBe(400)
  })
})

describe('the body of a post', () => {
  test.each([
    ['an unknown key', { text: 'a', texts: 'b' }],
    ['an unknown key in reply', { text: 'a', reply: { in_reply_to_tweet_id: '1', to: '2' } }],
    ['a numeric tweet id', { text: 'a', reply: { in_reply_to_tweet_id: 1 } }],
    ['a text that is none', { text: 1 }],
    ['a flag that is none', { text: 'a', made_with_ai: 'yes' }],
    ['reply settings that X does not have', { text: 'a', reply_settings: 'nobody' }],
    ['a poll, which is not served here', { text: 'a', poll: { options: ['a', 'b'], duration_minutes: 5 } }],
  ])('with %s is refused with 400', async (_what, body) => {
    const x = await start(stack)
    const { code, data } = await refusal(clientsOf(x).asBot.v2.post('tweets', body))
    expect([code, data.title]).toEqual([400, 'Invalid Request'])
    expect(x.tweets()).toEqual([])
  })

  test('that quotes is refused with 403, as self-serve apps are', async () => {
    const x = await start(stack)
    const other = await x.tweet({ as: 'alice', text: 'hi' })
    expect((await refusal(clientsOf(x).asBot.v2.quote('so', other.id))).code).toBe(403)
  })
})

describe('deleting', () => {
  test('the own tweet takes it away and tells the webhooks', async () => {
    const x = await start(stack)
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asBot, asApp } = clientsOf(x)
    const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    const { data: own } = await asBot.v2.tweet('hello')
    await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
    expect(await asBot.v2.deleteTweet(own.id)).toEqual({ data: { deleted: true } })
    expect((await asBot.v2.get(`tweets/${own.id}`)).data).toBeUndefined()
    await x.idle()
    expect(JSON.parse(hook.received[0]?.raw.toString() ?? '').tweet_delete_events[0].status.id).toBe(own.id)
    expect(await asBot.v2.deleteTweet(own.id)).toEqual({ data: { deleted: true } })
    await x.idle()
    expect(hook.received).toHaveLength(1)
  })

  test('somebody else’s tweet is refused with 403', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: 'mine' })
    expect((await refusal(clientsOf(x).asBot.v2.deleteTweet(id))).code).toBe(403)
    expect(x.tweets()[0]?.deleted).toBe(false)
  })

  test('what is no id is refused with 400', async () => {
    const x = await start(stack)
    expect((await refusal(clientsOf(x).asBot.v2.deleteTweet('a'))).code).toBe(400)
  })
})

describe('looking up', () => {
  test('a tweet gives the default fields alone unless more are asked for', async () => {
    const x = await start(stack)
    const { id, text } = await x.tweet({ as: 'alice', text: 'hi', photos: [{ bytes: jpeg() }] })
    const found = await clientsOf(x).asApp.v2.get(`tweets/${id}`)
    expect(found).toEqual({ data: { id, text, edit_history_tweet_ids: [id] } })
  })

  test.each(['tweet.fields', 'post.fields'])('a tweet gives its photos with %s and expansions', async (fields) => {
    const x = await start(stack)
    const photos = [{ bytes: jpeg(), altText: 'a dog' }, { bytes: jpeg('cat') }]
    const { id, author } = await x.tweet({ as: 'alice', text: 'look', photos })
    const found = await clientsOf(x).asBot.v2.get(`tweets/${id}`, {
      [fields]: 'author_id,created_at',
      expansions: 'attachments.media_keys,author_id',
      'media.fields': 'url,alt_text,width,height',
    })
    expect(found.data).toMatchObject({ author_id: author.id, attachments: { media_keys: expect.any(Array) } })
    expect(found.includes.users).toEqual([{ id: author.id, username: 'alice', name: 'alice' }])
    expect(found.includes.media).toMatchObject([
      { media_key: found.data.attachments.media_keys[0], type: 'photo', alt_text: 'a dog', width: 300, height: 200 },
      { media_key: found.data.attachments.media_keys[1], type: 'photo' },
    ])
  })

  test('a deleted tweet answers 200 with an error and no data', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: 'hi' })
    await x.deleteTweet(id)
    const found = await clientsOf(x).asBot.v2.get(`tweets/${id}`)
    expect(found).toEqual({
      errors: [expect.objectContaining({ title: 'Not Found Error', resource_type: 'tweet', resource_id: id })],
    })
  })

  test('several tweets gives those that are there, and errors for the rest', async () => {
    const x = await start(stack)
    const one = await x.tweet({ as: 'alice', text: 'one' })
    const found = await clientsOf(x).asApp.v2.tweets([one.id, '20'])
    expect([found.data.map(({ id }) => id), found.errors?.map((error) => error.value)]).toEqual([[one.id], ['20']])
  })

  test('with a field that X does not have is refused', async () => {
    const x = await start(stack)
    const call = clientsOf(x).asApp.v2.get('tweets/20', { 'tweet.fields': 'author' })
    expect((await refusal(call)).code).toBe(400)
  })

  test('with a parameter that X does not have is refused', async () => {
    const x = await start(stack)
    expect((await refusal(clientsOf(x).asApp.v2.get('tweets/20', { fields: 'text' }))).code).toBe(400)
  })

  test('a long tweet has its whole text in the note', async () => {
    const x = await start(stack)
    const text = 'long '.repeat(100).trim()
    const { id } = await x.tweet({ as: 'alice', text })
    const { data } = await clientsOf(x).asApp.v2.get(`tweets/${id}`, { 'tweet.fields': 'note_tweet' })
    expect(data.note_tweet.text).toBe(text)
    expect(data.text).toHaveLength(280)
  })
})

describe('a timeline', () => {
  test('has the own tweets, newest first, since an id', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const ids: string[] = []
    for (const text of ['one', 'two', 'three']) ids.push((await asBot.v2.reply(text, asked.id)).data.id)
    const found = await asBot.v2.get(`users/${x.bot.id}/tweets`, {
      since_id: ids[0],
      'tweet.fields': 'referenced_tweets,in_reply_to_user_id',
    })
    expect(found.data.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]])
    expect(found.data[0]).toMatchObject({
      referenced_tweets: [{ type: 'replied_to', id: asked.id }],
      in_reply_to_user_id: asked.author.id,
    })
    expect(found.meta).toEqual({ result_count: 2, newest_id: ids[2], oldest_id: ids[1] })
  })

  test('without anything new has no data', async () => {
    const x = await start(stack)
    const found = await clientsOf(x).asBot.v2.get(`users/${x.bot.id}/tweets`)
    expect(found).toEqual({ meta: { result_count: 0 } })
  })

  test('is read to its end page by page', async () => {
    const x = await start(stack)
    for (let at = 0; at < 12; at++) await x.tweet({ as: 'alice', text: `tweet ${at}` })
    const { id } = x.person('alice')
    const { asApp } = clientsOf(x)
    const first = await asApp.v2.get(`users/${id}/tweets`, { max_results: 10 })
    const rest = await asApp.v2.get(`users/${id}/tweets`, { pagination_token: first.meta.next_token })
    expect([first.data.length, rest.data.length, rest.meta.next_token]).toEqual([10, 2, undefined])
    expect(rest.data.at(-1).text).toBe('tweet 0')
  })

  test('of mentions has whoever mentions the account', async () => {
    const x = await start(stack)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    await x.tweet({ as: 'alice', text: 'nobody here' })
    const found = await clientsOf(x).asBot.v2.userMentionTimeline(x.bot.id)
    expect(found.tweets.map(({ id }) => id)).toEqual([asked.id])
  })

  test('of an unknown account answers 200 with an error', async () => {
    const x = await start(stack)
    const found = await clientsOf(x).asApp.v2.get('users/12/tweets')
    expect(found.errors[0]).toMatchObject({ resource_type: 'user', value: '12' })
  })

  test('shows the latest version of an edited tweet alone', async () => {
    const x = await start(stack)
    const first = await x.tweet({ as: 'alice', text: 'frist' })
    const second = await x.tweet({ as: 'alice', text: 'first', edits: first.id })
    const found = await clientsOf(x).asApp.v2.get(`users/${first.author.id}/tweets`)
    expect(found.data).toEqual([{ id: second.id, text: 'first', edit_history_tweet_ids: [first.id, second.id] }])
  })
})

describe('rate limits', () => {
  test('end posting after 100 in a quarter of an hour, until the window is over', async () => {
    let now = Date.UTC(2026, 7, 1)
    const x = await start(stack, { now: () => now })
    const { asBot } = clientsOf(x)
    for (let at = 0; at < 100; at++) await asBot.v2.tweet(`tweet ${at}`)
    const { code, data } = await refusal(asBot.v2.tweet('one more'))
    expect([code, data]).toEqual([429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }])
    now += 15 * 60 * 1000
    await asBot.v2.tweet('one more')
    expect(x.tweets()).toHaveLength(101)
  })

  test('count a route as one, whatever id it is asked for', async () => {
    const x = await start(stack)
    const left: (number | undefined)[] = []
    for (const id of ['20', '21']) {
      const { rateLimit } = await clientsOf(x).asApp.v2.get(`tweets/${id}`, {}, { fullResponse: true })
      left.push(rateLimit?.remaining)
    }
    expect(left).toEqual([449, 448])
  })

  test('can be switched off, and are counted all the same', async () => {
    const x = await start(stack, { rateLimits: false })
    const { asBot } = clientsOf(x)
    for (let at = 0; at < 101; at++) await asBot.v2.tweet(`tweet ${at}`)
    const { rateLimit } = await asBot.v2.post('tweets', { text: 'more' }, { fullResponse: true })
    expect(rateLimit?.remaining).toBe(0)
  })
})

test('the account is told who it is', async () => {
  const x = await start(stack, { bot: { id: '42', username: 'birdbot' } })
  expect((await clientsOf(x).asBot.v2.me()).data).toEqual({ id: '42', username: 'birdbot', name: 'birdbot' })
})
