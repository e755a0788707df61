import { createHmac, timingSafeEqual } from 'node:crypto'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { TwitterApi } from 'twitter-api-v2'
import { type LocalX, startLocalX, testClock } from '../src/index.js'

/*
 * How to test a bot of your own, whatever it is made of: start a local X, let the bot's client connect to it, register
 * its webhook, tweet, and see what it does. The bot below is ten lines of node:http; yours is whatever it is.
 */

// 1. A bot: it echoes who mentions it, in capitals. It trusts no request that X did not sign.
function createBot(client: TwitterApi, consumerSecret: string): http.Server {
  const sign = (message: string | Buffer) =>
    `sha256=${createHmac('sha256', consumerSecret).update(message).digest('base64')}`
  return http.createServer((request, response) => void answer(request, response))
  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<unknown> {
    const token = new URL(request.url ?? '', 'http://bot').searchParams.get('crc_token')
    if (token !== null) return response.end(JSON.stringify({ response_token: sign(token) }))
    const body = Buffer.concat(await request.toArray())
    const [given, right] = [
      Buffer.from(String(request.headers['x-twitter-webhooks-signature'])),
      Buffer.from(sign(body)),
    ]
    if (given.length !== right.length || !timingSafeEqual(given, right)) return response.writeHead(401).end()
    response.end()
    const { data } = JSON.parse(body.toString())
    return client.v2.reply(data.payload.text.replace('@echobot ', '').toUpperCase(), data.payload.id)
  }
}

// 2. Its client keeps X's own addresses and signatures; only the connections lead to the local X.
class LocalAgent extends http.Agent {
  constructor(private readonly x: LocalX) {
    super()
    Object.assign(this, { protocol: 'https:', defaultPort: 443 })
  }

  override createConnection(): net.Socket {
    return net.connect({ host: '127.0.0.1', port: this.x.port })
  }
}

const running: (() => Promise<unknown>)[] = []
afterEach(() => Promise.all(running.splice(0).map((stop) => stop())))

// 3. A local X on any free port, with a clock that stands still and the same ids in every run; and the bot in it.
async function startBot() {
  const clock = testClock()
  const x = await startLocalX({ clock, seed: 1, bot: { username: 'echobot' } })
  const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = x.credentials
  const httpAgent = new LocalAgent(x)
  const tokens = { appKey: consumerKey, appSecret: consumerSecret, accessToken, accessSecret }
  const [asBot, asApp] = [new TwitterApi(tokens, { httpAgent }), new TwitterApi(bearerToken, { httpAgent })]
  const server = createBot(asBot, consumerSecret).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  running.push(
    () => x.close(),
    () => new Promise((resolve) => server.close(resolve)),
  )

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`
  const webhook = await asApp.v2.post('webhooks', { url })
  const filter = { user_id: x.bot.id }
  await asBot.v2.post('activity/subscriptions', {
    event_type: 'post.mention.create',
    filter,
    webhook_id: webhook.data.id,
  })
  return { x, clock, url }
}

// 4. What one wants to know of a bot.
test('it answers who mentions it', async () => {
  const { x } = await startBot()
  const tweet = await x.tweet({ as: 'alice', text: '@echobot hello there' })
  expect((await x.waitForReply(tweet.id, 2_000)).displayText).toBe('HELLO THERE')
})

test('it believes nobody but X', async () => {
  const { x, url } = await startBot()
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401)
  expect(x.tweets()).toEqual([])
})

test('an event that is an hour late is answered as well', async () => {
  const { x, clock } = await startBot()
  x.set({ delayMs: 3_600_000 })
  const tweeted = x.tweet({ as: 'alice', text: '@echobot still there?' })
  clock.advance(3_600_000)
  const tweet = await tweeted
  expect((await x.waitForReply(tweet.id, 2_000)).displayText).toBe('STILL THERE?')
})
