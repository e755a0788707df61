import { once } from 'node:events'
import http from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type LocalX, type LocalXOptions, testClock } from '../../src/index.js'
import { type Closers, clientsOf, closeAll, request, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

async function subscribed(options: LocalXOptions = {}, eventType = 'post.mention.create') {
  const clock = testClock()
  const x = await start(stack, { clock, ...options })
  const { asBot } = clientsOf(x)
  await asBot.v2.post('activity/subscriptions', { event_type: eventType, filter: { user_id: x.bot.id } })
  return { x, clock }
}

const headers = (x: LocalX) => ({ host: 'api.x.com', authorization: `Bearer ${x.credentials.bearerToken}` })

/** An open stream. `text` is what came, `more` waits for some, `end` for how it ended. */
async function open(x: LocalX, query = '') {
  const outgoing = http.get({
    host: '127.0.0.1',
    port: x.port,
    path: `/2/activity/stream${query}`,
    headers: headers(x),
    agent: false,
  })
  stack.push(async () => outgoing.destroy())
  const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage]
  const chunks: Buffer[] = []
  let heard = () => {}
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    heard()
  })
  const ended = new Promise<'whole' | 'cut'>((resolve) => {
    response.on('end', () => resolve('whole'))
    response.on('error', () => resolve('cut'))
  })
  const bytes = () => Buffer.concat(chunks)
  return {
    status: response.statusCode,
    headers: response.headers,
    bytes,
    ended,
    close: () => outgoing.destroy(),
    async until(length: number): Promise<string> {
      while (bytes().length < length) await new Promise<void>((resolve) => (heard = resolve))
      return bytes().toString()
    },
    async lines(count: number): Promise<string[]> {
      const whole = () => bytes().toString().split('\r\n').slice(0, -1)
      while (whole().length < count) await new Promise<void>((resolve) => (heard = resolve))
      return whole()
    },
  }
}

const textOf = (line: string | undefined) => JSON.parse(line ?? '').data.payload.text

describe('the activity stream', () => {
  test('stays open next to a server of Hono that has put its own Response in place of the global one', async () => {
    const { x } = await subscribed()
    const own = { Request: globalThis.Request, Response: globalThis.Response }
    createAdaptorServer({ fetch: () => new Response('hi') })
    stack.push(async () => void Object.assign(globalThis, own))
    expect(globalThis.Response).not.toBe(own.Response)
    const stream = await open(x)
    await x.tweet({ as: 'alice', text: '@hexbird one' })
    expect(await Promise.race([stream.lines(1), stream.ended])).toHaveLength(1)
    expect(x.stream.connections()).toBe(1)
  })

  test('carries one event a line, ended by CRLF, of subscriptions without a webhook', async () => {
    const { x } = await subscribed()
    const stream = await open(x)
    expect([stream.status, stream.headers['content-type'], x.stream.connections()]).toEqual([
      200,
      'application/json',
      1,
    ])
    await x.tweet({ as: 'alice', text: '@hexbird ü & ö' })
    await x.tweet({ as: 'alice', text: '@hexbird two' })
    const lines = await stream.lines(2)
    expect(lines.map(textOf)).toEqual(['@hexbird ü &amp; ö', '@hexbird two'])
    expect(JSON.parse(lines[0] ?? '').data).toMatchObject({
      event_type: 'post.mention.create',
      filter: { user_id: x.bot.id },
    })
    expect(x.bill().byKind.postEvent).toBe(10_000)
  })

  test('carries what a webhook is told as well', async () => {
    const { x } = await subscribed()
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(x)
    const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    const wanted = { event_type: 'post.reply.create', filter: { user_id: x.bot.id }, webhook_id: id }
    await asBot.v2.post('activity/subscriptions', wanted)
    const own = await x.tweet({ as: 'hexbird', text: 'hello' })
    const stream = await open(x)
    await x.tweet({ as: 'alice', text: 'yes', inReplyTo: own.id })
    expect(await stream.lines(1)).toEqual([hook.received[0]?.raw.toString()])
    expect(x.bill().byKind.postEvent).toBe(5_000)
  })

  test('sends a blank line every 20 seconds, and none when it is silent', async () => {
    const { x, clock } = await subscribed()
    const stream = await open(x)
    clock.advance(60_000)
    expect(await stream.until(6)).toBe('\r\n\r\n\r\n')
    x.set({ streamSilent: true })
    clock.advance(60_000)
    await x.tweet({ as: 'alice', text: '@hexbird nobody hears this' })
    x.set({ streamSilent: false })
    clock.advance(20_000)
    expect(await stream.until(8)).toBe('\r\n\r\n\r\n\r\n')
    expect(x.bill().total).toBe(0)
  })

  test('takes two connections, gives both every event, and refuses a third until one has gone', async () => {
    const { x } = await subscribed()
    const [first, second] = [await open(x), await open(x)]
    const third = await request(x, '/2/activity/stream', { headers: headers(x) })
    expect([third.status, JSON.parse(third.body.toString())]).toMatchObject([
      429,
      { title: 'ConnectionException', connection_issue: 'TooManyConnections' },
    ])
    await x.tweet({ as: 'alice', text: '@hexbird both' })
    expect((await first.lines(1))[0]).toBe((await second.lines(1))[0])
    first.close()
    while (x.stream.connections() > 1) await new Promise((resolve) => setImmediate(resolve))
    expect((await open(x)).status).toBe(200)
  })

  test('wants the app, not an account, and the parameters that X describes', async () => {
    const { x } = await subscribed()
    const { asBot } = clientsOf(x)
    await expect(asBot.v2.get('activity/stream')).rejects.toMatchObject({ code: 403 })
    for (const query of ['backfill_minutes=6', 'backfill_minutes=x', 'start_time=soon', 'end_time=', 'expansions=a']) {
      expect([query, (await request(x, `/2/activity/stream?${query}`, { headers: headers(x) })).status]).toEqual([
        query,
        400,
      ])
    }
    expect((await request(x, '/2/activity/stream', { headers: { host: 'api.x.com' } })).status).toBe(401)
    expect(x.stream.connections()).toBe(0)
  })

  test('gives what happened in the minutes of the backfill, and nothing older', async () => {
    const { x, clock } = await subscribed()
    await x.tweet({ as: 'alice', text: '@hexbird old' })
    clock.advance(120_001)
    await x.tweet({ as: 'alice', text: '@hexbird young' })
    expect(x.bill().total).toBe(0)
    const stream = await open(x, '?backfill_minutes=2')
    expect((await stream.lines(1)).map(textOf)).toEqual(['@hexbird young'])
    expect(x.bill().byKind.postEvent).toBe(5_000)
  })

  test('can be set to refuse a backfill, as is reported of self-serve apps', async () => {
    const { x } = await subscribed({ streamBackfill: 'enterprise-only' })
    expect((await request(x, '/2/activity/stream?backfill_minutes=1', { headers: headers(x) })).status).toBe(400)
    expect((await open(x, '?backfill_minutes=0')).status).toBe(200)
  })

  test('begins at `start_time` and ends at `end_time`', async () => {
    const { x, clock } = await subscribed()
    const time = () => new Date(clock.now()).toISOString()
    await x.tweet({ as: 'alice', text: '@hexbird before' })
    clock.advance(60_000)
    const from = time()
    await x.tweet({ as: 'alice', text: '@hexbird within' })
    clock.advance(60_000)
    const until = time()
    clock.advance(60_000)
    await x.tweet({ as: 'alice', text: '@hexbird after' })
    const past = await open(x, `?start_time=${from}&end_time=${until}`)
    clock.advance(0)
    expect([await past.ended, (await past.lines(1)).map(textOf)]).toEqual(['whole', ['@hexbird within']])
  })

  test('tells of deletions, messages, follows and revoked access as a webhook is told', async () => {
    const { x } = await subscribed({}, 'dm.received')
    const stream = await open(x)
    await x.message({ from: 'alice', text: 'hi' })
    await x.revoke('alice')
    const types = (await stream.lines(2)).map((line) => JSON.parse(line).data.event_type)
    expect(types).toEqual(['dm.received', 'oauth.revoke'])
  })
})

describe('the switches of the activity stream', () => {
  test('cut the line inside a character, and the event comes whole by backfill', async () => {
    const { x } = await subscribed()
    x.set({ cutStream: 1 })
    const stream = await open(x)
    await x.tweet({ as: 'alice', text: '@hexbird 🦊' })
    expect(await stream.ended).toBe('cut')
    expect(stream.bytes().subarray(-3)).toEqual(Buffer.from('🦊').subarray(0, 3))
    expect(x.switches().cutStream).toBe(0)
    const again = await open(x, '?backfill_minutes=1')
    expect((await again.lines(1)).map(textOf)).toEqual(['@hexbird 🦊'])
  })

  test('disconnect in words, in place of an event', async () => {
    const { x } = await subscribed()
    x.set({ disconnectStream: 1 })
    const stream = await open(x)
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    expect(await stream.ended).toBe('whole')
    expect((await stream.lines(1)).map((line) => JSON.parse(line))).toMatchObject([
      { errors: [{ title: 'operational-disconnect' }] },
    ])
  })

  test('deliver twice, late, or not at all, as deliveries to webhooks', async () => {
    const { x, clock } = await subscribed()
    const stream = await open(x)
    x.set({ duplicate: true, delayMs: 1_000 })
    await x.tweet({ as: 'alice', text: '@hexbird late' })
    expect(stream.bytes().length).toBe(0)
    let isIdle = false
    const idle = x.idle().then(() => (isIdle = true))
    await request(x, '/', { headers: headers(x) })
    expect(isIdle).toBe(false)
    clock.advance(1_000)
    await idle
    expect((await stream.lines(2)).map(textOf)).toEqual(['@hexbird late', '@hexbird late'])
    x.set({ duplicate: false, delayMs: 0, drop: 1 })
    await x.tweet({ as: 'alice', text: '@hexbird lost' })
    await x.tweet({ as: 'alice', text: '@hexbird last' })
    expect((await stream.lines(3)).slice(2).map(textOf)).toEqual(['@hexbird last'])
  })

  test('keep the headers back until the first byte', async () => {
    const { x, clock } = await subscribed()
    x.set({ lateStreamHeaders: true })
    const opening = open(x)
    let isOpen = false
    void opening.then(() => (isOpen = true))
    while (x.stream.connections() === 0) await new Promise((resolve) => setImmediate(resolve))
    await request(x, '/', { headers: headers(x) })
    expect(isOpen).toBe(false)
    clock.advance(20_000)
    expect(await (await opening).until(2)).toBe('\r\n')
  })

  test('and faults: 429 with the time of the reset, and a line that is cut before anything', async () => {
    const { x } = await subscribed()
    const path = '/2/activity/stream'
    x.failNext({ method: 'GET', path, respond: { status: 429, headers: { 'x-rate-limit-reset': '1785585600' } } })
    const limited = await open(x)
    expect([limited.status, limited.headers['x-rate-limit-reset']]).toEqual([429, '1785585600'])
    x.failNext({ method: 'GET', path, respond: 'drop-before' })
    await expect(open(x)).rejects.toThrow()
    x.failNext({ method: 'GET', path, respond: 'drop-after' })
    expect(await (await open(x)).ended).toBe('cut')
    expect(x.stream.connections()).toBe(0)
  })

  test('use up no connection for a client that left before X answered', async () => {
    const x = await start(stack)
    x.set({ slowApiMs: 100 })
    const leaving = http.get({ port: x.port, path: '/2/activity/stream', headers: headers(x), agent: false })
    leaving.on('error', () => {})
    await once(leaving, 'finish')
    // X has begun with it by the time it answers a later request.
    const other = request(x, '/2/users/me', { headers: headers(x) })
    leaving.destroy()
    await other
    await request(x, '/2/users/me', { headers: headers(x) })
    expect(x.stream.connections()).toBe(0)
  })

  test('write any bytes to the connections, and cut them', async () => {
    const { x } = await subscribed()
    const stream = await open(x)
    x.stream.write(Buffer.from([0xf0, 0x9f]))
    x.stream.cut()
    expect([await stream.ended, stream.bytes()]).toEqual(['cut', Buffer.from([0xf0, 0x9f])])
    expect(x.stream.connections()).toBe(0)
  })
})
