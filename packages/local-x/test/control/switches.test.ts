import { runs } from '@hexbird/testkit/runs'
import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FORMER_RETRIES, type LocalXOptions, type Switches, testClock } from '../../src/index.js'
import {
  type Closers,
  clientsOf,
  closeAll,
  refusal,
  request,
  start,
  startWebhook,
  type TestWebhook,
} from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

async function subscribed(options: LocalXOptions = {}) {
  const x = await start(stack, options)
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  const { asApp, asBot } = clientsOf(x)
  const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
  await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
  return { x, hook, asApp, asBot, webhookId: String(id) }
}

const texts = (hook: TestWebhook) =>
  hook.received.map(({ raw }) => JSON.parse(raw.toString()).tweet_create_events[0].text)

const hi = (text = 'hi') => ({ as: 'alice', text: `@hexbird ${text}` })

describe('the switches', () => {
  test('are all off at first, and one that is set leaves the others', async () => {
    const x = await start(stack)
    const off = {
      duplicate: false,
      reorder: false,
      delayMs: 0,
      drop: 0,
      retryAfterMs: [],
      slowApiMs: 0,
      failApi: 0,
      cutAfterPost: 0,
      cutStream: 0,
      disconnectStream: 0,
      streamSilent: false,
      lateStreamHeaders: false,
      dropUnknownFields: false,
      postWordsOnly: false,
      keepMetadata: false,
      takesSameWords: false,
    }
    expect(x.switches()).toEqual(off)
    expect(x.set({ drop: 2 })).toEqual({ ...off, drop: 2 })
    expect(x.set({ duplicate: true })).toEqual({ ...off, drop: 2, duplicate: true })
  })

  test('are read and set over HTTP as well', async () => {
    const x = await start(stack)
    const put = (body: unknown) =>
      fetch(`${x.url}/_local/switches`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect(await (await put({ delayMs: 5, retryAfterMs: FORMER_RETRIES })).json()).toEqual(x.switches())
    expect(await (await fetch(`${x.url}/_local/switches`)).json()).toMatchObject({ delayMs: 5 })
    const wrong = await put({ delayMs: 'long' })
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { code: 'BAD_SWITCH' }])
    expect(x.switches().delayMs).toBe(5)
  })

  test.each<[string, unknown]>([
    ['a name that there is not', { twice: true }],
    ['a text for a number', { delayMs: '5' }],
    ['a number below 0', { drop: -1 }],
    ['a part of a number', { failApi: 0.5 }],
    ['a number for yes or no', { duplicate: 1 }],
    ['a wait that is no number', { retryAfterMs: [1, 'x'] }],
    ['a name of every object', { constructor: 1 }],
  ])('refuse %s, and stay as they are', async (_what, some) => {
    const x = await start(stack)
    const before = x.switches()
    expect(() => x.set(some as Partial<Switches>)).toThrow(expect.objectContaining({ code: 'BAD_SWITCH' }))
    expect(x.switches()).toEqual(before)
  })
})

describe('a delivery', () => {
  test('comes twice with the same bytes where it is duplicated', async () => {
    const { x, hook } = await subscribed()
    x.set({ duplicate: true })
    await x.tweet(hi())
    const [one, two] = hook.received
    expect(hook.received).toHaveLength(2)
    expect(two?.raw.equals(one?.raw ?? Buffer.alloc(0))).toBe(true)
  })

  test('changes places with the next one where they are reordered', async () => {
    const { x, hook } = await subscribed()
    x.set({ reorder: true })
    await Promise.all(['one', 'two', 'three', 'four'].map((text) => x.tweet(hi(text))))
    expect(texts(hook)).toEqual(['@hexbird two', '@hexbird one', '@hexbird four', '@hexbird three'])
  })

  test('that is alone while they are reordered goes after a second', async () => {
    const clock = testClock()
    const { x, hook } = await subscribed({ clock })
    x.set({ reorder: true })
    const told = x.tweet(hi())
    clock.advance(999)
    await x.tweet({ as: 'alice', text: 'nothing to deliver' })
    expect(hook.received).toHaveLength(0)
    clock.advance(1)
    await told
    expect(hook.received).toHaveLength(1)
  })

  test('is late by as much as asked', async () => {
    const clock = testClock()
    const { x, hook } = await subscribed({ clock })
    x.set({ delayMs: 60_000 })
    const told = x.tweet(hi())
    clock.advance(59_999)
    await clientsOf(x).asBot.v2.me()
    expect(hook.received).toHaveLength(0)
    clock.advance(1)
    await told
    expect(hook.received).toHaveLength(1)
  })

  test('is lost as often as asked, which is told, and can be sent after all', async () => {
    const { x, hook } = await subscribed()
    x.set({ drop: 1 })
    await x.tweet(hi('one'))
    await x.tweet(hi('two'))
    expect(texts(hook)).toEqual(['@hexbird two'])
    expect(x.deliveries()).toMatchObject([{ status: undefined, error: expect.stringMatching(/drop/) }, { status: 200 }])
    expect(x.switches().drop).toBe(0)
    expect(await x.redeliver('1')).toMatchObject({ id: '3', status: 200, attempt: 2 })
    expect(texts(hook)).toEqual(['@hexbird two', '@hexbird one'])
    await expect(x.redeliver('9')).rejects.toMatchObject({ code: 'UNKNOWN_DELIVERY' })
  })

  test('that fails is tried again after each of the waits, and no longer than it takes', async () => {
    const clock = testClock()
    const { x, hook } = await subscribed({ clock })
    x.set({ retryAfterMs: FORMER_RETRIES })
    hook.status = 500
    await x.tweet(hi())
    expect([hook.received.length, clock.waiting()]).toEqual([1, 1])
    clock.advance(2_999)
    expect(clock.waiting()).toBe(1)
    const before = x.deliveries().length
    clock.advance(1)
    await until(() => x.deliveries().length > before && clock.waiting() === 1)
    hook.status = 200
    clock.advance(27_000)
    await x.idle()
    expect(x.deliveries().map(({ status, attempt }) => [status, attempt])).toEqual([
      [500, 1],
      [500, 2],
      [200, 3],
    ])
    expect(clock.waiting()).toBe(0)
  })

  test('that always fails is given up after the last wait', async () => {
    const clock = testClock()
    const { x, hook } = await subscribed({ clock })
    x.set({ retryAfterMs: [5] })
    hook.status = 503
    await x.tweet(hi())
    clock.advance(5)
    await x.idle()
    expect([hook.received.length, clock.waiting()]).toEqual([2, 0])
  })

  test('that waits does not keep the local X from closing', async () => {
    const clock = testClock()
    const { x, hook } = await subscribed({ clock })
    x.set({ delayMs: 1_000, reorder: true })
    const told = x.tweet(hi())
    await x.close()
    await told
    expect([hook.received.length, clock.waiting()]).toEqual([0, 0])
    expect(x.deliveries()).toMatchObject([{ error: expect.stringMatching(/closed/) }])
  })

  test('is never lost or doubled by reordering and delays, however tweets come', async () => {
    const { x, hook } = await subscribed()
    const step = fc.record({ reorder: fc.boolean(), delayMs: fc.constantFrom(0, 1), drop: fc.constant(0) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        hook.received.length = 0
        const wanted = steps.map((_, at) => `@hexbird ${at}`)
        const told = steps.map((switches, at) => {
          x.set(switches)
          return x.tweet(hi(String(at)))
        })
        // Ends the pair that may be waiting for a second.
        x.set({ reorder: false, delayMs: 0 })
        told.push(x.tweet(hi('end')))
        await Promise.all(told)
        await x.idle()
        expect(new Set(texts(hook))).toEqual(new Set([...wanted, '@hexbird end']))
        expect(texts(hook)).toHaveLength(wanted.length + 1)
      }),
      { numRuns: Math.min(runs(), 25) },
    )
  }, 60_000)
})

describe('the API', () => {
  test('answers late by as much as asked', async () => {
    const clock = testClock()
    const { x, asBot } = await subscribed({ clock })
    x.set({ slowApiMs: 30_000 })
    const call = asBot.v2.me()
    await until(() => clock.waiting() === 1)
    clock.advance(30_000)
    expect((await call).data.username).toBe('hexbird')
  })

  test('answers 503 as often as asked, without the effect, and photos are not concerned', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    x.set({ failApi: 2 })
    await request(x, '/media/x.jpg', { headers: { host: 'pbs.twimg.com' } })
    for (const _ of [1, 2]) expect((await refusal(asBot.v2.tweet('hello'))).code).toBe(503)
    expect([x.tweets(), x.switches().failApi]).toEqual([[], 0])
    await asBot.v2.tweet('hello')
  })

  test('takes a tweet and cuts the line before the answer, as often as asked', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    x.set({ cutAfterPost: 1 })
    await asBot.v2.me()
    await expect(asBot.v2.tweet('hello')).rejects.toMatchObject({ type: 'request' })
    expect(x.tweets()).toMatchObject([{ displayText: 'hello' }])
    await asBot.v2.tweet('hello again')
  })

  test('cuts no line of a tweet that it refuses: the answer comes, and the next tweet is cut', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    await asBot.v2.tweet('hello')
    x.set({ cutAfterPost: 1 })
    expect((await refusal(asBot.v2.tweet('hello'))).code).toBe(403)
    expect(x.switches().cutAfterPost).toBe(1)
    await expect(asBot.v2.tweet('hello again')).rejects.toMatchObject({ type: 'request' })
    expect([x.tweets().length, x.switches().cutAfterPost]).toEqual([2, 0])
  })
})

test('a webhook that answers a challenge wrongly is told nothing until it is asked again and right', async () => {
  const { x, hook, asApp, webhookId } = await subscribed()
  hook.crc = 'wrong'
  expect(await x.checkWebhook(webhookId)).toMatchObject({ valid: false })
  await x.tweet(hi())
  expect(hook.received).toHaveLength(0)
  hook.crc = 'down'
  expect(await x.checkWebhook(webhookId)).toMatchObject({ valid: false })
  hook.crc = 'right'
  await asApp.v2.put('webhooks/:id', undefined, { params: { id: webhookId } })
  expect(x.webhooks()).toMatchObject([{ id: webhookId, valid: true }])
  await x.tweet(hi())
  expect(hook.received).toHaveLength(1)
  await expect(x.checkWebhook('1')).rejects.toMatchObject({ code: 'UNKNOWN_WEBHOOK' })
})

describe('a test’s clock', () => {
  test('runs timers in the order of their times, each at its own, those that they start too', () => {
    const clock = testClock(1_000)
    const ran: [string, number][] = []
    const note = (name: string) => () => void ran.push([name, clock.now()])
    clock.setTimer(note('late'), 30)
    const cancelled = clock.setTimer(note('never'), 5)
    clock.setTimer(() => {
      note('early')()
      clock.setTimer(note('started'), 5)
    }, 10)
    clock.clearTimer(cancelled)
    clock.advance(30)
    clock.set(1_030)
    expect(ran).toEqual([
      ['early', 1_010],
      ['started', 1_015],
      ['late', 1_030],
    ])
    expect(() => clock.set(1_029)).toThrow(expect.objectContaining({ code: 'BAD_CLOCK' }))
    expect([clock.now(), clock.waiting()]).toEqual([1_030, 0])
  })
})

/** Waits for what other connections do: there is no event to wait for. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
