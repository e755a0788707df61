import { createHmac } from 'node:crypto'
import { decodeDelivery, type Event, type Tweet } from '@hexbird/core'
import { startLocalX } from '@hexbird/local-x'
import { runs } from '@hexbird/testkit/runs'
import { startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { agentTo, XActivityStream, XMentions, XSocialClient, XWebhooks } from '../src/index.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** A bot that is told of each mention in every way there is. */
async function toldInEveryWay() {
  const x = await startLocalX({ rateLimits: false })
  const agent = agentTo({ port: x.port })
  const hook = await startScripted((response, { url }) => {
    const token = new URL(url, 'http://127.0.0.1').searchParams.get('crc_token') ?? ''
    const hash = createHmac('sha256', x.credentials.consumerSecret).update(token).digest('base64')
    response.end(JSON.stringify({ response_token: `sha256=${hash}` }))
  })
  const { bearerToken } = x.credentials
  const streamed: Event[] = []
  let connected = () => {}
  const isConnected = new Promise<void>((resolve) => (connected = resolve))
  let heard = () => {}
  const stream = new XActivityStream({
    bearerToken,
    agent,
    inbox: { put: async (events) => void streamed.push(...events) },
    onEvent: ({ kind }) => (kind === 'connected' ? connected() : heard()),
  })
  open.push(x, { close: () => agent.destroy() }, hook, stream)
  const webhooks = new XWebhooks({ bearerToken, userCredentials: x.credentials, agent })
  const registered = await webhooks.register(`http://127.0.0.1:${hook.port}/hook`)
  if (registered.kind !== 'registered') throw new Error(registered.detail)
  const [webhookId, botId] = [registered.webhook.id, x.bot.id]
  await webhooks.subscribe({ dialect: 'account-activity', webhookId, botId })
  await webhooks.subscribe({ dialect: 'x-activity', webhookId, botId, eventTypes: ['post.mention.create'] })
  stream.start()
  await isConnected
  const social = new XSocialClient({ credentials: x.credentials, botId, agent })
  const mentions = new XMentions({ credentials: x.credentials, botId, agent })

  return {
    bot: x.bot,
    /** What the bot makes of a tweet, by the way in which it was told. */
    async ways(text: string): Promise<Readonly<Record<string, Tweet | undefined>>> {
      const posted = await x.tweet({ as: 'alice', text })
      const is = (tweet: Tweet) => tweet.id === posted.id
      const byStream = async () => {
        while (!tweetsOf(streamed).some(is)) await new Promise<void>((resolve) => (heard = resolve))
        return tweetsOf(streamed.splice(0)).find(is)
      }
      const stream = await byStream()
      const bodies = x
        .deliveries()
        .slice(-2)
        .map(({ body }) => Buffer.from(body))
      const [classic, activity] = bodies.map((body) => tweetsOf(decodeDelivery(body).events).find(is))
      x.stream.write(`${JSON.stringify(inNewerWords(JSON.parse(String(bodies[1]))))}\r\n`)
      const newer = await byStream()
      const found = await social.tweet(posted.id)
      const listed = await mentions.since({ from: posted.createdAt - 1000, most: 5 })
      return {
        'account-activity': classic,
        'x-activity': activity,
        stream,
        'stream, in newer words': newer,
        'look-up': found.kind === 'found' ? found.tweet : undefined,
        list: listed.kind === 'found' ? listed.tweets.find(is) : undefined,
      }
    },
  }
}

/** X's description has renamed what its pages still call tweets. */
function inNewerWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inNewerWords)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.replace('tweet', 'post'), inNewerWords(member)]),
  )
}

const tweetsOf = (events: readonly Event[]) => events.flatMap((event) => (event.kind === 'tweet' ? [event.tweet] : []))

/** What decides about a reply, and what it is made of, as far as every way tells it: the older dialect dates to the second. */
const seen = ({ id, firstId, botId, text, author, createdAt, mentions, isRetweet, ...rest }: Tweet) => ({
  ...{ id, firstId, botId, text, authorId: author.id, isRetweet, createdAt: Math.floor(createdAt / 1000) },
  ...{ lang: rest.lang, inReplyToId: rest.inReplyToId, quotedId: rest.quotedId },
  mentions: mentions.map((mention) => ({ id: mention.id, explicit: mention.explicit })),
})

const SPECIAL = [
  '&',
  '<',
  '>',
  '&amp;',
  '&lt;',
  '&gt;',
  '&amp;amp;',
  '&amp;lt;',
  '&#39;',
  '&quot;',
  '&nbsp;',
  ';',
  '&am',
]
const OTHER = [
  '🦊',
  '👩‍❤️‍💋‍👩',
  'é',
  'e\u0301',
  '\n',
  '  ',
  '"',
  '\\',
  '\\u0026',
  '#tag',
  '$TAG',
  '@hexbird',
  '@alice',
  'stop',
  '\u2028',
  '漢字',
]

const words = fc
  .array(fc.oneof(fc.constantFrom(...SPECIAL), fc.constantFrom(...OTHER), fc.string({ maxLength: 5 })), {
    maxLength: 60,
  })
  .map((parts) => `@hexbird ${parts.join('')}!`)

test('a text is the same for the bot, in whichever way it is told', async () => {
  const { ways } = await toldInEveryWay()
  const property = fc.asyncProperty(words, async (text) => {
    const told = await ways(text)
    const first = told.list
    expect(first?.text).toBe(text)
    const tweets = Object.entries(told).map(([way, tweet]) => [way, tweet && seen(tweet)])
    expect(tweets).toEqual(Object.keys(told).map((way) => [way, first && seen(first)]))
  })
  await fc.assert(property, { numRuns: runs(500) })
}, 120_000)

test.each(SPECIAL)('%s comes as it was written', async (special) => {
  const { ways } = await toldInEveryWay()
  const text = `@hexbird ${special} and ${special}`
  const texts = Object.entries(await ways(text)).map(([way, tweet]) => [way, tweet?.text])
  expect(texts.length).toBe(6)
  expect(texts).toEqual(texts.map(([way]) => [way, text]))
})
