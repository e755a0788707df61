import { afterEach, describe, expect, test } from '@jest/globals'
import { type Closers, clientsOf, closeAll, refusal, start, startWebhook } from './support.js'

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
    expect(refusals.map(({ code }) => code)).toEqual([403, 403])
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
