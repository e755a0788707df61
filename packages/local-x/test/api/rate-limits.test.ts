import { afterEach, describe, expect, test } from '@jest/globals'
import type { ApiResponseError } from 'twitter-api-v2'
import { signIn } from '../sign-in.js'
import { type Closers, clientsOf, closeAll, refusal, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const MINUTE = 60 * 1000

// docs.x.com/x-api/fundamentals/rate-limits: 15 in a quarter of an hour, 1,440 a day per user and per app
describe('direct messages', () => {
  test('end after 15 in a quarter of an hour, and tell both windows', async () => {
    let now = Date.UTC(2026, 7, 1)
    const x = await start(stack, { now: () => now })
    const send = () =>
      clientsOf(x).asBot.v2.post(`dm_conversations/with/${x.bot.id}/messages`, { text: 'a' }, { fullResponse: true })
    const { headers } = await send()
    const [quarter, day] = [now + 15 * MINUTE, now + 24 * 60 * MINUTE].map((time) => String(time / 1000))
    expect(headers).toMatchObject({
      'x-rate-limit-limit': '15',
      'x-rate-limit-remaining': '14',
      'x-rate-limit-reset': quarter,
      'x-user-limit-24hour-limit': '1440',
      'x-user-limit-24hour-remaining': '1439',
      'x-user-limit-24hour-reset': day,
      'x-app-limit-24hour-limit': '1440',
      'x-app-limit-24hour-remaining': '1439',
      'x-app-limit-24hour-reset': day,
    })
    for (let at = 1; at < 15; at++) await send()
    expect((await refusal(send())).data).toEqual({ errors: [{ code: 88, message: 'Rate limit exceeded' }] })
    now += 15 * MINUTE
    await send()
  })
})

test('accounts have windows of their own, beside that of the app', async () => {
  const x = await start(stack, { people: [{ username: 'alice' }] })
  const { asBot, asApp } = clientsOf(x)
  const { client } = await signIn(x, 'alice')
  const left = async (one: typeof client) =>
    (await one.v2.get('users/by/username/alice', {}, { fullResponse: true })).rateLimit?.remaining
  expect([await left(asBot), await left(asBot), await left(client), await left(asApp)]).toEqual([899, 898, 899, 299])
})

test('a refused request carries the headers of its limit, and counts', async () => {
  const x = await start(stack)
  const left: unknown[] = []
  for (let at = 0; at < 2; at++) {
    const answer = await clientsOf(x)
      .asBot.v2.post('tweets', { text: '' })
      .catch((error: unknown) => error as ApiResponseError)
    left.push(answer.rateLimit?.remaining)
  }
  expect(left).toEqual([99, 98])
})

describe('without credits', () => {
  test('every call of the API is answered 402 and has no effect, until there are some', async () => {
    const x = await start(stack)
    const { asBot, asApp } = clientsOf(x)
    x.setCredits(0)
    const { code, data } = await refusal(asBot.v2.tweet('hi'))
    expect([code, data]).toEqual([
      402,
      {
        title: 'CreditsDepleted',
        detail: `Your enrolled account [${x.bot.id}] does not have any credits to fulfill this request.`,
        type: 'https://api.x.com/2/problems/credits',
      },
    ])
    expect((await refusal(asApp.v2.get('tweets/20'))).code).toBe(402)
    expect(x.tweets()).toEqual([])
    for (const credits of [5, undefined]) {
      x.setCredits(0)
      x.setCredits(credits)
      await asBot.v2.me()
    }
  })

  test('signing in works all the same', async () => {
    const x = await start(stack, { people: [{ username: 'alice' }] })
    x.setCredits(0)
    expect((await signIn(x, 'alice')).screenName).toBe('alice')
  })
})
