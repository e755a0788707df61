import { afterEach, describe, expect, test } from '@jest/globals'
import { type Closers, clientsOf, closeAll, png, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const WORDS = 'a < b && c > &lt; @hexbird'
const ESCAPED = 'a &lt; b &amp;&amp; c &gt; &amp;lt; @hexbird'
const photos = [{ bytes: png() }]

/** The part of a text that an entity names, by code points. */
const part = (text: string, [start, end]: readonly [number, number]) => Array.from(text).slice(start, end).join('')

describe('&, < and > in a text, which X escapes', () => {
  test('are escaped in what the API answers, and positions count in what it answers', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: WORDS, photos })
    const { asBot } = clientsOf(x)
    const { data } = await asBot.v2.get(`tweets/${id}`, { 'tweet.fields': 'entities,display_text_range' })
    expect(part(data.text, data.display_text_range)).toBe(ESCAPED)
    expect(
      data.entities.mentions.map(({ start, end }: { start: number; end: number }) => part(data.text, [start, end])),
    ).toEqual(['@hexbird'])
    const [{ start: from, end, url }] = data.entities.urls
    expect(part(data.text, [from, end])).toBe(url)
  })

  test('are escaped in the whole of a long post, which is cut between characters', async () => {
    const x = await start(stack)
    const { id } = await x.tweet({ as: 'alice', text: '@hexbird '.padEnd(400, '&') })
    const { data } = await clientsOf(x).asBot.v2.get(`tweets/${id}`, { 'tweet.fields': 'note_tweet' })
    expect(data.note_tweet.text).toBe(`@hexbird ${'&amp;'.repeat(391)}`)
    expect(data.text).toMatch(/^@hexbird (&amp;)+…$/)
  })

  test('are escaped in the answer to a post, and weigh as one character each', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    const text = '&'.repeat(280)
    const { data } = await asBot.v2.post('tweets', { text, reply: { in_reply_to_tweet_id: asked.id } })
    expect(data.text).toBe(`@alice ${'&amp;'.repeat(280)}`)
    expect(x.repliesTo(asked.id)[0]?.displayText).toBe(text)
  })

  test('are escaped in deliveries of both dialects, in a text that was cut too', async () => {
    const x = await start(stack)
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(x)
    const { id: webhook_id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    await asBot.v2.post(`account_activity/webhooks/${webhook_id}/subscriptions/all`, {})
    const filter = { user_id: x.bot.id }
    await asBot.v2.post('activity/subscriptions', { event_type: 'post.mention.create', filter, webhook_id })
    await x.tweet({ as: 'alice', text: WORDS, photos })
    await x.tweet({ as: 'alice', text: `${WORDS} ${'<'.repeat(150)}` })
    const bodies = hook.received.map(({ raw }) => JSON.parse(raw.toString()))
    const [classic, cut] = bodies.flatMap((body) => body.tweet_create_events ?? [])
    const [activity] = bodies.flatMap((body) => body.data?.payload ?? [])
    expect(part(classic.text, classic.display_text_range)).toBe(ESCAPED)
    expect(part(classic.text, classic.entities.user_mentions[0].indices)).toBe('@hexbird')
    expect(part(classic.text, classic.extended_entities.media[0].indices)).toMatch(/^https:\/\/t\.co\/\w+$/)
    expect(part(activity.text, activity.display_text_range)).toBe(ESCAPED)
    expect(cut.text).toMatch(/^a &lt; b .*(&lt;)+… https:\S+$/)
    expect(part(cut.text, cut.entities.urls[0].indices)).toBe(cut.entities.urls[0].url)
    expect(cut.extended_tweet.full_text).toBe(`${ESCAPED} ${'&lt;'.repeat(150)}`)
  })

  test('are escaped in direct messages', async () => {
    const x = await start(stack)
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(x)
    const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
    await x.message({ from: 'alice', to: 'hexbird', text: WORDS })
    const { message_data } = JSON.parse(hook.received[0]?.raw.toString() ?? '').direct_message_events[0].message_create
    expect(message_data.text).toBe(ESCAPED)
    expect(part(message_data.text, message_data.entities.user_mentions[0].indices)).toBe('@hexbird')
  })

  test('are plain again where a recorded delivery is made known, and what the author wrote is the same', async () => {
    const x = await start(stack)
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(x)
    const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
    const own = await x.tweet({ as: 'hexbird', text: 'hello' })
    const asked = await x.tweet({ as: 'alice', text: WORDS, inReplyTo: own.id })
    const elsewhere = await start(stack)
    const [known] = await elsewhere.importDelivery(hook.received.at(-1)?.raw.toString() ?? '')
    expect(known).toMatchObject({ text: asked.text, displayText: WORDS, displayRange: asked.displayRange })
  })
})
