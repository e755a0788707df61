import { randomUUID } from 'node:crypto'
import { MemoryQueue, MemorySignIn, MemoryUserActions } from '@hexbird/adapters-memory'
import {
  animalRules,
  BotError,
  type Definition,
  defineBot,
  type Event,
  photoReplies,
  type ReplyTexts,
} from '@hexbird/core'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { untilIdle } from '../src/consume.js'
import { type Around, startBot, type Work } from '../src/index.js'
import { endAll, heldLabeler, onLocalX } from './fixture.js'

afterEach(endAll)

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('a tweeted photo gets one reply, and nothing of it is kept', async () => {
  const { start, serving, asks, replies, ports } = await onLocalX()
  const worked: Work[] = []
  const around: Around = (work, handle) => {
    worked.push(work)
    return handle()
  }
  const running = start({ around })
  await serving(running.fetch)
  const { id } = await asks()
  await running.idle()
  expect(replies(id)).toEqual([expect.stringMatching(/Dog/)])
  const key = expect.stringMatching(/^jobs\/[0-9]+\/[0-9]+\.json$/)
  expect(worked).toMatchObject([
    { kind: 'event', event: { tweet: { id } } },
    { kind: 'job', key },
  ])
  expect(await ports.blobs.get((worked[1] as Extract<Work, { kind: 'job' }>).key)).toBeUndefined()
})

test('what has to wait comes back when its time has come, and not before', async () => {
  const { start, serving, asks, replies, ports, clock } = await onLocalX()
  const seen: string[] = []
  const running = start({
    async around(_, handle) {
      const outcome = await handle()
      seen.push(outcome.kind)
      return outcome
    },
  })
  await serving(running.fetch)
  await ports.killSwitch.wait('post', clock.now() + 60_000)
  const { id } = await asks()
  while (seen.at(-1) !== 'deferred') await turn()
  clock.advance(59_000)
  await turn()
  expect([seen, replies(id)]).toEqual([['job-stored', 'deferred'], []])
  clock.advance(60_000)
  await running.idle()
  expect(replies(id)).toHaveLength(1)
})

test('a handler is told to end while a reply still fits into its run, as on AWS', async () => {
  const { start, serving, asks, replies, ports } = await onLocalX()
  const timeout = AbortSignal.timeout
  const ends = jest.spyOn(AbortSignal, 'timeout')
  ends.mockImplementation((ms) => (ms === 15_000 ? AbortSignal.abort() : timeout(ms)))
  const told: boolean[] = []
  const bot = defineBot().on('tweet', async (ctx) => {
    told.push(ctx.signal.aborted)
    await ctx.reply('Too late for more.')
  })
  const running = start({}, ports, bot)
  await serving(running.fetch)
  const { id } = await asks()
  await running.idle()
  ends.mockRestore()
  expect([told, replies(id)]).toEqual([[true], ['Too late for more.']])
})

describe('when it is closed during work', () => {
  test('what is being done is finished, and what waits is done by the next bot', async () => {
    const { start, serving, asks, replies, ports } = await onLocalX({ concurrency: 1 })
    const labeler = heldLabeler()
    const running = start({}, { labeler })
    await serving(running.fetch)
    const [first, second] = [await asks('alice'), await asks('bob')]
    await labeler.reached
    const closing = running.close()
    labeler.release()
    await closing
    expect([replies(first.id), replies(second.id)]).toEqual([[expect.stringMatching(/Dog/)], []])
    expect(ports.queues.events.size + ports.queues.jobs.size).toBe(1)

    await start().idle()
    expect([replies(first.id), replies(second.id)]).toEqual([
      [expect.stringMatching(/Dog/)],
      [expect.stringMatching(/Dog/)],
    ])
  })

  test('a delivery that comes meanwhile is refused, so that X delivers it again', async () => {
    const { start, serving, asks, replies, x } = await onLocalX()
    let running = start()
    await serving((request, env) => running.fetch(request, env))
    await running.close()
    const { id } = await asks()
    const [refused] = x.deliveries()
    expect(refused?.status).toBe(503)

    running = start()
    await x.redeliver(refused?.id ?? '')
    await running.idle()
    expect(replies(id)).toHaveLength(1)
  })

  test('all services are closed once, after the last handler, though one of them fails', async () => {
    const { asks, serving, ports, options } = await onLocalX()
    const labeler = heldLabeler()
    const said: string[] = []
    const services = ['first', 'second'].map((name) => ({
      async close() {
        said.push(name)
        if (name === 'first') throw new Error('It does not close.')
      },
    }))
    const around: Around = async (work, handle) => {
      const outcome = await handle()
      said.push(work.kind)
      return outcome
    }
    const running = startBot(photoReplies(animalRules), { ...ports, labeler }, { ...options, services, around })
    await serving(running.fetch)
    await asks()
    await labeler.reached
    const closing = [running.close(), running.close()]
    labeler.release()
    expect(await Promise.allSettled(closing)).toEqual([
      { status: 'rejected', reason: new Error('It does not close.') },
      { status: 'rejected', reason: new Error('It does not close.') },
    ])
    expect(said).toEqual(['event', 'job', 'first', 'second'])
  })
})

test('an attempt that waits for good fails in time, is made again, and does not keep the bot from closing', async () => {
  const { start, serving, asks, replies, clock } = await onLocalX()
  const failed: unknown[] = []
  let isFirst = true
  const waits = defineBot().use((ctx) => {
    if (!isFirst) return ctx.reply('At last.')
    isFirst = false
    return new Promise(() => {})
  })
  const around: Around = (_, handle) =>
    handle().catch((error: unknown) => {
      failed.push(error)
      throw error
    })
  const running = start({ around, attemptTimeout: 50 }, {}, waits)
  await serving(running.fetch)
  const { id } = await asks()
  await running.close()
  expect(failed).toEqual([
    expect.objectContaining({ code: 'TIMEOUT', message: expect.stringMatching(/within 0.05 s/) }),
  ])
  start({}, {}, waits)
  for (; replies(id).length === 0; await turn()) clock.advance(100)
})

test('what fails each time ends as a dead letter with the reason', async () => {
  const { start, serving, asks, ports } = await onLocalX({ maxReceives: 1 })
  const reason = new Error('The labeler is away.')
  const failed: unknown[] = []
  const running = start(
    {
      around: (work, handle) =>
        handle().catch((error: unknown) => {
          failed.push([work.kind, error])
          throw error
        }),
    },
    { labeler: { label: () => Promise.reject(reason) } },
  )
  await serving(running.fetch)
  await asks()
  await running.idle()
  expect(ports.queues.jobs.deadLetters).toMatchObject([{ item: expect.stringMatching(/^jobs\//), receives: 1, reason }])
  expect(failed).toEqual([['job', reason]])
})

describe('idle', () => {
  test('waits for what is being handled', async () => {
    const { start, serving, asks, replies } = await onLocalX()
    const labeler = heldLabeler()
    const running = start({}, { labeler })
    await serving(running.fetch)
    const { id } = await asks()
    await labeler.reached
    let isIdle = false
    const idle = running.idle().then(() => {
      isIdle = true
    })
    await turn()
    expect(isIdle).toBe(false)
    labeler.release()
    await idle
    expect(replies(id)).toHaveLength(1)
  })

  test('waits for an event that comes while the last job is done', async () => {
    const queues = { events: new MemoryQueue<Event>(), jobs: new MemoryQueue<string>() }
    const handled: string[] = []
    queues.events.consume(async ({ kind }) => {
      await turn()
      handled.push(kind)
      return 'done'
    })
    queues.jobs.consume(async () => {
      await turn()
      await queues.events.put([{ kind: 'unknown', name: 'late' }])
      return 'done'
    })
    await queues.jobs.put(['jobs/1/2.json'])
    await untilIdle(queues)
    expect(handled).toEqual(['unknown'])
  })
})

test('a new bot counts from the next tweet on, and what is none changes nothing', async () => {
  const { start, serving, asks, replies } = await onLocalX()
  const running = start()
  await serving(running.fetch)
  const texts = animalRules.texts.en as ReplyTexts
  running.use(photoReplies({ ...animalRules, texts: { en: { ...texts, match: ['It is: {labels}.'] } } }))
  expect(() => running.use({} as Definition)).toThrow(BotError)
  const { id } = await asks()
  await running.idle()
  expect(replies(id)).toEqual([expect.stringMatching(/^It is: Dog/)])
})

describe('over HTTP', () => {
  test('it is healthy while it takes requests, and 503 once it closes', async () => {
    const { start, serving } = await onLocalX()
    const running = start()
    const origin = await serving(running.fetch)
    const answers = [await fetch(`${origin}/health`)]
    await running.close()
    answers.push(await fetch(`${origin}/health`))
    expect(await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()]))).toEqual([
      [200, 'ok'],
      [503, 'closing'],
    ])
  })

  test('people sign in where that is set up, at the callback that X was told', async () => {
    const { start: run, ports } = await onLocalX()
    const origin = 'https://bot.example'
    const running = run({
      signIn: {
        ports: {
          ...ports,
          newId: randomUUID,
          signIn: new MemorySignIn({ callbacks: [`${origin}/back`] }),
          userActions: new MemoryUserActions(),
        },
        app: {
          origin,
          paths: { callback: '/back' },
          service: 'Bird Watch',
          privacyPolicyUrl: `${origin}/privacy`,
          cookieKeys: ['k'.repeat(32)],
          addressOf: () => undefined,
        },
      },
    })
    const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }
    const get = (path: string) => running.fetch(new Request(`${origin}${path}`, { headers }))
    expect(await (await get('/sign-in')).text()).toContain('Sign in to Bird Watch')
    const start = await get('/api/twitter-session')
    expect([start.status, start.headers.get('location')]).toEqual([303, expect.stringContaining('oauth_token=')])
  })

  test('nothing is served that is not set up', async () => {
    const { ports, options } = await onLocalX()
    const running = startBot(photoReplies(animalRules), ports, { bot: options.bot })
    const answers = ['/twitter/webhook/handleapi?crc_token=a', '/sign-in', '/health'].map(
      async (path) => (await running.fetch(new Request(`http://127.0.0.1${path}`))).status,
    )
    expect(await Promise.all(answers)).toEqual([404, 404, 200])
    await running.close()
  })
})
