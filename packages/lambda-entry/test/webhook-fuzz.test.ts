import { createHmac } from 'node:crypto'
import { decodeEvent, encodeEvent } from '@hexbird/adapters-aws/messages'
import { animalRules, createBot, decodeDelivery, type Event, photoReplies } from '@hexbird/core'
import { accountActivityDelivery, textArbitrary, tweetSpecArbitrary, xActivityDelivery } from '@hexbird/core/testing'
import { createWebhookApp, WEBHOOK_PATH, type WebhookAppEvent } from '@hexbird/http'
import { BOT, fixture, NOW } from '@hexbird/testkit/bot-fixture'
import { mutatedBytes, mutatedJson } from '@hexbird/testkit/mutations'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import fc from 'fast-check'
import { overHttp } from '../src/handlers/http.js'
import { answerOf, CALLERS, eventOf } from './http-events.js'

const SECRET = 'consumer-secret-4711'
const CONTEXT = {} as Context
const sign = (body: Uint8Array) => `sha256=${createHmac('sha256', SECRET).update(body).digest('base64')}`
const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Deliveries of both dialects that ask this bot, from a moment before its clock. */
const SPECS = fc.sample(tweetSpecArbitrary({ bot: BOT, mentionsBot: true, from: NOW - 60_000, to: NOW - 1000 }), {
  seed: 1,
  numRuns: 30,
})
const DELIVERIES = [
  ...SPECS.flatMap((spec) => [accountActivityDelivery(spec), xActivityDelivery(spec)]),
  '{"for_user_id":"900","direct_message_events":[{"type":"message_create","id":"1","created_timestamp":"1790000000000","message_create":{"target":{"recipient_id":"900"},"sender_id":"2","message_data":{"text":"stop"}}}]}',
  '{"user_event":{"revoke":{"date_time":"2026-11-22T12:00:00Z","target":{"app_id":"1"},"source":{"user_id":"2"}}}}',
  '{"data":{"event_uuid":"1","event_type":"dm.received","filter":{"user_id":"900"},"payload":{"direct_message_events":[]}}}',
]
const body = fc.oneof(
  mutatedJson(DELIVERIES.map((delivery) => JSON.parse(delivery) as unknown)).map((value) =>
    bytesOf(JSON.stringify(value) ?? ''),
  ),
  mutatedBytes(DELIVERIES.map(bytesOf)),
)
const signature = fc.oneof(
  { weight: 8, arbitrary: fc.constant('right') },
  fc.constantFrom('', 'sha256=', 'sha256=AAAA', `sha256=${'A'.repeat(43)}=`, `sha1=${'A'.repeat(27)}=`),
  textArbitrary({ maxLength: 60 }),
)

describe('whatever is delivered, by whatever calls the function,', () => {
  test('a delivery with any of its bytes or values changed is answered; what of it is taken goes through the queue and is handled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CALLERS),
        body,
        signature,
        fc.boolean(),
        async (caller, bytes, sent, base64) => {
          const taken: Event[] = []
          const appEvents: WebhookAppEvent[] = []
          const inbox = { put: async (events: readonly Event[]) => void taken.push(...events) }
          const app = createWebhookApp({ inbox, consumerSecrets: [SECRET], onEvent: (one) => appEvents.push(one) })
          const headers = [['x-twitter-webhooks-signature', sent === 'right' ? sign(bytes) : sent]] as const
          // As a caller sends it: what is no UTF-8 is always in base64.
          const isText = Buffer.from(new TextDecoder().decode(bytes)).equals(bytes)
          const request = { method: 'POST', path: WEBHOOK_PATH, headers, body: bytes, base64: base64 || !isText }
          const { status, body: said } = answerOf(await overHttp(app)(eventOf(caller, request), CONTEXT))
          expect([200, 400, 401]).toContain(status)
          if (sent !== 'right') expect(taken).toEqual([])
          expect(appEvents.map(({ kind }) => kind)).not.toContain('broken')
          expect(`${said}${JSON.stringify(appEvents.filter(({ kind }) => kind !== 'delivery-taken'))}`).not.toContain(
            SECRET,
          )
          const { ports } = fixture()
          const bot = createBot(photoReplies(animalRules), ports, { bot: BOT })
          for (const event of taken) {
            const read = decodeEvent(encodeEvent(event))
            expect(read).toEqual(event)
            await expect(bot.handleEvent(read)).resolves.toHaveProperty('kind')
          }
        },
      ),
      { numRuns: runs() },
    )
  })

  test('much of it is taken all the same, so that the way behind is tried too', () => {
    const taken = fc.sample(body, { seed: 1, numRuns: 500 }).filter((bytes) => {
      try {
        return decodeDelivery(bytes).events.some(({ kind }) => kind === 'tweet' || kind === 'message')
      } catch {
        return false
      }
    })
    expect(taken.length).toBeGreaterThan(150)
  })
})

describe('bad bodies by name', () => {
  const MOST = 1024 * 1024
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

  /** The answer to a signed body, and what was noticed. */
  async function answered(
    caller: (typeof CALLERS)[number],
    text: string,
    headers: readonly (readonly [string, string])[] = [],
  ) {
    const taken: Event[] = []
    const appEvents: WebhookAppEvent[] = []
    const inbox = { put: async (events: readonly Event[]) => void taken.push(...events) }
    const app = createWebhookApp({ inbox, consumerSecrets: [SECRET], onEvent: (one) => appEvents.push(one) })
    const signed = [['x-twitter-webhooks-signature', sign(bytesOf(text))], ...headers] as const
    const request = { method: 'POST', path: WEBHOOK_PATH, headers: signed, body: text }
    const { status } = answerOf(await overHttp(app)(eventOf(caller, request), CONTEXT))
    return { status, taken, appEvents }
  }

  describe.each(CALLERS)('behind %s', (caller) => {
    test('ten megabytes are too large, and nothing of them is read', async () => {
      const { status, appEvents } = await answered(caller, `{"a":"${'a'.repeat(10 * MOST)}"}`)
      expect([status, appEvents]).toEqual([413, [{ kind: 'delivery-refused', reason: 'too-large' }]])
    })

    test('a length that lies does not matter: the bytes that came are counted', async () => {
      const text = `{"a":"${'a'.repeat(MOST)}"}`
      for (const lie of ['1', '-1', 'NaN', '1e9']) {
        expect((await answered(caller, text, [['content-length', lie]])).status).toBe(413)
        expect((await answered(caller, '{}', [['content-length', lie]])).status).toBe(200)
      }
    })

    test('a hundred thousand levels are read or refused, and nothing breaks', async () => {
      for (const text of [deep(100_000), deep(100_000).slice(0, -1), `{"a":${'['.repeat(200_000)}`]) {
        const { status, taken, appEvents } = await answered(caller, text)
        expect([status, taken]).toEqual([200, []])
        expect(appEvents.map(({ kind }) => kind)).not.toContain('broken')
      }
    })

    test('keys of prototypes change no prototype and lend no field', async () => {
      const { status, taken } = await answered(
        caller,
        '{"__proto__":{"for_user_id":"900"},"constructor":{"prototype":{"for_user_id":"900"}},"tweet_create_events":[{"__proto__":{"id_str":"1"}}]}',
      )
      expect([status, taken]).toEqual([200, []])
      for (const name of ['for_user_id', 'id_str']) expect({}).not.toHaveProperty(name)
    })
  })
})
