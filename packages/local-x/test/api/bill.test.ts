import { afterEach, describe, expect, test } from '@jest/globals'
import { testClock } from '../../src/index.js'
import { type Closers, clientsOf, closeAll, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const DAY = 24 * 60 * 60 * 1000
const charged = (x: { bill(): { readonly total: number; readonly byKind: Readonly<Record<string, number>> } }) =>
  Object.fromEntries(Object.entries(x.bill().byKind).filter(([, amount]) => amount > 0))

describe('what X would have charged', () => {
  test('is nothing as long as nothing is asked of it', async () => {
    const x = await start(stack)
    await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    expect(x.bill().total).toBe(0)
  })

  test('counts a post once a UTC day, however often it is read', async () => {
    const clock = testClock(Date.UTC(2026, 10, 29, 12))
    const x = await start(stack, { clock })
    const { id } = await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    const { asBot } = clientsOf(x)
    await asBot.v2.get(`tweets/${id}`)
    await asBot.v2.get(`tweets/${id}`)
    await asBot.v2.get('tweets', { ids: id })
    expect(charged(x)).toEqual({ postRead: 5_000 })
    clock.advance(DAY)
    await asBot.v2.get(`tweets/${id}`)
    expect(charged(x)).toEqual({ postRead: 10_000 })
  })

  test('counts a look-up with every expansion as each of the resources that it brings', async () => {
    const x = await start(stack)
    const first = await x.tweet({ as: 'bob', text: 'look' })
    const asked = await x.tweet({ as: 'alice', text: '@hexbird what is this?', inReplyTo: first.id })
    const expansions = 'author_id,referenced_tweets.id,referenced_tweets.id.author_id'
    await clientsOf(x).asBot.v2.get(`tweets/${asked.id}`, { expansions })
    expect(charged(x)).toEqual({ postRead: 10_000, userRead: 20_000 })
    expect(x.bill().total).toBe(30_000)
  })

  test('counts mentions and own posts that the bot lists at the lower price, and what comes along at the full one', async () => {
    const x = await start(stack)
    await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    await x.tweet({ as: 'hexbird', text: 'hello' })
    const { asBot } = clientsOf(x)
    await asBot.v2.get(`users/${x.bot.id}/mentions`)
    await asBot.v2.get(`users/${x.bot.id}/tweets`)
    expect(charged(x)).toEqual({ ownedRead: 2_000 })
    await asBot.v2.get(`users/${x.bot.id}/mentions`, { expansions: 'author_id' })
    expect(charged(x)).toEqual({ ownedRead: 2_000, userRead: 10_000 })
  })

  test('counts each reply, more for a post that nobody asked for, and most for a link', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const ask = async () => (await x.tweet({ as: 'alice', text: '@hexbird what is this?' })).id
    const reply = async (text: string) =>
      asBot.v2.post('tweets', { text, reply: { in_reply_to_tweet_id: await ask() } })
    await reply('a dog')
    await reply('a cat')
    expect(charged(x)).toEqual({ reply: 20_000 })
    await asBot.v2.post('tweets', { text: 'hello' })
    await reply('see example.com')
    expect(charged(x)).toEqual({ reply: 20_000, post: 15_000, postWithLink: 200_000 })
  })

  test('counts a delivered event of X Activity once, and nothing for one that is refused or never came about', async () => {
    const x = await start(stack)
    const webhook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(x)
    const { data } = await asApp.v2.post('webhooks', { url: webhook.url })
    for (const event_type of ['post.mention.create', 'post.reply.create']) {
      await asBot.v2.post('activity/subscriptions', { event_type, filter: { user_id: x.bot.id }, webhook_id: data.id })
    }
    await x.tweet({ as: 'alice', text: 'nothing about the bot' })
    expect(x.bill().total).toBe(0)
    const own = await x.tweet({ as: 'hexbird', text: 'hello' })
    await x.tweet({ as: 'alice', text: '@hexbird what is this?', inReplyTo: own.id })
    expect(charged(x)).toEqual({ postEvent: 5_000 })
  })

  test('has nothing for a request that failed before it had an effect', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    x.set({ failApi: 1 })
    await expect(clientsOf(x).asBot.v2.get(`tweets/${id}`)).rejects.toThrow()
    expect(x.bill().total).toBe(0)
  })
})
