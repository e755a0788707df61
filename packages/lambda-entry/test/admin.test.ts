import { defaultLimits } from '@hexbird/core'
import { runs } from '@hexbird/testkit/runs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { anything, assert, asyncProperty, constant, constantFrom, dictionary, jsonValue, oneof } from 'fast-check'
import { createWiring } from '../src/container.js'
import { type AdminRequest, type AdminResult, makeAdmin } from '../src/handlers/admin.js'
import { type Fixture, STAGE, secretsOf, startFixture } from './fixture.js'
import { type Told, telling } from './observers.js'
import { startWebhookAtX, type WebhookAtX } from './webhook-at-x.js'

const load = () => import('../bot.js')

const CONTEXT = {} as Context

let fixture: Fixture
let webhook: WebhookAtX
let ask: (request: unknown) => Promise<AdminResult>
let told: Told
beforeAll(async () => {
  fixture = await startFixture()
  webhook = await startWebhookAtX(fixture)
})
beforeEach(async () => {
  told = telling()
  const run = makeAdmin(load)(await fixture.settings('admin'), told)
  ask = (request) => run(request, CONTEXT)
})
afterAll(async () => {
  await webhook.close()
  await fixture.close()
})

/** What was done, as the operator reads it. */
async function done(request: AdminRequest): Promise<unknown> {
  const result = await ask(request)
  if (result.kind !== 'done') throw new Error(result.detail)
  const read = JSON.parse(JSON.stringify(result.result)) as unknown
  for (const secret of secretsOf(fixture)) expect(JSON.stringify([read, told.text()])).not.toContain(secret)
  return read
}

async function refusedWith(request: unknown): Promise<string> {
  const result = await ask(request)
  return result.kind === 'refused' ? result.detail : `done: ${JSON.stringify(result)}`
}

const ports = async () =>
  createWiring(await fixture.settings('admin')).ports('accounts', 'blobs', 'budget', 'optOuts', 'killSwitch', 'ledger')

async function registered(): Promise<string> {
  for (const { id } of fixture.x.webhooks()) await done({ action: 'webhook-delete', id })
  const { webhook: made } = (await done({ action: 'webhook-register', url: webhook.url })) as {
    webhook: { id: string }
  }
  return made.id
}

describe('admin: webhooks', () => {
  test('registers the webhook, lists it, and deletes it', async () => {
    const id = await registered()
    expect(await done({ action: 'webhook-list' })).toEqual([
      { id, url: webhook.url, valid: true, createdAt: expect.any(String) },
    ])
    expect(await done({ action: 'webhook-delete', id })).toEqual({ kind: 'removed' })
    expect(await done({ action: 'webhook-list' })).toEqual([])
  })

  test('says what X has against a webhook', async () => {
    webhook.works(false)
    const result = await done({ action: 'webhook-register', url: webhook.url })
    webhook.works(true)
    expect(result).toMatchObject({ kind: 'refused', reason: 'CrcValidationFailed' })
  })

  test('has X challenge an invalid webhook again', async () => {
    const id = await registered()
    webhook.works(false)
    expect((await fixture.x.checkWebhook(id)).valid).toBe(false)
    expect(await done({ action: 'webhook-revalidate', id })).not.toMatchObject({ kind: 'valid' })
    webhook.works(true)
    expect(await done({ action: 'webhook-revalidate', id })).toMatchObject({
      kind: 'valid',
      webhook: { id, valid: true },
    })
  })

  test('has X deliver once more what it delivered between two times', async () => {
    const id = await registered()
    const [from, to] = [-60_000, 0].map((ago) => new Date(Date.now() + ago).toISOString())
    const replay = { action: 'webhook-replay', id, from, to } as AdminRequest
    expect(await done(replay)).toEqual({ kind: 'started', jobId: expect.any(String) })
    expect(await refusedWith({ ...replay, from: 'yesterday' })).toContain('must be a time in UTC')
  })

  test.each(['x-activity', 'account-activity'] as const)('subscribes in %s, lists it, and ends it', async (dialect) => {
    const webhookId = await registered()
    const results = (await done({ action: 'subscribe', webhookId, dialect })) as { kind: string }[]
    expect(results.length).toBeGreaterThan(0)
    expect(results.every(({ kind }) => kind === 'subscribed')).toBe(true)
    const listed = (await done({ action: 'subscriptions', webhookId })) as Listed[]
    expect(listed).toHaveLength(results.length)
    expect(listed.every((each) => each.dialect === dialect)).toBe(true)
    for (const { id, userId = '' } of listed) {
      const ended = await done({ action: 'unsubscribe', webhookId, dialect, id: id ?? userId })
      expect(ended).toEqual({ kind: 'unsubscribed' })
    }
    expect(await done({ action: 'subscriptions', webhookId })).toEqual([])
  })

  test('lists what there is of X Activity where the app has no Account Activity', async () => {
    const webhookId = await registered()
    await done({ action: 'subscribe', webhookId, dialect: 'x-activity' })
    const path = /^\/2\/account_activity\//
    fixture.x.failNext({
      method: 'GET',
      path,
      respond: { status: 403, body: { title: 'Forbidden', detail: 'Apply.' } },
    })
    expect(await done({ action: 'subscriptions', webhookId })).toHaveLength(2)
    fixture.x.failNext({ method: 'GET', path, respond: { status: 503, body: {} } })
    await expect(ask({ action: 'subscriptions', webhookId })).rejects.toMatchObject({ code: 'X_UNREACHABLE' })
  })

  test('ends no subscription that is not there, and none of the other dialect', async () => {
    const webhookId = await registered()
    await done({ action: 'subscribe', webhookId, dialect: 'account-activity' })
    expect(await refusedWith({ action: 'unsubscribe', webhookId, dialect: 'account-activity', id: '7' })).toBe(
      `There is no account-activity subscription 7 at webhook ${webhookId}.`,
    )
    const { id } = fixture.x.bot
    expect(await refusedWith({ action: 'unsubscribe', webhookId, dialect: 'x-activity', id })).toContain('There is no')
    expect(await done({ action: 'subscriptions', webhookId })).toHaveLength(1)
  })

  test('an outage of X is the function’s error, without a token', async () => {
    fixture.x.failNext({ method: 'GET', path: '/2/webhooks', respond: { status: 503 } })
    const error = await ask({ action: 'webhook-list' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'XError' })
    for (const secret of secretsOf(fixture)) expect(JSON.stringify(error)).not.toContain(secret)
  })
})

interface Listed {
  readonly dialect: string
  readonly id?: string
  readonly userId?: string
}

describe('admin: the kill switch', () => {
  test('stops posting, says so, and lets it go on', async () => {
    const healthy = { bot: fixture.x.bot, waits: {}, strikes: [], sweep: { kind: 'room' }, limits: defaultLimits }
    expect(await done({ action: 'state' })).toEqual(healthy)
    const stopped = { reason: 'Paused by an operator: too many replies', since: expect.any(Number) }
    expect(await done({ action: 'pause', reason: 'too many replies' })).toEqual(stopped)
    expect(await done({ action: 'pause', reason: 'again' })).toEqual(stopped)
    expect(await done({ action: 'state' })).toEqual({ ...healthy, stopped })
    expect(await done({ action: 'resume' })).toBe('Posting is allowed again.')
    expect(await done({ action: 'state' })).toEqual(healthy)
  })

  test('tells until when X is not asked what, and to which tweets X refused a reply without a reason', async () => {
    const { killSwitch } = await ports()
    const until = Date.now() + 60_000
    await killSwitch.wait('post', until)
    await killSwitch.strike('1790000000000000001')
    expect(await done({ action: 'state' })).toMatchObject({ waits: { post: until }, strikes: ['1790000000000000001'] })
    await done({ action: 'resume' })
  })

  test('tells that the budget refuses the sweep, and does not use up what is left by asking', async () => {
    const { budget } = await ports()
    for (let asked = 0; asked < 20; asked++) {
      expect(await done({ action: 'state' })).toMatchObject({ sweep: { kind: 'room' } })
    }
    const now = Date.now()
    const window = `sweep:${new Date(now).toISOString().slice(0, 10)}`
    const limit = defaultLimits.sweepPerDay
    await budget.reserve([{ kind: 'sweep', window, amount: limit, limit, endsAt: now + 86_400_000 }], now)
    expect(await done({ action: 'state' })).toMatchObject({
      sweep: { kind: 'over-budget', detail: expect.stringContaining(window) },
    })
    await budget.removeAll()
  })
})

describe('admin: what is held of people', () => {
  /** Somebody who signed in, with stored photos, who also wants no answers. */
  async function held(uid: string) {
    const { accounts, blobs, optOuts } = await ports()
    const person = { uid, username: 'ada', accessToken: 'token', accessSecret: 'secret', signedInAt: 1, tracked: {} }
    await accounts.put(person)
    await blobs.put(`photos/${uid}/1/0`, new Uint8Array([1]), 'image/jpeg')
    await blobs.put(`jobs/${uid}/1.json`, new Uint8Array([1]), 'application/json')
    await optOuts.add(uid, 1)
  }

  async function isHeld(uid: string) {
    const { accounts, blobs, optOuts } = await ports()
    const stored = [await blobs.get(`photos/${uid}/1/0`), await blobs.get(`jobs/${uid}/1.json`)]
    return {
      account: (await accounts.find(uid)) !== undefined,
      blobs: stored.filter((blob) => blob !== undefined).length,
      optOut: await optOuts.has(uid),
    }
  }

  test('forgets one person, whatever X says to the tokens, and nobody else', async () => {
    await held('11')
    await held('12')
    expect(await done({ action: 'forget', uid: '11' })).toMatchObject({ atX: { kind: 'revoked' } })
    expect(await isHeld('11')).toEqual({ account: false, blobs: 0, optOut: true })
    expect(await isHeld('12')).toEqual({ account: true, blobs: 2, optOut: true })
    expect(await done({ action: 'forget', uid: '11' })).toEqual({ atX: { kind: 'no-account' } })
  })

  test('forgets the words of a reply in doubt to that person, and of nobody else', async () => {
    const { ledger } = await ports()
    const key = (about: string) => ({ botId: fixture.x.bot.id, about })
    const now = Date.now()
    for (const authorId of ['21', '22']) {
      const intent = { tweetId: `17900000000000000${authorId}`, text: `for ${authorId}`, authorId }
      await ledger.claim(key(authorId), { owner: 'a run', intent, now, until: now + 60_000 })
    }
    await done({ action: 'forget', uid: '21' })
    expect(await ledger.find(key('21'))).toMatchObject({ kind: 'settled', outcome: { kind: 'skipped' } })
    expect(await ledger.find(key('22'))).toMatchObject({ kind: 'claimed', intent: { text: 'for 22' } })
  })

  test('purges where the operator names the stage, and not otherwise', async () => {
    await held('13')
    for (const sure of ['', 'yes', 'staging', ` ${STAGE}`]) {
      expect(await refusedWith({ action: 'purge', sure })).toBe('To purge, say sure: "local".')
    }
    expect(await isHeld('13')).toEqual({ account: true, blobs: 2, optOut: true })
    expect(await done({ action: 'purge', sure: STAGE })).toBe('Everything about everyone has been deleted.')
    expect(await isHeld('13')).toEqual({ account: false, blobs: 0, optOut: false })
    for (const table of ['session', 'twitter', 'reply', 'budget', 'optOut'] as const) {
      expect(await fixture.keys(table)).toEqual([])
    }
  })

  test('who said "stop" and wants to be answered again is', async () => {
    const { optOuts } = await ports()
    await optOuts.add('13', Date.now())
    expect(await done({ action: 'opt-in', uid: '13' })).toBe('They get replies again.')
    expect(await optOuts.has('13')).toBe(false)
  })

  test('a purge does not let a stopped bot post', async () => {
    await done({ action: 'pause', reason: 'looked at' })
    await done({ action: 'purge', sure: STAGE })
    expect(await done({ action: 'state' })).toMatchObject({ stopped: { reason: expect.any(String) } })
    await done({ action: 'resume' })
  })
})

describe('admin: requests that make no sense', () => {
  const ACTIONS =
    'webhook-register, webhook-list, webhook-revalidate, webhook-delete, webhook-replay, subscribe, subscriptions, unsubscribe, pause, resume, state, opt-in, id-of, forget, purge'

  test.each([
    [undefined, ''],
    [null, ''],
    ['purge', ''],
    [{}, '\n  → at action'],
    [{ action: 'Purge' }, '\n  → at action'],
  ])('%j is refused with what could be asked', async (request, place) => {
    expect(await refusedWith(request)).toBe(`✖ must be one of ${ACTIONS}${place}`)
  })

  test.each([
    [{ action: 'webhook-delete' }, '✖ must be 1 to 19 digits\n  → at id'],
    [{ action: 'webhook-delete', id: 12 }, '✖ must be 1 to 19 digits\n  → at id'],
    [{ action: 'webhook-delete', id: '../1' }, '✖ must be 1 to 19 digits\n  → at id'],
    [{ action: 'webhook-register', url: 'bot.example' }, '✖ must be a URL\n  → at url'],
    [{ action: 'forget', uid: '1e3' }, '✖ must be 1 to 19 digits\n  → at uid'],
    [{ action: 'pause' }, '✖ must be a string\n  → at reason'],
    [{ action: 'purge' }, '✖ must be a string\n  → at sure'],
    [
      { action: 'subscribe', webhookId: 'x', dialect: 'v2' },
      '✖ must be 1 to 19 digits\n  → at webhookId\n✖ must be x-activity or account-activity\n  → at dialect',
    ],
  ])('%j is refused with every fault', async (request, detail) => {
    expect(await refusedWith(request)).toBe(detail)
    expect(told.lines).toEqual([])
  })

  test('whatever is asked, what makes no sense is refused, and not quoted', async () => {
    const secret = 'the-secret-4711'
    // What makes sense would be done.
    const action = constantFrom('webhook-revalidate', 'subscribe', 'unsubscribe', 'pause', 'forget', 'else')
    const odd = oneof(jsonValue(), constant(secret)).filter((value) => typeof value !== 'string' || value === secret)
    const fields = dictionary(constantFrom('id', 'uid', 'url', 'webhookId', 'dialect'), odd)
    const request = oneof(
      dictionary(constantFrom('action'), action).chain((asked) => fields.map((rest) => ({ ...rest, ...asked }))),
      jsonValue(),
      anything(),
    )
    await assert(
      asyncProperty(request, async (asked) => {
        const result = await ask(asked)
        expect(result.kind).toBe('refused')
        expect(JSON.stringify(result)).not.toContain(secret)
      }),
      { numRuns: runs(500) },
    )
  })

  test('tells who reads the log which action was asked for, and nothing more', async () => {
    await done({ action: 'pause', reason: 'words of mine' })
    await done({ action: 'resume' })
    expect(told.lines).toMatchObject([
      { level: 'warn', message: 'An operator made a request.', details: { action: 'pause' } },
      { level: 'warn', message: 'An operator made a request.', details: { action: 'resume' } },
    ])
    expect(told.text()).not.toContain('words of mine')
  })
})
