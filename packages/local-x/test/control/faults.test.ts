import { afterEach, describe, expect, test } from '@jest/globals'
import { type Closers, clientsOf, closeAll, jpeg, refusal, request, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

describe('a fault', () => {
  test('that drops the connection before leaves nothing behind', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    x.failNext({ method: 'POST', path: '/2/tweets', respond: 'drop-before' })
    await expect(asBot.v2.tweet('hello')).rejects.toMatchObject({ error: true, type: 'request' })
    expect(x.tweets()).toEqual([])
    await asBot.v2.tweet('hello')
  })

  test('that drops the connection after leaves the tweet, so that posting again is a duplicate', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const asked = await x.tweet({ as: 'alice', text: '@hexbird hi' })
    x.failNext({ method: 'POST', path: '/2/tweets', respond: 'drop-after' })
    await expect(asBot.v2.reply('Hello', asked.id)).rejects.toMatchObject({ type: 'request' })
    expect(x.repliesTo(asked.id)).toMatchObject([{ displayText: 'Hello' }])
    expect((await refusal(asBot.v2.reply('Hello', asked.id))).data.detail).toMatch(/duplicate content/)
  })

  test('that answers by itself does so as often as asked, and without the effect', async () => {
    const x = await start(stack)
    const { asBot } = clientsOf(x)
    const respond = { status: 503, headers: { 'retry-after': '7' }, body: { title: 'Service Unavailable' } }
    x.failNext({ method: 'post', path: /^\/2\/tweets$/g, times: 2, respond })
    for (const _ of [1, 2]) {
      const { code, data } = await refusal(asBot.v2.tweet('hello'))
      expect([code, data.title]).toEqual([503, 'Service Unavailable'])
    }
    expect(x.tweets()).toEqual([])
    await asBot.v2.tweet('hello')
  })

  test('that met nobody yet can be cleared away', async () => {
    const x = await start(stack)
    x.failNext({ method: 'POST', path: '/2/tweets', times: 2, respond: { status: 503, body: {} } })
    const { asBot } = clientsOf(x)
    expect((await refusal(asBot.v2.tweet('hello'))).code).toBe(503)
    x.clearFaults()
    await asBot.v2.tweet('hello')
  })

  test('that delays gives the right answer later', async () => {
    const x = await start(stack)
    x.failNext({ method: 'GET', path: '/2/users/me', respond: { delayMs: 60 } })
    const started = performance.now()
    expect((await clientsOf(x).asBot.v2.me()).data.username).toBe('hexbird')
    expect(performance.now() - started).toBeGreaterThanOrEqual(55)
  })

  test('meets the media host too, and other requests not at all', async () => {
    const x = await start(stack)
    const { photos } = await x.tweet({ as: 'alice', text: 'look', photos: [{ bytes: jpeg() }] })
    const path = `/media/${photos[0]?.key}.jpg`
    x.failNext({ method: 'GET', path: /^\/media\//, respond: { status: 500 } })
    expect((await clientsOf(x).asBot.v2.me()).data.username).toBe('hexbird')
    const headers = { host: 'pbs.twimg.com' }
    expect((await request(x, path, { headers })).status).toBe(500)
    expect((await request(x, path, { headers })).status).toBe(200)
  })

  test('that waits does not keep the local X from closing', async () => {
    const x = await start(stack)
    x.failNext({ method: 'GET', path: '/2/users/me', respond: { delayMs: 60_000 } })
    const call = clientsOf(x).asBot.v2.me()
    const refused = expect(call).rejects.toMatchObject({ type: 'request' })
    // The request is on its way before the server closes: a second one has been answered.
    await request(x, '/', { headers: { host: 'localhost' } })
    await x.close()
    stack.length = 0
    await refused
  })
})
