import { afterEach, describe, expect, test } from '@jest/globals'
import { signIn } from '../sign-in.js'
import { type Closers, clientsOf, closeAll, hmac, refusal, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

async function setUp() {
  const x = await start(stack)
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  const { asApp, asBot } = clientsOf(x)
  const register = () => asApp.v2.post('webhooks', { url: hook.url })
  return { x, hook, asApp, asBot, register }
}

describe('a webhook', () => {
  test('is registered after it answered a real challenge, and listed', async () => {
    const { hook, asApp, register } = await setUp()
    const { data } = await register()
    expect(data).toEqual({ id: expect.any(String), url: hook.url, valid: true, created_at: expect.any(String) })
    expect(await asApp.v2.get('webhooks')).toEqual({ data: [data], meta: { result_count: 1 } })
    const [challenge] = hook.challenges
    expect([...(challenge?.keys() ?? [])]).toEqual(['crc_token', 'nonce'])
    expect(Buffer.from(challenge?.get('crc_token') ?? '', 'base64').toString()).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })

  test.each(['wrong', 'redirect', 'down'] as const)('whose challenge goes %s is refused and not kept', async (crc) => {
    const { hook, asApp, register } = await setUp()
    hook.crc = crc
    const { code, data } = await refusal(register())
    expect([code, data.title]).toEqual([400, 'Invalid Request'])
    expect(data.errors?.[0]?.message).toMatch(/^CrcValidationFailed: /)
    expect((await asApp.v2.get('webhooks')).data).toEqual([])
  })

  test('where nobody listens is refused', async () => {
    const { asApp } = await setUp()
    const { data } = await refusal(asApp.v2.post('webhooks', { url: 'http://127.0.0.1:1/hook' }))
    expect(data.errors?.[0]?.message).toMatch(/^CrcValidationFailed: .*ECONNREFUSED/)
  })

  test('is registered once', async () => {
    const { register } = await setUp()
    await register()
    expect((await refusal(register())).data.errors?.[0]?.message).toMatch(/^DuplicateUrlFailed: /)
  })

  test.each(['http://example.com/hook', 'https://example.com:8443/hook', 'ftp://127.0.0.1/', 'hook'])(
    'at %s is refused',
    async (url) => {
      const { asApp } = await setUp()
      const { data } = await refusal(asApp.v2.post('webhooks', { url }))
      expect(data.errors?.[0]?.message).toMatch(/^UrlValidationFailed: /)
    },
  )

  test.each(['wrong', 'redirect'] as const)(
    'becomes invalid when its challenge goes %s, gets nothing, and recovers',
    async (crc) => {
      const { x, hook, asApp, asBot, register } = await setUp()
      const { id } = (await register()).data
      await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
      hook.crc = crc
      expect((await refusal(asApp.v2.put(`webhooks/${id}`))).code).toBe(400)
      expect((await asApp.v2.get('webhooks')).data[0].valid).toBe(false)
      await x.tweet({ as: 'alice', text: '@hexbird hi' })
      expect(hook.received).toEqual([])
      hook.crc = 'right'
      expect(await asApp.v2.put(`webhooks/${id}`)).toEqual({ data: { valid: true } })
      await x.tweet({ as: 'alice', text: '@hexbird hi again' })
      expect(hook.received).toHaveLength(1)
    },
  )

  test('stays valid when its challenge meets a passing trouble', async () => {
    const { hook, asApp, register } = await setUp()
    const { id } = (await register()).data
    hook.crc = 'down'
    expect((await refusal(asApp.v2.put(`webhooks/${id}`))).code).toBe(400)
    expect((await asApp.v2.get('webhooks')).data[0].valid).toBe(true)
  })

  test('that is deleted takes its subscriptions with it', async () => {
    const { x, hook, asApp, asBot, register } = await setUp()
    const { id } = (await register()).data
    const filter = { user_id: x.bot.id }
    await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
    await asBot.v2.post('activity/subscriptions', { event_type: 'post.mention.create', filter, webhook_id: id })
    expect(await asApp.v2.delete(`webhooks/${id}`)).toEqual({ data: { deleted: true } })
    expect((await asApp.v2.get('activity/subscriptions')).data).toEqual([])
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    expect(hook.received).toEqual([])
    expect((await refusal(asApp.v2.delete(`webhooks/${id}`))).data.errors?.[0]?.message).toMatch(/^WebhookIdInvalid/)
  })
})

describe('the quota', () => {
  test('of pay-per-use is one webhook', async () => {
    const { x, asApp, register } = await setUp()
    const second = await startWebhook(x.credentials.consumerSecret, stack)
    const { id } = (await register()).data
    const another = () => asApp.v2.post('webhooks', { url: second.url })
    expect((await refusal(another())).data.errors?.[0]?.message).toMatch(/^WebhookLimitExceeded: /)
    expect(second.challenges).toEqual([])
    await asApp.v2.delete(`webhooks/${id}`)
    await another()
  })

  test('holds for webhooks that are registered at once', async () => {
    const { x, asApp } = await setUp()
    const hooks = [1, 2, 3].map(() => startWebhook(x.credentials.consumerSecret, stack))
    const calls = (await Promise.all(hooks)).map(({ url }) => asApp.v2.post('webhooks', { url }))
    const settled = await Promise.allSettled(calls)
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('of Account Activity is three subscriptions, and can be more', async () => {
    const people = ['a', 'b', 'c', 'd'].map((username) => ({ username }))
    for (const webhookQuota of [undefined, { webhooks: 2, subscriptions: 4 }]) {
      const x = await start(stack, { people, ...(webhookQuota === undefined ? {} : { webhookQuota }) })
      const hook = await startWebhook(x.credentials.consumerSecret, stack)
      const { id } = (await clientsOf(x).asApp.v2.post('webhooks', { url: hook.url })).data
      const outcomes: unknown[] = []
      for (const { username } of people) {
        const { client } = await signIn(x, username)
        const call = client.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
        outcomes.push(
          await call.then(
            () => 'subscribed',
            async () => (await refusal(call)).data.errors?.[0]?.message?.split(':')[0],
          ),
        )
      }
      const fourth = webhookQuota === undefined ? 'SubscriptionLimitExceeded' : 'subscribed'
      expect(outcomes).toEqual(['subscribed', 'subscribed', 'subscribed', fourth])
      const count = await clientsOf(x).asApp.v2.get('account_activity/subscriptions/count')
      expect(count.data).toEqual({
        account_name: 'hexbird',
        provisioned_count: webhookQuota === undefined ? '3' : '4',
        subscriptions_count_all: webhookQuota === undefined ? '3' : '4',
        subscriptions_count_direct_messages: '0',
      })
    }
  })
})

test('regenerated keys count at once, and the old ones no more', async () => {
  const { x, hook, asApp, asBot, register } = await setUp()
  const { data } = await register()
  const old = x.credentials
  const made = x.regenerateKeys()
  expect(x.credentials).toEqual(made)
  for (const name of ['consumerKey', 'consumerSecret', 'bearerToken'] as const) expect(made[name]).not.toBe(old[name])
  expect({ ...made, ...old }).toEqual(old)
  expect((await refusal(asApp.v2.get('webhooks'))).code).toBe(401)
  expect((await refusal(asBot.v2.me())).code).toBe(401)
  // The webhook still answers with the old secret.
  const { asApp: asAppNow, asBot: asBotNow } = clientsOf(x)
  expect((await refusal(asAppNow.v2.put(`webhooks/${data.id}`, {}))).data.errors?.[0]?.message).toMatch(
    /^CrcValidation/,
  )
  expect(x.webhooks()).toMatchObject([{ valid: false }])
  expect((await asBotNow.v2.me()).data.id).toBe(x.bot.id)
  await x.deliver('{}')
  expect(hook.received.at(-1)?.signature).toBe(hmac(made.consumerSecret, '{}'))
})

describe('a replay', () => {
  const HOUR = 60 * 60 * 1000
  const minute = (time: number) => new Date(time).toISOString().replace(/\D/g, '').slice(0, 12)

  async function setUpReplay(begin = Date.UTC(2026, 7, 1, 12)) {
    let now = begin
    const x = await start(stack, { now: () => now })
    const hook = await startWebhook(x.credentials.consumerSecret, stack)
    const { asApp, asBot } = clientsOf(x)
    const { id } = (await asApp.v2.post('webhooks', { url: hook.url })).data
    await asBot.v2.post(`account_activity/webhooks/${id}/subscriptions/all`, {})
    const replay = (from: number, to: number, webhook_id = id) =>
      asApp.v2.post('webhooks/replay', { webhook_id, from_date: minute(from), to_date: minute(to) })
    const told = () => hook.received.splice(0).map(({ raw }) => JSON.parse(raw.toString()))
    const texts = () =>
      told().map((body) => body.tweet_create_events?.[0].text ?? body.replay_job_status?.job_state ?? body)
    const later = (ms: number) => {
      now += ms
    }
    return { x, hook, asApp, asBot, id, replay, told, texts, later, begin }
  }

  test('delivers again what was delivered, dropped or missed while invalid, and then tells that it is done', async () => {
    const { x, hook, asApp, id, replay, told, texts, later, begin } = await setUpReplay()
    await x.tweet({ as: 'alice', text: '@hexbird one' })
    x.set({ drop: 1 })
    await x.tweet({ as: 'alice', text: '@hexbird two' })
    hook.crc = 'wrong'
    await refusal(asApp.v2.put(`webhooks/${id}`))
    await x.tweet({ as: 'alice', text: '@hexbird three' })
    hook.crc = 'right'
    await asApp.v2.put(`webhooks/${id}`)
    expect(texts()).toEqual(['@hexbird one'])
    later(HOUR)
    const { data } = await replay(begin, begin + HOUR)
    expect(data).toEqual({ created_at: '2026-08-01T13:00:00.000Z', job_id: expect.stringMatching(/^\d+$/) })
    await x.idle()
    const all = told()
    expect(all.at(-1)).toEqual({
      replay_job_status: {
        webhook_id: id,
        job_state: 'Complete',
        job_state_description: 'Job completed successfully',
        job_id: data.job_id,
      },
    })
    expect(all.slice(0, -1).map((body) => body.tweet_create_events[0].text)).toEqual([
      '@hexbird one',
      '@hexbird two',
      '@hexbird three',
    ])
  })

  test('is signed like any delivery, over the very bytes of the first time', async () => {
    const { x, hook, replay, begin } = await setUpReplay()
    await x.tweet({ as: 'alice', text: '@hexbird 犬 hi' })
    await x.message({ from: 'alice', text: 'stop' })
    await x.revoke('alice')
    const first = hook.received.splice(0)
    await replay(begin, begin)
    await x.idle()
    expect(first).toHaveLength(3)
    expect(hook.received.slice(0, -1)).toEqual(first)
    for (const { raw, signature } of hook.received) expect(signature).toBe(hmac(x.credentials.consumerSecret, raw))
  })

  test('has the events of its minutes alone, both ends included', async () => {
    const { x, replay, texts, later, begin } = await setUpReplay()
    for (const text of ['0', '1', '2', '3']) {
      await x.tweet({ as: 'alice', text: `@hexbird ${text}` })
      later(60_000)
    }
    texts()
    await replay(begin + 60_000, begin + 120_000)
    await x.idle()
    expect(texts()).toEqual(['@hexbird 1', '@hexbird 2', 'Complete'])
  })

  test('that could not deliver all says so', async () => {
    const { x, hook, replay, told, begin } = await setUpReplay()
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    hook.status = 500
    await replay(begin, begin)
    await x.idle()
    expect(told().at(-1).replay_job_status.job_state).toBe('Incomplete')
  })

  test('is one at a time for a webhook', async () => {
    const { x, replay, begin } = await setUpReplay()
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    const calls = [replay(begin, begin), replay(begin, begin), replay(begin, begin)]
    const settled = await Promise.allSettled(calls)
    const refused = calls.filter((_, index) => settled[index]?.status === 'rejected')
    expect(refused).toHaveLength(2)
    for (const call of refused) {
      const { data } = await refusal(call)
      expect(data.errors?.[0]?.message).toMatch(/^ReplayConflictError: /)
    }
    await x.idle()
    await replay(begin, begin)
  })

  test('needs a webhook that passes its challenge, and does not stand in the way of the next', async () => {
    const { hook, replay, begin } = await setUpReplay()
    hook.crc = 'wrong'
    expect((await refusal(replay(begin, begin))).data.errors?.[0]?.message).toMatch(/^CrcValidationFailed: /)
    hook.crc = 'right'
    await replay(begin, begin)
  })

  test.each([
    ['from more than 24 hours ago', -24 * HOUR - 60_000, 0, 'QueryParamInvalid'],
    ['to the future', 0, 60_000, 'QueryParamInvalid'],
    ['that ends before it begins', 0, -60_000, 'QueryParamInvalid'],
  ])('%s is refused', async (_what, from, to, reason) => {
    const { replay, begin } = await setUpReplay()
    const { data } = await refusal(replay(begin + from, begin + to))
    expect(data.errors?.[0]?.message?.split(':')[0]).toBe(reason)
  })

  test('of the last 24 hours is taken', async () => {
    const { replay, begin } = await setUpReplay()
    await replay(begin - 24 * HOUR, begin)
  })

  test.each([
    ['another form of date', { from_date: '2026-08-01', to_date: '202608011200' }, 'QueryParamInvalid'],
    ['a minute that no clock shows', { from_date: '202608011160', to_date: '202608011200' }, 'QueryParamInvalid'],
    ['an unknown webhook', { webhook_id: '1', from_date: '202608011200', to_date: '202608011200' }, 'WebhookIdInvalid'],
    ['no webhook', { webhook_id: null, from_date: '202608011200', to_date: '202608011200' }, '$.webhook_id'],
  ])('with %s is refused', async (_what, body, reason) => {
    const { asApp, id } = await setUpReplay()
    const { data } = await refusal(asApp.v2.post('webhooks/replay', { webhook_id: id, ...body }))
    expect(data.errors?.[0]?.message?.split(':')[0]).toBe(reason)
  })
})

describe('an Account Activity subscription', () => {
  test('is made by the account, shown, listed and removed by the app', async () => {
    const { x, asApp, asBot, register } = await setUp()
    const { id } = (await register()).data
    const path = `account_activity/webhooks/${id}/subscriptions`
    expect(await asBot.v2.get(`${path}/all`)).toEqual({ data: { subscribed: false } })
    expect(await asBot.v2.post(`${path}/all`, {})).toEqual({ data: { subscribed: true } })
    expect(await asBot.v2.get(`${path}/all`)).toEqual({ data: { subscribed: true } })
    expect((await asApp.v2.get(`${path}/all/list`)).data.subscriptions).toEqual([{ user_id: x.bot.id }])
    const again = await refusal(asBot.v2.post(`${path}/all`, {}))
    expect(again.data.errors?.[0]?.message).toMatch(/^DuplicateSubscriptionFailed/)
    expect(await asApp.v2.delete(`${path}/${x.bot.id}/all`)).toEqual({ data: { subscribed: false } })
    expect(await asBot.v2.get(`${path}/all`)).toEqual({ data: { subscribed: false } })
  })

  test('to an unknown webhook is refused', async () => {
    const { asBot } = await setUp()
    const call = asBot.v2.post('account_activity/webhooks/1/subscriptions/all', {})
    expect((await refusal(call)).data.errors?.[0]?.message).toMatch(/^WebhookIdInvalid/)
  })
})

describe('an X Activity subscription', () => {
  test('is made by the account, listed, and removed by the app', async () => {
    const { x, asApp, asBot, register } = await setUp()
    const { id } = (await register()).data
    const wanted = { event_type: 'post.reply.create', filter: { user_id: x.bot.id }, tag: 'replies', webhook_id: id }
    const { subscription } = (await asBot.v2.post('activity/subscriptions', wanted)).data
    expect(subscription).toMatchObject(wanted)
    expect((await asApp.v2.get('activity/subscriptions')).data).toEqual([subscription])
    const removed = await asApp.v2.delete(`activity/subscriptions/${subscription.subscription_id}`)
    expect(removed).toEqual({ data: { deleted: true }, meta: { total_subscriptions: 0 } })
  })

  test('to a private event is refused to the app and to other accounts', async () => {
    const { x, asApp, asBot, register } = await setUp()
    const { id } = (await register()).data
    const wanted = (userId: string) => ({
      event_type: 'post.mention.create',
      filter: { user_id: userId },
      webhook_id: id,
    })
    const refusals = [
      await refusal(asApp.v2.post('activity/subscriptions', wanted(x.bot.id))),
      await refusal(asBot.v2.post('activity/subscriptions', wanted(x.person('alice').id))),
    ]
    expect(refusals.map(({ code }) => code)).toEqual([400, 403])
    expect(JSON.stringify(refusals[0]?.data)).toContain('OauthAccessTokenRequired')
    await asApp.v2.post('activity/subscriptions', { ...wanted(x.bot.id), event_type: 'post.create' })
  })

  test.each([
    ['an unknown event type', { event_type: 'post.created', filter: { user_id: '1' } }],
    ['no filter', { event_type: 'post.create' }],
    ['an unknown key', { event_type: 'post.create', filter: { user_id: '1' }, webhook: '1' }],
    ['an unknown webhook', { event_type: 'post.create', filter: { user_id: '1' }, webhook_id: '1' }],
    ['an empty tag', { event_type: 'post.create', filter: { user_id: '1' }, tag: '' }],
  ])('with %s is refused with 400', async (_what, body) => {
    const { asBot } = await setUp()
    expect((await refusal(asBot.v2.post('activity/subscriptions', body))).code).toBe(400)
  })
})
