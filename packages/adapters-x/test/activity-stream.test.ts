import { once } from 'node:events'
import type { Agent, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import type { Event } from '@hexbird/core'
import type { Inbox } from '@hexbird/core/adapter'
import { type LocalX, type LocalXOptions, type Switches, startLocalX, testClock } from '@hexbird/local-x'
import { FakeTime, settled } from '@hexbird/testkit/fake-time'
import { answer, cut, type Script, silence, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import {
  type ActivityStreamEvent,
  agentTo,
  XActivityStream,
  type XActivityStreamOptions,
  XError,
  XWebhooks,
} from '../src/index.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

type Kind = ActivityStreamEvent['kind']

/** A stream in a time of its own, and what came of it. */
function streamTo(port: number, options: Partial<XActivityStreamOptions> = {}) {
  const agent = agentTo({ port })
  const time = new FakeTime(Date.UTC(2026, 7, 1, 12))
  const events: ActivityStreamEvent[] = []
  const taken: Event[] = []
  const { setTimer, ...others } = time.forQueue()
  let timersSet = 0
  const stream = new XActivityStream({
    bearerToken: 'AAAAbearer7',
    agent,
    inbox: { put: async (all) => void taken.push(...all) },
    ...others,
    setTimer(run, milliseconds) {
      timersSet += 1
      return setTimer(run, milliseconds)
    },
    random: () => 0,
    ...options,
    onEvent(event) {
      events.push(event)
      options.onEvent?.(event)
    },
  })
  open.push({ close: () => agent.destroy() }, stream)
  const of = <K extends Kind>(kind: K) =>
    events.filter((event): event is Extract<ActivityStreamEvent, { kind: K }> => event.kind === kind)
  return {
    stream,
    agent,
    time,
    events,
    of,
    /** How many timers were set so far: each byte that comes sets one anew. */
    timersSet: () => timersSet,
    texts: () => taken.map((event) => (event.kind === 'tweet' ? event.tweet.text : event.kind)),
    /** Waits while no time passes. */
    async until(isSo: () => boolean) {
      while (!isSo()) await settled()
    },
    async heard(kind: Kind, count = 1) {
      while (of(kind).length < count) await settled()
    },
  }
}

/** A local X whose bot is subscribed to mentions, without a webhook, and a stream of it that has not started. */
async function onLocalX(
  settings: LocalXOptions = {},
  options: (x: LocalX) => Partial<XActivityStreamOptions> = () => ({}),
) {
  const clock = testClock()
  const x = await startLocalX({ clock, ...settings })
  open.push(x)
  const { bearerToken } = x.credentials
  const made = streamTo(x.port, { bearerToken, ...options(x) })
  const webhooks = new XWebhooks({ bearerToken, userCredentials: x.credentials, agent: made.agent })
  const subscribed = await webhooks.subscribe({
    dialect: 'x-activity',
    botId: x.bot.id,
    eventTypes: ['post.mention.create'],
  })
  expect(subscribed).toMatchObject([{ kind: 'subscribed', subscription: { userId: x.bot.id } }])
  const tweet = (text: string) => x.tweet({ as: 'alice', text: `@hexbird ${text}` })
  const set = (some: Partial<Switches>) => x.set(some)
  return { x, clock, tweet, set, ...made }
}

async function onServer(scripts: readonly Script[], options: Partial<XActivityStreamOptions> = {}) {
  const server = await startScripted(...scripts)
  open.push(server)
  return { server, ...streamTo(server.port, options) }
}

/** Answers 200 and sends these bytes, and then nothing. */
const sends =
  (...all: readonly (string | Uint8Array)[]): Script =>
  (response) => {
    response.writeHead(200)
    response.flushHeaders()
    for (const bytes of all) response.write(bytes)
  }

const busy = (agent: Agent) => Object.values(agent.sockets).flat().length

describe('the activity stream, over the local X', () => {
  test('puts what X sends into the inbox in its order, and tells when it is connected', async () => {
    const { x, stream, tweet, until, heard, events, texts } = await onLocalX()
    stream.start()
    stream.start()
    await heard('connected')
    expect(x.stream.connections()).toBe(1)
    for (const text of ['one', 'two & ü', 'three <b>']) await tweet(text)
    await until(() => texts().length === 3)
    expect(texts()).toEqual(['@hexbird one', '@hexbird two & ü', '@hexbird three <b>'])
    expect(events.map(({ kind }) => kind)).toEqual(['connected', 'taken', 'taken', 'taken'])
    expect(events[0]).toEqual({ kind: 'connected', backfillMinutes: 5 })
  })

  test('connects again at once when the line is cut inside a character, and has the event by backfill', async () => {
    const { stream, tweet, set, heard, until, time, of, texts } = await onLocalX()
    stream.start()
    await heard('connected')
    set({ cutStream: 1 })
    await tweet('🦊')
    await heard('cut')
    expect(of('cut')).toMatchObject([{ retryInMs: 0 }])
    await time.pass(0)
    await until(() => texts().length === 1)
    expect(texts()).toEqual(['@hexbird 🦊'])
    expect(of('line-skipped')).toEqual([])
  })

  test('gives up a connection on which nothing comes for 45 seconds, and connects again', async () => {
    const { x, clock, stream, set, heard, time, of, tweet, until, texts, timersSet } = await onLocalX()
    stream.start()
    await heard('connected')
    await time.pass(44_000)
    const before = timersSet()
    clock.advance(20_000)
    // The keep-alive has been heard.
    await until(() => timersSet() > before)
    await time.pass(44_000)
    expect(of('silent')).toEqual([])
    set({ streamSilent: true })
    await tweet('unheard')
    await time.pass(1_000)
    await heard('silent')
    expect(of('silent')).toEqual([{ kind: 'silent', silenceMs: 45_000, retryInMs: 0 }])
    set({ streamSilent: false })
    await time.pass(0)
    await until(() => texts().length === 1)
    expect(x.stream.connections()).toBe(1)
  })

  test('waits for headers that come with the first keep-alive', async () => {
    const { x, clock, stream, set, heard, time, of, until } = await onLocalX()
    set({ lateStreamHeaders: true })
    stream.start()
    await until(() => x.stream.connections() === 1)
    await time.pass(20_000)
    expect(of('silent')).toEqual([])
    clock.advance(20_000)
    await heard('connected')
  })

  test('tells what X says in the stream, and connects again when X has ended it', async () => {
    const { stream, tweet, set, heard, time, of, until, texts } = await onLocalX()
    stream.start()
    await heard('connected')
    set({ disconnectStream: 1 })
    await tweet('hello')
    await heard('cut')
    expect(of('error-told')).toEqual([
      { kind: 'error-told', detail: 'This stream has been disconnected upstream for operational reasons.' },
    ])
    expect(of('cut')).toEqual([{ kind: 'cut', detail: 'X ended the stream.', retryInMs: 0 }])
    await time.pass(0)
    await until(() => texts().length === 1)
  })

  test('takes an event twice where X sends it twice, late or not', async () => {
    const { clock, stream, tweet, set, heard, until, texts } = await onLocalX()
    stream.start()
    await heard('connected')
    set({ duplicate: true, delayMs: 1000 })
    await tweet('twice')
    clock.advance(1000)
    await until(() => texts().length === 2)
    expect(texts()).toEqual(['@hexbird twice', '@hexbird twice'])
  })

  test('waits until the time that X names with 429', async () => {
    const { x, stream, heard, time, of } = await onLocalX()
    const reset = String(time.now() / 1000 + 300)
    const respond = { status: 429, headers: { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset } }
    x.failNext({ method: 'GET', path: '/2/activity/stream', respond })
    stream.start()
    await heard('refused')
    expect(of('refused')).toMatchObject([{ status: 429, retryInMs: 300_000 }])
    await time.pass(299_999)
    expect(of('connected')).toEqual([])
    await time.pass(1)
    await heard('connected')
  })

  test('waits a minute, not for the window’s end, where X has too many connections', async () => {
    const first = await onLocalX()
    const others = [0, 1].map(() => streamTo(first.x.port, { bearerToken: first.x.credentials.bearerToken }))
    for (const { stream, heard } of others) {
      stream.start()
      await heard('connected')
    }
    first.stream.start()
    await first.heard('refused')
    expect(first.of('refused')).toMatchObject([{ status: 429, retryInMs: 60_000 }])
    await others[0]?.stream.close()
    await first.until(() => first.x.stream.connections() === 1)
    await first.time.pass(60_000)
    await first.heard('connected')
  })

  test('does without a backfill where X refuses it, at once and from then on', async () => {
    const { x, stream, heard, time, of } = await onLocalX({ streamBackfill: 'enterprise-only' })
    stream.start()
    await heard('connected')
    expect([of('no-backfill'), of('connected')]).toMatchObject([[{}], [{ backfillMinutes: 0 }]])
    x.stream.cut()
    await heard('cut')
    await time.pass(0)
    await heard('connected', 2)
    expect(of('no-backfill')).toHaveLength(1)
  })

  test('tries ever more rarely with a token that X does not take, and tells each time', async () => {
    const { stream, heard, time, of, events } = await onLocalX({}, () => ({ bearerToken: 'AAAAwrong' }))
    stream.start()
    for (const [count, wait] of [5, 10, 20, 40, 80, 160, 320, 320].entries()) {
      await heard('refused', count + 1)
      expect(of('refused').at(-1)).toMatchObject({ status: 401, retryInMs: wait * 1000 })
      await time.pass(wait * 1000)
    }
    expect(inspect(events)).not.toContain('AAAAwrong')
  })

  test('skips a line of 10 MB, and reads the next', async () => {
    const { x, stream, tweet, heard, of, until, texts } = await onLocalX()
    stream.start()
    await heard('connected')
    for (let left = 160; left > 0; left--) {
      x.stream.write(Buffer.alloc(64 * 1024, 'x'))
      await settled()
    }
    x.stream.write('\r\n')
    await tweet('after it')
    await until(() => texts().length === 1)
    expect(of('line-skipped')).toEqual([{ kind: 'line-skipped', reason: 'too-long', bytes: 160 * 64 * 1024 + 1 }])
  })

  test.each([1, 2, 3, 10, 100, 200])('loses nothing to a cut after %s bytes of a line', async (bytes) => {
    const { x, stream, tweet, heard, time, until, texts, set } = await onLocalX()
    stream.start()
    await heard('connected')
    set({ drop: 1 })
    await tweet('🦊🦊🦊')
    x.stream.write(Buffer.from(`{"data":{"tag":"${'🦊'.repeat(60)}`).subarray(0, bytes))
    x.stream.cut()
    await heard('cut')
    await time.pass(0)
    await until(() => texts().length === 1)
    expect(texts()).toEqual(['@hexbird 🦊🦊🦊'])
  })
})

describe('the activity stream, while its inbox is slow', () => {
  test('reads nothing more than buffers hold, is not silent, and then goes on in order', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const taken: string[] = []
    const inbox: Inbox = {
      async put([event]) {
        if (taken.length === 0) await held
        taken.push(event?.kind === 'tweet' ? event.tweet.text : '')
      },
    }
    const line = (at: number) => `${JSON.stringify({ data: mention(String(at), `${at} ${'x'.repeat(10_000)}`) })}\r\n`
    let isFull = false
    let sent = 0
    const fill = async (response: ServerResponse) => {
      response.writeHead(200)
      for (; sent < 5_000 && !isFull; sent++) {
        if (response.write(line(sent))) continue
        const drained = once(response, 'drain').then(() => true)
        isFull = !(await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, 200, false))]))
      }
    }
    const flood: Script = (response) => void fill(response)
    const { stream, time, until, of } = await onServer([flood], { inbox })
    stream.start()
    await until(() => isFull)
    expect(sent).toBeLessThan(5_000)
    expect(taken).toEqual([])
    await time.pass(600_000)
    expect(of('silent')).toEqual([])
    release()
    await until(() => taken.length === sent)
    expect(taken.map((text) => Number(text.split(' ')[0]))).toEqual(Array.from({ length: sent }, (_, at) => at))
  }, 60_000)

  test('holds an event that the inbox does not take, and tries until it does, while the connection is long gone', async () => {
    const taken: string[] = []
    let failures = 3
    const inbox: Inbox = {
      async put([event]) {
        failures -= 1
        if (failures >= 0) throw new Error('the disk is full')
        taken.push(event?.kind === 'tweet' ? event.tweet.text : '')
      },
    }
    const { x, stream, tweet, heard, time, of, until } = await onLocalX({ streamBackfill: 'enterprise-only' }, () => ({
      inbox,
    }))
    stream.start()
    await heard('connected')
    await tweet('one')
    await heard('not-taken')
    await tweet('two')
    x.stream.cut()
    await until(() => x.stream.connections() === 0)
    for (const [count, wait] of [500, 1_000, 2_000].entries()) {
      await heard('not-taken', count + 1)
      expect(of('not-taken').at(-1)).toMatchObject({ error: { message: 'the disk is full' }, retryInMs: wait })
      await time.pass(wait)
    }
    await until(() => taken.length === 2)
    expect(taken).toEqual(['@hexbird one', '@hexbird two'])
    await time.pass(0)
    await heard('connected', 2)
  })
})

const mention = (id: string, text: string) => ({
  event_type: 'post.mention.create',
  filter: { user_id: '9' },
  payload: { id, text, author_id: '7' },
})

describe('the activity stream, over any server', () => {
  test('asks as X wants it: one path, the Bearer token, no compression', async () => {
    const { server, stream, heard } = await onServer([sends('\r\n')])
    stream.start()
    await heard('connected')
    const [{ method, url, headers } = { method: '', url: '', headers: {} }] = server.requests
    expect([method, url]).toEqual(['GET', '/2/activity/stream?backfill_minutes=5'])
    expect(headers).toMatchObject({
      host: 'api.x.com',
      authorization: 'Bearer AAAAbearer7',
      'accept-encoding': 'identity',
    })
  })

  test('reads a last line without an end when X ends in good order, and both sides of a line with errors', async () => {
    const both = JSON.stringify({ data: mention('1', 'first'), errors: [{ detail: 'Something is partial.' }] })
    const last = JSON.stringify({ data: mention('2', 'last') })
    const { stream, until, texts, of } = await onServer([
      (response) => void response.writeHead(200).end(`${both}\n${last}`),
      sends('\r\n'),
    ])
    stream.start()
    await until(() => texts().length === 2)
    expect(texts()).toEqual(['first', 'last'])
    expect(of('error-told')).toEqual([{ kind: 'error-told', detail: 'Something is partial.' }])
  })

  test('skips what is no event, tells of what it does not know, and goes on', async () => {
    const lines = ['null', '[]', '{"data":', 'GET / HTTP/1.1', '{"data":{"event_type":"news.new"}}', '{}', '  ']
    const bytes = [...lines.map((line) => `${line}\r\n`), Buffer.from([0x7b, 0xff, 0x7d, 0x0a])]
    const right = `${JSON.stringify({ data: mention('1', 'right') })}\r\n`
    const { stream, until, texts, of } = await onServer([sends(...bytes, right)])
    stream.start()
    await until(() => texts().length === 1)
    expect(of('line-skipped').map(({ reason }) => reason)).toEqual(Array(5).fill('unreadable'))
    expect(of('taken').map(({ passedOver }) => passedOver)).toEqual([[{ kind: 'unknown', name: 'news.new' }], []])
  })

  test('forgets earlier failures once a connection has lasted a minute', async () => {
    let last: ServerResponse | undefined
    const stays: Script = (response, request) => {
      last = response
      sends()(response, request)
    }
    const { stream, heard, time, of } = await onServer([cut, cut, cut, stays], { silenceMs: 3_600_000 })
    stream.start()
    for (const [count, wait] of [0, 250, 500].entries()) {
      await heard('cut', count + 1)
      expect(of('cut').at(-1)?.retryInMs).toBe(wait)
      await time.pass(wait)
    }
    for (const [count, [lasted, wait]] of [
      [59_999, 750],
      [60_000, 0],
      [0, 250],
    ].entries()) {
      await heard('connected', count + 1)
      await time.pass(lasted ?? 0)
      last?.destroy()
      await heard('cut', count + 4)
      expect([lasted, of('cut').at(-1)?.retryInMs]).toEqual([lasted, wait])
      await time.pass(wait ?? 0)
    }
  })

  test('is not stopped by whoever watches', async () => {
    const watcher = {
      onEvent: () => {
        throw new Error('the watcher broke')
      },
    }
    const { stream, until, texts } = await onServer(
      [sends(`${JSON.stringify({ data: mention('1', 'a') })}\n`)],
      watcher,
    )
    stream.start()
    await until(() => texts().length === 1)
  })

  test('keeps the token out of what it tells, whatever X quotes', async () => {
    const quoting = answer(403, { title: 'Forbidden', detail: 'Bearer AAAAbearer7 may not do this.' })
    const told = `${JSON.stringify({ errors: [{ detail: 'AAAAbearer7 is bad' }] })}\n`
    const { stream, heard, time, events } = await onServer([quoting, sends(told)])
    stream.start()
    await heard('refused')
    await time.pass(5_000)
    await heard('error-told')
    expect(inspect(events, { depth: 5 })).toContain('[removed]')
    expect(inspect(events, { depth: 5 })).not.toContain('AAAAbearer7')
  })

  test('refuses a token that cannot be one, and minutes that X does not take', () => {
    const inbox = { put: async () => {} }
    for (const bearerToken of ['', 'two words', 'line\nend', 'ü']) {
      expect(() => new XActivityStream({ bearerToken, inbox })).toThrow(XError)
    }
    for (const backfillMinutes of [-1, 6, 0.5, Number.NaN]) {
      expect(() => new XActivityStream({ bearerToken: 'a', inbox, backfillMinutes })).toThrow(XError)
    }
  })
})

describe('closing the activity stream', () => {
  const steps: readonly [string, readonly Script[], (made: ReturnType<typeof streamTo>) => Promise<void>][] = [
    ['before it has begun', [silence], async () => {}],
    ['while X does not answer', [silence], async ({ until, agent }) => until(() => busy(agent) === 1)],
    ['while it is connected', [sends()], ({ heard }) => heard('connected')],
    ['within a line', [sends('{"data"')], ({ heard }) => heard('connected')],
    [
      'while an error is read',
      [(response) => void response.writeHead(503).write('{')],
      async ({ until, agent, time }) => {
        await until(() => busy(agent) === 1)
        await time.pass(10)
      },
    ],
    ['while it waits after a refusal', [answer(503)], ({ heard }) => heard('refused')],
    ['while it waits after a 429', [answer(429)], ({ heard }) => heard('refused')],
    [
      'while it waits after a cut',
      [cut, cut],
      async ({ heard, time }) => {
        await heard('cut')
        await time.pass(0)
        await heard('cut', 2)
      },
    ],
  ]

  test.each(steps)('%s leaves no connection and no timer, and tells nothing more', async (_when, scripts, reach) => {
    const made = await onServer(scripts)
    const { stream, agent, time, events, until } = made
    if (_when !== 'before it has begun') stream.start()
    await reach(made)
    const told = events.length
    await stream.close()
    await until(() => busy(agent) === 0)
    await time.pass(3_600_000)
    stream.start()
    await settled()
    expect([time.timers, busy(agent), events.length]).toEqual([0, 0, told])
    await stream.close()
  })

  test('while the inbox tries again takes in nothing more', async () => {
    let puts = 0
    const inbox: Inbox = {
      async put() {
        puts += 1
        throw new Error('down')
      },
    }
    const line = `${JSON.stringify({ data: mention('1', 'a') })}\n`
    const { stream, agent, time, heard, until } = await onServer([sends(line, line)], { inbox })
    stream.start()
    await heard('not-taken')
    await stream.close()
    await until(() => busy(agent) === 0)
    await time.pass(3_600_000)
    expect([puts, time.timers]).toEqual([1, 0])
  })

  test('cuts the connection at once, and waits for what the inbox has in hand', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let puts = 0
    const inbox: Inbox = {
      async put() {
        puts += 1
        await held
      },
    }
    const line = `${JSON.stringify({ data: mention('1', 'a') })}\n`
    const { stream, agent, until } = await onServer([sends(line, line)], { inbox })
    stream.start()
    await until(() => puts === 1)
    let isClosed = false
    const closing = stream.close().then(() => (isClosed = true))
    await until(() => busy(agent) === 0)
    expect(isClosed).toBe(false)
    release()
    await closing
    expect(puts).toBe(1)
  })
})
