import { afterEach, describe, expect, test } from '@jest/globals'
import { testClock } from '../src/index.js'
import { signedRequest } from './sign-in.js'
import { type Closers, closeAll, request, start } from './support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

type Body = {
  readonly data: { readonly id: string; readonly username: string }
  readonly accessToken: string
  readonly access_token: string
  readonly code: string
}

const bodyOf = async (answer: Response) => (await answer.json()) as Body

describe('a client that takes a base URL', () => {
  test('has the API at the address of the local X', async () => {
    const x = await start(stack)
    const authorization = `Bearer ${x.userToken('alice').accessToken}`
    const body = JSON.stringify({ text: 'hello' })
    const posted = await fetch(`${x.url}/2/tweets`, { method: 'POST', headers: { authorization }, body })
    expect([posted.status, (await bodyOf(posted)).data.id]).toEqual([201, x.tweets()[0]?.id])
    const me = await fetch(`${x.url}/2/users/me`, { headers: { authorization } })
    expect((await bodyOf(me)).data.username).toBe('alice')
    expect((await fetch(`${x.url}/2/users/me`)).status).toBe(401)
  })

  test('gets the Bearer token of the app there', async () => {
    const x = await start(stack)
    const { consumerKey, consumerSecret, bearerToken } = x.credentials
    const authorization = `Basic ${Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')}`
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const answer = await fetch(`${x.url}/oauth2/token`, { method: 'POST', headers: { authorization }, body })
    expect((await bodyOf(answer)).access_token).toBe(bearerToken)
  })

  test('signs the address that it calls, and no other', async () => {
    const x = await start(stack)
    const { accessToken: token, accessSecret: tokenSecret } = x.credentials
    const hosts = ['api.x.com', `127.0.0.1:${x.port}`, `localhost:${x.port}`]
    const origins = hosts.map((host) => (host === 'api.x.com' ? `https://${host}` : `http://${host}`))
    for (const host of hosts) {
      const statuses: number[] = []
      for (const origin of origins) {
        statuses.push((await signedRequest(x, 'GET', '/2/users/me', { token, tokenSecret, origin, host })).status)
      }
      expect([host, statuses]).toEqual([host, hosts.map((other) => (other === host ? 200 : 401))])
    }
  })

  test('meets the faults that were announced', async () => {
    const x = await start(stack)
    const headers = { authorization: `Bearer ${x.userToken('alice').accessToken}` }
    x.failNext({ method: 'GET', path: '/2/users/me', respond: { status: 503 } })
    const statuses: number[] = []
    for (let at = 0; at < 2; at++) statuses.push((await fetch(`${x.url}/2/users/me`, { headers })).status)
    expect(statuses).toEqual([503, 200])
  })
})

describe('an OAuth 2.0 token', () => {
  test('is to be had in one call, for as long as those of a sign-in', async () => {
    const clock = testClock()
    const x = await start(stack, { clock })
    const { accessToken, userId, refreshToken } = x.userToken('alice', ['users.read', 'tweet.read'])
    expect([userId, refreshToken]).toEqual([x.person('alice').id, undefined])
    const call = async (path: string) =>
      (
        await fetch(`${x.url}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${accessToken}` },
          body: '{}',
        })
      ).status
    const me = async () =>
      (await fetch(`${x.url}/2/users/me`, { headers: { authorization: `Bearer ${accessToken}` } })).status
    expect([await me(), await call('/2/tweets')]).toEqual([200, 403])
    clock.advance(2 * 60 * 60 * 1000)
    expect(await me()).toBe(401)
  })

  test('is to be had from the controls, for the bot where nobody is named', async () => {
    const x = await start(stack)
    const ask = (fields: Record<string, string>) =>
      fetch(`${x.url}/_local/tokens`, { method: 'POST', body: new URLSearchParams(fields) })
    const alice = await (await ask({ as: 'alice', scopes: 'users.read tweet.read' })).json()
    expect(alice).toMatchObject({ userId: x.person('alice').id, scopes: ['users.read', 'tweet.read'] })
    const bot = await bodyOf(await ask({}))
    const me = await fetch(`${x.url}/2/users/me`, { headers: { authorization: `Bearer ${bot.accessToken}` } })
    expect((await bodyOf(me)).data.id).toBe(x.bot.id)
    const wrong = await ask({ scopes: 'tweet.everything' })
    expect([wrong.status, (await bodyOf(wrong)).code]).toEqual([400, 'BAD_SCOPE'])
    expect(() => x.userToken('alice', ['tweet.everything'])).toThrow('X has no scope "tweet.everything"')
  })
})

describe('a page of another site', () => {
  const FORM = 'application/x-www-form-urlencoded'

  /** What browsers say of where a request comes from, each with how a page makes it. */
  const pages: readonly [string, Record<string, string>][] = [
    ['by a form or fetch', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['from a sandbox or a file', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['on another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['on another name of this machine', { origin: 'http://localhost:PORT', 'sec-fetch-site': 'cross-site' }],
    ['in a browser that says no more than the origin', { origin: 'https://evil.example' }],
    ['by an image or a script', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['by a link', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['whose name leads here (DNS rebinding)', { host: 'evil.example:PORT', 'sec-fetch-site': 'same-origin' }],
    ['whose name begins like one of ours', { host: '127.0.0.1.evil.example', 'sec-fetch-site': 'same-origin' }],
  ]

  test.each(pages)('%s has no effect, even with the right credentials', async (_how, headers) => {
    const x = await start(stack, { seed: 1 })
    const { id } = await x.tweet({ as: 'hexbird', text: 'hello' })
    const before = JSON.stringify([x.tweets(), x.messages(), x.switches(), x.webhooks()])
    const authorization = `Bearer ${x.userToken('hexbird').accessToken}`
    const calls: readonly [string, string, string?][] = [
      ['GET', '/_local/tweets'],
      ['GET', '/_local/events'],
      ['POST', '/_local/tweets', 'as=alice&text=hi'],
      ['POST', '/_local/messages', 'from=alice&text=hi'],
      ['POST', '/_local/tokens', 'as=alice'],
      ['PUT', '/_local/switches', 'drop=1'],
      ['DELETE', `/_local/tweets/${id}`],
      ['OPTIONS', '/_local/switches'],
      ['GET', '/2/users/me'],
      ['POST', '/2/tweets', '{"text":"hi"}'],
      ['DELETE', `/2/tweets/${id}`],
      ['OPTIONS', '/2/tweets'],
      ['POST', '/2/oauth2/token', 'grant_type=refresh_token'],
      ['POST', '/oauth/request_token', ''],
    ]
    for (const [method, path, body] of calls) {
      const answer = await request(x, path, {
        method,
        headers: {
          host: `127.0.0.1:${x.port}`,
          ...Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(x.port))]),
          ),
          authorization,
          ...(body === undefined ? {} : { 'content-type': FORM }),
        },
        ...(body === undefined ? {} : { body }),
      })
      const { status } = answer
      const allowed = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))
      expect([method, path, [403, 404].includes(status), allowed]).toEqual([method, path, true, []])
    }
    expect(JSON.stringify([x.tweets(), x.messages(), x.switches(), x.webhooks()])).toBe(before)
  })

  test('may link to the page, and to nothing else', async () => {
    const x = await start(stack)
    const headers = { host: `127.0.0.1:${x.port}`, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    const statuses: number[] = []
    for (const path of ['/', '/_local/tweets', '/2/users/me']) {
      statuses.push((await request(x, path, { headers })).status)
    }
    expect(statuses).toEqual([200, 403, 403])
  })
})
