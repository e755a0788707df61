import { afterEach, describe, expect, test } from '@jest/globals'
import { signIn } from '../sign-in.js'
import { type Closers, clientsOf, closeAll, refusal, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

async function subscribed(count = 1) {
  let now = Date.UTC(2026, 7, 1)
  const x = await start(stack, { now: () => now, people: [{ username: 'alice' }] })
  const hook = await startWebhook(x.credentials.consumerSecret, stack)
  const { asApp, asBot } = clientsOf(x)
  const { id: webhookId } = (await asApp.v2.post('webhooks', { url: hook.url })).data
  const ids: string[] = []
  for (const event_type of ['post.mention.create', 'post.reply.create', 'post.quote.create'].slice(0, count)) {
    const wanted = { event_type, filter: { user_id: x.bot.id }, webhook_id: webhookId }
    ids.push((await asBot.v2.post('activity/subscriptions', wanted)).data.subscription.subscription_id)
  }
  const later = (ms: number) => {
    now += ms
  }
  return { x, hook, asApp, asBot, webhookId, ids, later }
}

describe('X Activity subscriptions', () => {
  test('are listed page by page', async () => {
    const { asApp, ids } = await subscribed(3)
    const page = async (query: Record<string, string | number>) => {
      const { data, meta } = await asApp.v2.get('activity/subscriptions', query)
      return { ids: data.map((one: { readonly subscription_id: string }) => one.subscription_id), meta }
    }
    const first = await page({ max_results: 2 })
    expect(first).toEqual({
      ids: ids.slice(0, 2),
      meta: { total_subscriptions: 3, next_token: expect.stringMatching(/^.{16,}$/) },
    })
    const rest = await page({ max_results: 2, pagination_token: first.meta.next_token })
    expect(rest).toEqual({ ids: ids.slice(2), meta: { total_subscriptions: 3 } })
    for (const wrong of [{ max_results: 0 }, { max_results: 1001 }, { pagination_token: 'a'.repeat(16) }]) {
      expect((await refusal(page(wrong))).code).toBe(400)
    }
  })

  test('keep the qualifiers of their filter', async () => {
    const { asBot, x } = await subscribed()
    const filter = { user_id: x.bot.id, qualifiers: { lang: 'en' } }
    const { data } = await asBot.v2.post('activity/subscriptions', { event_type: 'like.create', filter })
    expect(data.subscription.filter).toEqual(filter)
  })
})

describe('changing an X Activity subscription', () => {
  test('gives it another tag, and tells when', async () => {
    const { x, hook, asApp, ids, webhookId, later } = await subscribed()
    later(1000)
    const { data } = await asApp.v2.put(`activity/subscriptions/${ids[0]}`, { tag: 'new' })
    expect(data).toEqual({
      subscription: {
        subscription_id: ids[0],
        event_type: 'post.mention.create',
        filter: { user_id: x.bot.id },
        tag: 'new',
        webhook_id: webhookId,
        created_at: '2026-08-01T00:00:00.000Z',
        updated_at: '2026-08-01T00:00:01.000Z',
      },
      total_subscriptions: 1,
    })
    await x.tweet({ as: 'alice', text: '@hexbird hi' })
    expect(JSON.parse(hook.received[0]?.raw.toString() ?? '').data.tag).toBe('new')
  })

  test.each([
    ['an unknown webhook', { webhook_id: '1' }],
    ['an empty tag', { tag: '' }],
    ['another event type, which cannot be changed', { event_type: 'post.create' }],
  ])('to %s is refused', async (_what, body) => {
    const { asApp, ids } = await subscribed()
    expect((await refusal(asApp.v2.put(`activity/subscriptions/${ids[0]}`, body))).code).toBe(400)
  })

  test('that is not there, or as the account, is refused', async () => {
    const { asApp, asBot, ids } = await subscribed()
    expect((await refusal(asApp.v2.put('activity/subscriptions/1', { tag: 'a' }))).code).toBe(400)
    expect((await refusal(asBot.v2.put(`activity/subscriptions/${ids[0]}`, { tag: 'a' }))).code).toBe(403)
  })
})

describe('removing several X Activity subscriptions', () => {
  test('removes those that are there, and names the others', async () => {
    const { asApp, ids } = await subscribed(3)
    const answer = await asApp.v2.delete('activity/subscriptions', { ids: `${ids[0]},1,${ids[2]},${ids[0]}` })
    expect(answer).toEqual({
      data: [
        { subscription_id: ids[0], deleted: true },
        { subscription_id: ids[2], deleted: true },
      ],
      errors: [{ subscription_id: '1', reason: 'SubscriptionNotFound', message: expect.any(String) }],
      meta: { total_subscriptions: 1 },
    })
    const left = (await asApp.v2.get('activity/subscriptions')).data
    expect(left.map((one: { subscription_id: string }) => one.subscription_id)).toEqual([ids[1]])
  })

  test.each([{}, { ids: '' }, { ids: 'a' }, { ids: Array.from({ length: 101 }, (_, at) => at + 1).join(',') }])(
    'with %j is refused, and removes none',
    async (query) => {
      const { asApp } = await subscribed()
      expect((await refusal(asApp.v2.delete('activity/subscriptions', query))).code).toBe(400)
      expect((await asApp.v2.get('activity/subscriptions')).data).toHaveLength(1)
    },
  )
})

test('an X that wants OAuth 2.0 for private events refuses OAuth 1.0a, and says so', async () => {
  const x = await start(stack, { privateEvents: 'oauth2' })
  const wanted = { filter: { user_id: x.bot.id } }
  const { asBot } = clientsOf(x)
  const { code, data } = await refusal(
    asBot.v2.post('activity/subscriptions', { ...wanted, event_type: 'post.mention.create' }),
  )
  expect([code, JSON.stringify(data)]).toEqual([400, expect.stringContaining('OauthAccessTokenRequired')])
  await asBot.v2.post('activity/subscriptions', { ...wanted, event_type: 'post.create' })
})

test('a person who signed in subscribes to their own private events alone', async () => {
  const { x, hook, webhookId } = await subscribed(0)
  const { client } = await signIn(x, 'alice')
  const wanted = (username: string) => ({
    event_type: 'post.mention.create',
    filter: { user_id: x.person(username).id },
    webhook_id: webhookId,
  })
  expect((await refusal(client.v2.post('activity/subscriptions', wanted('hexbird')))).code).toBe(403)
  await client.v2.post('activity/subscriptions', wanted('alice'))
  await x.tweet({ as: 'bob', text: '@alice hi' })
  expect(JSON.parse(hook.received[0]?.raw.toString() ?? '').data.filter.user_id).toBe(x.person('alice').id)
})
