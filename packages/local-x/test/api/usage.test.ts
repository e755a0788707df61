import { afterEach, expect, test } from '@jest/globals'
import { type Closers, clientsOf, closeAll, refusal, start, startWebhook } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const DAY_MS = 24 * 60 * 60 * 1000

test('the usage counts each post that was read once a day, by day and in this month', async () => {
  let now = Date.UTC(2026, 10, 2, 12)
  const x = await start(stack, { now: () => now })
  const { asApp } = clientsOf(x)
  const ids = [await x.tweet({ as: 'alice', text: 'one' }), await x.tweet({ as: 'alice', text: 'two' })].map(
    ({ id }) => id,
  )
  await asApp.v2.tweets(ids)
  await asApp.v2.tweets(ids)
  now += DAY_MS
  await asApp.v2.tweets(ids.slice(1))
  expect(await asApp.v2.get('usage/tweets')).toEqual({
    data: { cap_reset_day: 1, project_cap: '3000000', project_id: '1', project_usage: '3' },
  })
  const { data } = await asApp.v2.get('usage/tweets', { days: 2, 'usage.fields': 'daily_project_usage' })
  expect(data).toEqual({
    daily_project_usage: {
      project_id: '1',
      usage: [
        { date: '2026-11-03T00:00:00.000Z', usage: '1' },
        { date: '2026-11-02T00:00:00.000Z', usage: '2' },
      ],
    },
  })
  now += 28 * DAY_MS
  expect((await asApp.v2.get('usage/tweets')).data.project_usage).toBe('0')
  for (const wrong of [{ days: 0 }, { days: 91 }, { 'usage.fields': 'everything' }]) {
    expect((await refusal(asApp.v2.get('usage/tweets', wrong))).code).toBe(400)
  }
})

test('webhooks are listed with the fields that are asked for', async () => {
  const x = await start(stack)
  const { url } = await startWebhook(x.credentials.consumerSecret, stack)
  const { asApp } = clientsOf(x)
  const { id } = (await asApp.v2.post('webhooks', { url })).data
  const list = async (fields: string) => (await asApp.v2.get('webhooks', { 'webhook_config.fields': fields })).data
  expect(await list('url,valid')).toEqual([{ id, url, valid: true }])
  expect((await refusal(list('secret'))).code).toBe(400)
})

test('an account is looked up by its id, and one that is not there is an error in an answer of 200', async () => {
  const x = await start(stack)
  const { id } = x.person('alice')
  const { asApp } = clientsOf(x)
  expect(await asApp.v2.user(id)).toEqual({ data: { id, name: 'alice', username: 'alice' } })
  expect(await asApp.v2.user('20')).toMatchObject({ errors: [{ resource_type: 'user', resource_id: '20' }] })
  expect((await refusal(asApp.v2.user('alice'))).code).toBe(400)
})
