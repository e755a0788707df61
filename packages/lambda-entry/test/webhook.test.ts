import { decodeEvent } from '@hexbird/adapters-aws/messages'
import { signatureOf } from '@hexbird/core'
import { accountActivityDelivery, deliveryArbitrary, xActivityDelivery } from '@hexbird/core/testing'
import { freePort } from '@hexbird/testkit/free-port'
import { runs } from '@hexbird/testkit/runs'
import { answer, startScripted } from '@hexbird/testkit/scripted-server'
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { assert, asyncProperty, boolean, constantFrom } from 'fast-check'
import { createWiring } from '../src/container.js'
import { makeWebhook } from '../src/handlers/webhook.js'
import { eventArbitrary } from './event-arbitraries.js'
import { type Fixture, secretsOf, startFixture } from './fixture.js'
import { answerOf, CALLERS, type Caller, eventOf, type HttpRequest } from './http-events.js'
import { telling } from './observers.js'

const CONTEXT = {} as Context
const PATH = '/twitter/webhook/handleapi'
const AUTHOR = { id: '2790000000000000001', username: 'ada' }

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())
afterEach(() => fixture.emulator.reset())

/** The function, for one test: what it tells, and how it answers. */
async function webhook() {
  const told = telling()
  const run = makeWebhook(await fixture.settings('webhook'), told)
  return {
    told,
    ask: async (caller: Caller, request: HttpRequest) => answerOf(await run(eventOf(caller, request), CONTEXT)),
    run: async (event: unknown) => answerOf(await run(event, CONTEXT)),
  }
}

const signed = (body: Uint8Array | string, name = 'x-twitter-webhooks-signature') =>
  [name, signatureOf(body, fixture.parameters['consumer-secret'] ?? '')] as const

const post = (body: Uint8Array | string, over: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  path: PATH,
  headers: [['content-type', 'application/json'], signed(body)],
  body,
  ...over,
})

/** A mention in X's words, with letters that take one to four bytes. */
const mention = (id = '3790000000000000001') =>
  accountActivityDelivery({ id, bot: fixture.x.bot, author: AUTHOR, text: `@${fixture.x.bot.username} ça va? 日本 🐦` })

const queued = () => fixture.messages('events').map(({ body }) => decodeEvent(body))

describe('a post that is longer than a message of the queue', () => {
  test.each([
    ['12,000 families', '👩‍❤️‍💋‍👩'.repeat(12_000)],
    ['24,980 astral letters', '𝒳'.repeat(24_980)],
  ])('of %s is answered 200 and queued, shortened', async (_, words) => {
    const { ask, told } = await webhook()
    const text = `@${fixture.x.bot.username} ${words}`
    const body = accountActivityDelivery({ id: '3790000000000000009', bot: fixture.x.bot, author: AUTHOR, text })
    expect(await ask(CALLERS[0] as Caller, post(body))).toMatchObject({ status: 200 })
    const [event, ...more] = queued()
    expect(more).toEqual([])
    expect(event).toMatchObject({ kind: 'tweet', tweet: { id: '3790000000000000009', author: { id: AUTHOR.id } } })
    expect(event?.kind === 'tweet' && text.startsWith(event.tweet.text.slice(0, -1))).toBe(true)
    expect(told.counted('Received')).toBe(1)
  })
})

describe.each(CALLERS)('the webhook behind %s', (caller) => {
  test("answers X's challenge with the consumer secret", async () => {
    const { ask, told } = await webhook()
    const token = 'MzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4'
    const { status, headers, body } = await ask(caller, { path: PATH, query: `crc_token=${token}&nonce=abc` })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(JSON.parse(body)).toEqual({
      response_token: signatureOf(token, fixture.parameters['consumer-secret'] ?? ''),
    })
    expect(told.text()).not.toContain(token)
  })

  test.each([
    ['a%2Bb%2Fc%3D', 'a+b/c='],
    ['100%25', '100%'],
    ['a%252Bb', 'a%2Bb'],
  ])('a token is percent-decoded once: %s is %s', async (query, token) => {
    const { ask } = await webhook()
    const { body } = await ask(caller, { path: PATH, query: `crc_token=${query}` })
    expect(JSON.parse(body)).toEqual({
      response_token: signatureOf(token, fixture.parameters['consumer-secret'] ?? ''),
    })
  })

  test.each([
    '',
    'crc_token=',
    'token=abc',
    `crc_token=${encodeURIComponent('{"for_user_id":"1"}')}`,
    'crc_token=a%20b',
  ])('answers no other challenge: %s', async (query) => {
    const { ask, told } = await webhook()
    const { status, body } = await ask(caller, { path: PATH, query })
    expect([status, body]).toEqual([400, 'This is not a valid challenge.'])
    expect(told.counted('Refused')).toBe(1)
  })

  test.each([true, false])(
    'takes a signed delivery of either dialect into the queue, in base64: %s',
    async (base64) => {
      const { ask, told } = await webhook()
      const activity = xActivityDelivery({
        id: '3790000000000000002',
        bot: fixture.x.bot,
        author: AUTHOR,
        text: `@${fixture.x.bot.username} 🐦`,
      })
      for (const body of [mention(), activity]) {
        expect((await ask(caller, post(body, { base64 }))).status).toBe(200)
      }
      expect(queued().map((event) => event.kind === 'tweet' && event.tweet.id)).toEqual([
        '3790000000000000001',
        '3790000000000000002',
      ])
      expect(told.counted('Received')).toBe(2)
      for (const hidden of ['ça va', '🐦', signed(mention())[1]]) expect(told.text()).not.toContain(hidden)
    },
  )

  test.each(['X-Twitter-Webhooks-Signature', 'x-twitter-webhooks-signature', 'X-TWITTER-WEBHOOKS-SIGNATURE'])(
    'finds the signature under %s',
    async (name) => {
      const { ask } = await webhook()
      expect((await ask(caller, post(mention(), { headers: [signed(mention(), name)] }))).status).toBe(200)
    },
  )

  test('refuses a body that X did not sign, whatever the signature looks like', async () => {
    const { ask, told } = await webhook()
    const other = signed(`${mention()} `)
    for (const headers of [
      [],
      [[other[0], 'sha256=short']],
      [[other[0], '']],
      [[other[0], 'sha256=ü€']],
      [other],
    ] as const) {
      expect((await ask(caller, post(mention(), { headers }))).status).toBe(401)
    }
    expect(fixture.messages('events')).toEqual([])
    expect(told.counts.every(({ name, dimensions }) => name === 'Refused' && dimensions.reason === 'not-signed')).toBe(
      true,
    )
  })

  test('acknowledges what X signed and nobody understands, and tells of it', async () => {
    const bodies = [
      ['{"for_user_id":"1","a":"\0"}', 'Unreadable'],
      [Buffer.from('{"for_user_id":"1","a":"\xff\xfe"}', 'latin1'), 'Unreadable'],
      ['{', 'Unreadable'],
      // Understood, and of no use.
      ['{\r\n"x":1}\r\n', 'Received'],
    ] as const
    for (const [body, counted] of bodies) {
      const { ask, told } = await webhook()
      expect((await ask(caller, post(body))).status).toBe(200)
      expect(told.counts.map(({ name }) => name)).toEqual([counted])
    }
    expect(fixture.messages('events')).toEqual([])
  })

  test('refuses more than 1 MiB, and takes as much', async () => {
    const { ask, told } = await webhook()
    const ofLength = (length: number) => `{"for_user_id":"1","pad":"${'x'.repeat(length - 28)}"}`
    const [most, more] = [ofLength(1024 * 1024), ofLength(1024 * 1024 + 1)]
    expect(most.length).toBe(1024 * 1024)
    expect((await ask(caller, post(most))).status).toBe(200)
    for (const base64 of [true, false]) expect((await ask(caller, post(more, { base64 }))).status).toBe(413)
    expect(told.counted('Refused')).toBe(2)
  })
})

describe('the webhook', () => {
  test.each(CALLERS.filter((caller) => caller !== 'a load balancer'))(
    'answers no challenge with two tokens behind %s',
    async (caller) => {
      const { ask } = await webhook()
      const twice = { path: PATH, query: 'crc_token=MzQ1&crc_token=Njc4' }
      expect((await ask(caller, twice)).status).toBe(400)
    },
  )

  test('two signatures are none', async () => {
    const { ask } = await webhook()
    const headers = [signed(mention()), signed('{}')]
    for (const caller of CALLERS.filter((name) => name !== 'a load balancer')) {
      expect((await ask(caller, post(mention(), { headers }))).status).toBe(401)
    }
  })

  test('with a client secret, that one answers challenges and either signs deliveries', async () => {
    const settings = await fixture.settings('webhook')
    const parameters = { ...settings.parameters, 'client-secret': 'new-client-secret\nold-client-secret' }
    const run = makeWebhook({ ...settings, parameters }, telling())
    const ask = async (request: HttpRequest) => answerOf(await run(eventOf('a REST API', request), CONTEXT))
    const { body } = await ask({ path: PATH, query: 'crc_token=abc' })
    expect(JSON.parse(body)).toEqual({ response_token: signatureOf('abc', 'new-client-secret') })
    const name = 'x-twitter-webhooks-signature-oauth2'
    for (const secret of ['new-client-secret', 'old-client-secret']) {
      const headers = [[name, signatureOf('{}', secret)]] as const
      expect((await ask(post('{}', { headers }))).status).toBe(200)
    }
    expect((await ask(post('{}', { headers: [[name, signed('{}')[1]]] }))).status).toBe(401)
  })

  test('there is nothing at other paths, and nothing by other methods', async () => {
    const { ask } = await webhook()
    for (const caller of CALLERS) {
      expect((await ask(caller, { path: '/', query: 'crc_token=abc' })).status).toBe(404)
      expect((await ask(caller, post('{}', { method: 'PUT' }))).status).toBe(405)
    }
  })

  test('no queue is made for a challenge or a refused delivery', async () => {
    const settings = await fixture.settings('webhook')
    let asked = 0
    const environment = {
      get HEXBIRD_EVENTS_QUEUE_URL() {
        asked++
        return settings.environment.HEXBIRD_EVENTS_QUEUE_URL
      },
    }
    // What is loaded already is there at once.
    await createWiring(settings).ports('inbox')
    const run = makeWebhook({ ...settings, environment }, telling())
    const ask = (request: HttpRequest) => run(eventOf('a REST API', request), CONTEXT)
    expect((await ask({ path: PATH, query: 'crc_token=abc' })).statusCode).toBe(200)
    expect((await ask(post('{}', { headers: [] }))).statusCode).toBe(401)
    await new Promise(setImmediate)
    expect(asked).toBe(0)
    for (const _ of [1, 2]) expect((await ask(post(mention()))).statusCode).toBe(200)
    expect(asked).toBe(1)
  })

  test('every delivery that X can sign is in the queue before it is acknowledged', async () => {
    const { ask } = await webhook()
    await assert(
      asyncProperty(constantFrom(...CALLERS), deliveryArbitrary(), boolean(), async (caller, body, base64) => {
        fixture.emulator.reset()
        expect((await ask(caller, post(body, { base64 }))).status).toBe(200)
        expect(queued()).toHaveLength(1)
      }),
      { numRuns: Math.min(runs(50), 500) },
    )
  })

  test('whatever comes, it is answered, and nothing of it is told', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {})
    const { run, told } = await webhook()
    const secret = 'sha256=c2VjcmV0LTQ3MTE0NzExNDcxMTQ3MTE0NzExNDcxMTQ='
    const statuses = [200, 400, 401, 404, 405, 413]
    await assert(
      asyncProperty(eventArbitrary([PATH, `${PATH}/`, '/'], secret), async (event) => {
        const { status } = await run(event)
        expect(statuses).toContain(status)
      }),
      { numRuns: runs(1000) },
    )
    for (const hidden of [secret, ...secretsOf(fixture)]) expect(told.text()).not.toContain(hidden)
    expect(told.lines.filter(({ level }) => level === 'error')).toEqual([])
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })
})

describe('known faults of the originals', () => {
  test.each(CALLERS)(
    'base64 bodies pass the signature check behind %s, as does a header in another case',
    async (caller) => {
      const { ask } = await webhook()
      const headers = [signed(mention(), 'X-Twitter-Webhooks-Signature')]
      expect((await ask(caller, post(mention(), { base64: true, headers }))).status).toBe(200)
      expect(queued()).toHaveLength(1)
    },
  )

  test.each([
    ['fails', answer(500, '{"__type":"InternalFailure"}')],
    ['refuses', answer(403, '{"__type":"com.amazonaws.sqs#AccessDenied"}')],
    ['does not listen', undefined],
  ])('where the queue %s, X is told to deliver again, whoever passes it on', async (_, script) => {
    const server = script && (await startScripted(script))
    const { AWS_ENDPOINT_URL_SQS: url } = process.env
    process.env.AWS_ENDPOINT_URL_SQS = `http://127.0.0.1:${server?.port ?? (await freePort())}`
    try {
      const { ask, told } = await webhook()
      for (const caller of CALLERS.slice(0, 3)) {
        expect(await ask(caller, post(mention()))).toMatchObject({
          status: 503,
          body: 'The events were not stored. Deliver them again.',
        })
      }
      expect(told.counted('Failed')).toBe(3)
      expect(told.counted('Received')).toBe(0)
      for (const hidden of [...secretsOf(fixture), signed(mention())[1], 'ça va'])
        expect(told.text()).not.toContain(hidden)
    } finally {
      process.env.AWS_ENDPOINT_URL_SQS = url
      await server?.close()
    }
  })

  test('the webhook answers no challenge that is an event', async () => {
    const { ask } = await webhook()
    for (const caller of CALLERS) {
      const query = `crc_token=${encodeURIComponent(mention())}`
      const { status, body } = await ask(caller, { path: PATH, query })
      expect([status, body]).toEqual([400, 'This is not a valid challenge.'])
    }
  })
})
