import { decodeEvent } from '@hexbird/adapters-aws/messages'
import { defaultLimits, selfServe2026 } from '@hexbird/core'
import { freePort } from '@hexbird/testkit/free-port'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { createWiring } from '../src/container.js'
import { makeAdmin } from '../src/handlers/admin.js'
import { makeSweep } from '../src/handlers/sweep.js'
import { type Fixture, secretsOf, startFixture } from './fixture.js'
import { telling } from './observers.js'
import { startWebhookAtX, type WebhookAtX } from './webhook-at-x.js'

const load = () => import('../bot.js')

const CONTEXT = {} as Context

let fixture: Fixture
let webhook: WebhookAtX
let webhookId: string
beforeAll(async () => {
  fixture = await startFixture()
  webhook = await startWebhookAtX(fixture)
  const admin = makeAdmin(load)(await fixture.settings('admin'), telling())
  await admin({ action: 'webhook-register', url: webhook.url }, CONTEXT)
  webhookId = fixture.x.webhooks()[0]?.id ?? ''
})
afterEach(async () => {
  webhook.works(true)
  await fixture.x.checkWebhook(webhookId)
  fixture.emulator.reset()
  const { killSwitch, budget } = await createWiring(await fixture.settings('sweep')).ports('killSwitch', 'budget')
  await killSwitch.reset()
  await budget.removeAll()
})
afterAll(async () => {
  await webhook.close()
  await fixture.close()
})

/** A function of its own for each test, as after a cold start. */
async function sweeping() {
  const told = telling()
  const run = makeSweep(load)(await fixture.settings('sweep'), told)
  return { told, sweep: () => run({}, CONTEXT) }
}

const tweet = (as: string) => fixture.x.tweet({ as, text: `@${fixture.x.bot.username} what is this?` })
const queued = () =>
  fixture.messages('events').map(({ body }) => {
    const event = decodeEvent(body)
    return event.kind === 'tweet' ? event.tweet.id : event.kind
  })

const refusal = (sweep: Promise<unknown>) =>
  sweep.then(
    () => undefined,
    (error: unknown) => error as { readonly code?: string },
  )

describe('sweep', () => {
  test('puts the mentions that X lists into the queue, and the next time only what is new', async () => {
    const [first, second] = [await tweet('ada'), await tweet('bob')]
    const { sweep, told } = await sweeping()
    const report = await sweep()
    expect(report).toEqual({
      mentions: { kind: 'swept', found: 2, unreadable: 0 },
      webhooks: [{ id: webhookId, valid: true }],
    })
    expect(queued()).toEqual([first.id, second.id])
    expect([told.counted('Swept'), told.counted('WebhookValid')]).toEqual([2, 1])
    const spent = told.counts.filter(({ name }) => name === 'Spend').reduce((sum, { amount }) => sum + amount, 0)
    expect(spent).toBe(2 * selfServe2026.prices.ownedRead)

    fixture.emulator.reset()
    const third = await tweet('carol')
    expect((await (await sweeping()).sweep()).mentions).toMatchObject({ kind: 'swept', found: 1 })
    expect(queued()).toEqual([third.id])
    for (const secret of [...secretsOf(fixture), 'what is this']) expect(told.text()).not.toContain(secret)
  })

  test('asks nothing of X where the budget is used up, and says so', async () => {
    const { budget } = await createWiring(await fixture.settings('sweep')).ports('budget')
    const window = `day:${new Date().toISOString().slice(0, 10)}`
    const limit = defaultLimits.perDay
    await budget.reserve([{ kind: 'day', window, amount: limit, limit, endsAt: Date.now() + 86_400_000 }], Date.now())
    await tweet('dan')
    const { sweep, told } = await sweeping()
    expect((await sweep()).mentions).toMatchObject({ kind: 'over-budget' })
    expect(queued()).toEqual([])
    expect([told.counted('OverBudget'), told.counted('SweepRefused'), told.counted('Swept')]).toEqual([1, 1, 0])
    expect(told.counted('WebhookValid')).toBe(1)
  })

  test('spends no more than the stage allows', async () => {
    const settings = { ...(await fixture.settings('sweep')), limits: { sweepPerDay: 0 } }
    const { mentions } = await makeSweep(load)(settings, telling())(undefined, {} as Context)
    expect(mentions).toMatchObject({ kind: 'over-budget' })
  })

  test('asks for no mentions while the kill switch has tripped, and says so', async () => {
    const { killSwitch } = await createWiring(await fixture.settings('sweep')).ports('killSwitch')
    await killSwitch.trip('Code 326.', Date.now())
    const { sweep, told } = await sweeping()
    expect((await sweep()).mentions).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect([told.counted('BreakerOpen'), told.counted('Swept'), told.counted('WebhookValid')]).toEqual([1, 0, 1])
  })

  test('has X look again at a webhook that is invalid, and it is valid', async () => {
    webhook.works(false)
    expect((await fixture.x.checkWebhook(webhookId)).valid).toBe(false)
    webhook.works(true)
    const { sweep, told } = await sweeping()
    expect((await sweep()).webhooks).toEqual([{ id: webhookId, valid: true }])
    expect(fixture.x.webhooks()[0]?.valid).toBe(true)
    expect(told.counted('WebhookValid')).toBe(1)
  })

  test('a webhook that stays invalid is counted as such', async () => {
    webhook.works(false)
    await fixture.x.checkWebhook(webhookId)
    const { sweep, told } = await sweeping()
    expect((await sweep()).webhooks).toEqual([{ id: webhookId, valid: false }])
    expect(told.counts.find(({ name }) => name === 'WebhookValid')?.amount).toBe(0)
  })

  test('where X does not list webhooks the mentions are swept all the same, and the error is thrown', async () => {
    const { id } = await tweet('eve')
    fixture.x.failNext({ method: 'GET', path: '/2/webhooks', respond: { status: 503 } })
    const { sweep, told } = await sweeping()
    expect(await refusal(sweep())).toMatchObject({ name: 'XError' })
    expect(queued()).toContain(id)
    expect(told.counts.map(({ name }) => name)).not.toContain('WebhookValid')
    for (const secret of secretsOf(fixture)) expect(told.text()).not.toContain(secret)
  })

  test('where the database is away the webhooks are looked at all the same, and the error is thrown', async () => {
    await withoutDatabase(async () => {
      const { sweep, told } = await sweeping()
      expect(await refusal(sweep())).toMatchObject({ code: 'STORE_UNREACHABLE' })
      expect(told.counted('WebhookValid')).toBe(1)
    })
  })

  test('of two errors none is lost', async () => {
    await withoutDatabase(async () => {
      fixture.x.failNext({ method: 'GET', path: '/2/webhooks', respond: { status: 503 } })
      const { sweep, told } = await sweeping()
      expect(await refusal(sweep())).toMatchObject({ code: 'STORE_UNREACHABLE' })
      expect(told.lines).toMatchObject([
        { level: 'error', message: 'The webhooks could not be checked.', error: { name: 'XError' } },
      ])
    })
  })

  test('where the queue does not take what was found, the next sweep finds it again', async () => {
    const { id } = await tweet('frank')
    const { AWS_ENDPOINT_URL_SQS: url } = process.env
    process.env.AWS_ENDPOINT_URL_SQS = `http://127.0.0.1:${await freePort()}`
    try {
      expect(await refusal((await sweeping()).sweep())).toMatchObject({ code: 'AWS_UNREACHABLE' })
    } finally {
      process.env.AWS_ENDPOINT_URL_SQS = url
    }
    await (await sweeping()).sweep()
    expect(queued()).toContain(id)
  })
})

async function withoutDatabase(use: () => Promise<void>): Promise<void> {
  const { AWS_ENDPOINT_URL_DYNAMODB: url } = process.env
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${await freePort()}`
  try {
    await use()
  } finally {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = url
  }
}
