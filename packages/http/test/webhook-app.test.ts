import { createHmac } from 'node:crypto'
import type { Event } from '@hexbird/core'
import { runs } from '@hexbird/testkit/runs'
import { webQuery } from '@hexbird/testkit/web'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { WebhookAppEvent, WebhookAppOptions } from '../src/index.js'
import { createWebhookApp, WEBHOOK_PATH } from '../src/index.js'

const SECRET = 'consumer-secret'

function webhook(over: Partial<WebhookAppOptions> = {}) {
  const taken: Event[] = []
  const appEvents: WebhookAppEvent[] = []
  const app = createWebhookApp({
    inbox: {
      put: async (events) => {
        taken.push(...events)
      },
    },
    consumerSecrets: [SECRET],
    onEvent: (event) => appEvents.push(event),
    ...over,
  })
  return { app, taken, appEvents }
}

// Signed here by hand, so that a mistake in core's signatures cannot pass on both sides.
const sign = (body: string | Uint8Array, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('base64')}`
const deliver = (
  { app }: Pick<ReturnType<typeof webhook>, 'app'>,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'x-twitter-webhooks-signature': sign(body) },
) => app.request(WEBHOOK_PATH, { method: 'POST', body, headers })
const challenge = ({ app }: Pick<ReturnType<typeof webhook>, 'app'>, query: string) =>
  app.request(`${WEBHOOK_PATH}${query}`)

const tweetEvent = {
  id: 1050118621198921700,
  id_str: '1050118621198921728',
  created_at: 'Wed Oct 10 20:19:24 +0000 2018',
  text: '@hexbird what is this?',
  user: { id: 6253282, id_str: '6253282', screen_name: 'alice' },
  entities: { user_mentions: [{ id_str: '900', screen_name: 'hexbird', indices: [0, 8] }] },
}
const delivery = (...tweets: unknown[]) => JSON.stringify({ for_user_id: '900', tweet_create_events: tweets })

describe('the challenge', () => {
  test("is answered as X's documentation says", async () => {
    const response = await challenge(webhook(), '?crc_token=challenge_string&nonce=abc')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await response.json()).toEqual({ response_token: 'sha256=S/mG8E9n5SjoGuCqHguvP8K8uuu5ogCPF0dOpIdyZlk=' })
  })

  test('is answered with the newest secret alone', async () => {
    const rotating = webhook({ consumerSecrets: ['new', SECRET] })
    expect(await (await challenge(rotating, '?crc_token=abc')).json()).toEqual({ response_token: sign('abc', 'new') })
  })

  test.each([
    ['no token', ''],
    ['an empty token', '?crc_token='],
    ['two tokens', '?crc_token=a&crc_token=b'],
    ['a token with a brace', '?crc_token=%7B%22for_user_id%22%3A%221%22%7D'],
    ['a token with a blank', '?crc_token=a+b'],
    ['a token with a control character', '?crc_token=a%00b'],
    ['a token that is not ASCII', '?crc_token=%C3%A9'],
    ['a token of more than 1,024 bytes', `?crc_token=${'a'.repeat(1025)}`],
    ['a token that is not valid UTF-8', '?crc_token=%ff%fe'],
  ])('%s is refused with 400, and noticed', async (_name, query) => {
    const { app, appEvents } = webhook()
    expect((await challenge({ app }, query)).status).toBe(400)
    expect(appEvents).toEqual([expect.objectContaining({ kind: 'challenge-refused' })])
  })

  test('is refused where no secret is set', async () => {
    expect((await challenge(webhook({ consumerSecrets: [] }), '?crc_token=abc')).status).toBe(400)
  })

  test("a token that is not of X's usual form is answered, and noticed", async () => {
    const { app, appEvents } = webhook()
    await challenge({ app }, '?crc_token=probe')
    await challenge({ app }, '?crc_token=M2RkODJkZmMtYjlkYi00NmQ4LTk0MGUtM2JjYzkwM2Q4MjQ0')
    expect(appEvents.map(({ kind }) => kind)).toEqual(['challenge-unusual', 'challenge-answered'])
  })
})

describe('a delivery', () => {
  test('is acknowledged when the inbox has every event of it', async () => {
    const { app, taken } = webhook()
    const response = await deliver({ app }, delivery(tweetEvent, { ...tweetEvent, id_str: '1050118621198921729' }))
    expect(response.status).toBe(200)
    expect(taken.map((event) => event.kind === 'tweet' && event.tweet.id)).toEqual([
      '1050118621198921728',
      '1050118621198921729',
    ])
  })

  test('is accepted with any of the secrets while they are rotated', async () => {
    const rotating = webhook({ consumerSecrets: ['new', SECRET] })
    for (const secret of ['new', SECRET]) {
      const body = delivery(tweetEvent)
      const headers = { 'X-Twitter-Webhooks-Signature': sign(body, secret) }
      expect((await deliver(rotating, body, headers)).status).toBe(200)
    }
  })

  describe('of an app with an OAuth 2.0 client secret', () => {
    const body = delivery(tweetEvent)
    const modern = (secret: string) => ({ 'x-twitter-webhooks-signature-oauth2': sign(body, secret) })
    const legacy = (secret: string) => ({ 'x-twitter-webhooks-signature': sign(body, secret) })
    const app = () => webhook({ clientSecrets: ['client-secret', 'old-client-secret'] })

    test.each([
      ['the new header', modern('client-secret'), 200],
      ['the new header while that secret is rotated', modern('old-client-secret'), 200],
      ['both headers', { ...modern('client-secret'), ...legacy(SECRET) }, 200],
      ['the old header alone', legacy(SECRET), 200],
      ['the new header with the old secret', modern(SECRET), 401],
      ['the old header with the new secret', legacy('client-secret'), 401],
      ['two wrong headers', { ...modern('x'), ...legacy('y') }, 401],
    ])('with %s', async (_name, headers, status) => {
      expect((await deliver(app(), body, headers)).status).toBe(status)
    })

    test('has its challenges answered with that secret', async () => {
      const answer = await (await challenge(app(), '?crc_token=abc')).json()
      expect(answer).toEqual({ response_token: sign('abc', 'client-secret') })
    })

    test('the new header proves nothing where no client secret is set', async () => {
      expect((await deliver(webhook(), body, modern(''))).status).toBe(401)
    })
  })

  test.each([
    ['unsigned', {}],
    ['signed with another secret', { 'x-twitter-webhooks-signature': sign(delivery(tweetEvent), 'other') }],
    ['with a short signature', { 'x-twitter-webhooks-signature': 'sha256=abc' }],
    ['with a signature of another kind', { 'x-twitter-webhooks-signature': 'sha1=abc' }],
  ])('%s is answered 401, and nothing is taken', async (_name, headers) => {
    const { app, taken, appEvents } = webhook()
    expect((await deliver({ app }, delivery(tweetEvent), headers)).status).toBe(401)
    expect(taken).toEqual([])
    expect(appEvents).toEqual([{ kind: 'delivery-refused', reason: 'not-signed' }])
  })

  test('is refused where no secret is set', async () => {
    expect((await deliver(webhook({ consumerSecrets: [] }), delivery(tweetEvent))).status).toBe(401)
  })

  test('is not taken twice as a challenge: a signed body that is no object is refused', async () => {
    const { app, taken, appEvents } = webhook()
    expect((await deliver({ app }, 'challenge_string')).status).toBe(400)
    expect(taken).toEqual([])
    expect(appEvents).toEqual([{ kind: 'delivery-refused', reason: 'not-an-object' }])
  })

  test('that cannot be understood is acknowledged and noticed, since X would only send the same again', async () => {
    const { app, taken, appEvents } = webhook()
    expect((await deliver({ app }, '{"for_user_id":')).status).toBe(200)
    expect(taken).toEqual([])
    expect(appEvents).toEqual([expect.objectContaining({ kind: 'delivery-unreadable', code: expect.any(String) })])
  })

  test('of which one event is malformed has the others taken', async () => {
    const { app, taken, appEvents } = webhook()
    expect((await deliver({ app }, delivery({ id_str: 'x' }, tweetEvent))).status).toBe(200)
    expect(taken).toHaveLength(1)
    expect(appEvents).toEqual([
      expect.objectContaining({ passedOver: [expect.objectContaining({ kind: 'malformed' })] }),
    ])
  })

  test('larger than the limit is refused unread', async () => {
    const { app, appEvents } = webhook({ maxBodyBytes: 1000 })
    expect((await deliver({ app }, `{"a":"${'a'.repeat(1000)}"}`)).status).toBe(413)
    expect(appEvents).toEqual([{ kind: 'delivery-refused', reason: 'too-large' }])
  })

  test('of what the bot has no use for is acknowledged without the inbox being asked', async () => {
    const { app } = webhook({
      inbox: {
        put: async () => {
          throw new Error('must not be asked')
        },
      },
    })
    expect((await deliver({ app }, '{"for_user_id":"900","favorite_events":[{}]}')).status).toBe(200)
  })
})

describe('known faults of the originals', () => {
  test('the challenge hands out no signature for a forged event', async () => {
    const forged = delivery(tweetEvent)
    const response = await challenge(webhook(), `?crc_token=${encodeURIComponent(forged)}`)
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain(sign(forged).slice(7))
  })

  test('an outage of the queue is answered 503, not 200', async () => {
    const { app, appEvents } = webhook({
      inbox: {
        put: async () => {
          throw new Error('queue is down')
        },
      },
    })
    expect((await deliver({ app }, delivery(tweetEvent))).status).toBe(503)
    expect(appEvents).toEqual([expect.objectContaining({ kind: 'delivery-not-taken' })])
  })

  test('bodies are not accepted without the signature being checked, nor read as text before it is', async () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode('{"for_user_id":"900","x":"'), 0xff, 0x22, 0x7d])
    expect((await deliver(webhook(), bytes, { 'x-twitter-webhooks-signature': sign(bytes) })).status).toBe(200)
    const text = new TextDecoder().decode(bytes)
    expect((await deliver(webhook(), bytes, { 'x-twitter-webhooks-signature': sign(text) })).status).toBe(401)
  })

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
    '%s elsewhere registers and deletes nothing: there is nothing',
    async (method) => {
      for (const path of ['/', '/register', '/delete']) {
        expect((await webhook().app.request(path, { method })).status).toBe(404)
      }
    },
  )
})

test('whatever is sent, by whatever method, the answer is one of the table, and never 500', async () => {
  const { app } = webhook()
  const header = fc.string({ maxLength: 60 }).filter((text) => /^[\x20-\x7e]*$/.test(text))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
      fc.oneof(
        webQuery,
        fc.string().map((text) => `crc_token=${text}`),
      ),
      fc.uint8Array({ maxLength: 500 }),
      fc.boolean(),
      header,
      async (method, query, body, signed, signature) => {
        const url = new URL(`http://localhost${WEBHOOK_PATH}`)
        url.search = query
        const headers = { 'x-twitter-webhooks-signature': signed ? sign(body) : signature }
        const init = method === 'GET' ? { method, headers } : { method, headers, body: new Uint8Array(body) }
        const { status } = await app.request(url, init)
        expect([200, 400, 401, 405]).toContain(status)
      },
    ),
    { numRuns: runs() },
  )
})
