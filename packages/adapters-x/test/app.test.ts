import { inspect } from 'node:util'
import { type LocalX, type LocalXOptions, startLocalX } from '@hexbird/local-x'
import { freePort } from '@hexbird/testkit/free-port'
import { answer, cut, type Script, silence, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XApp, XError, XOAuth2SignIn, XWebhooks } from '../src/index.js'
import { approve } from './approve.js'

const CALLBACK = 'http://127.0.0.1:8080/callback'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function agentFor(port: number) {
  const agent = agentTo({ port })
  open.push({ close: () => agent.destroy() })
  return agent
}

async function localX(options: LocalXOptions = {}) {
  const local = await startLocalX(options)
  open.push(local)
  return { local, agent: agentFor(local.port), credentials: local.credentials }
}

const keys = { consumerKey: 'consumer-key-7h3', consumerSecret: 'consumer-secret-8f2' }
const tokens = { accessToken: '42-accesstoken', accessSecret: 'access-secret-9d1' }

async function scripted(...scripts: readonly Script[]) {
  const server = await startScripted(...scripts)
  open.push(server)
  return { server, agent: agentFor(server.port) }
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )

describe("the app's Bearer token", () => {
  test('is that which X has, and administers webhooks', async () => {
    const { agent, credentials } = await localX()
    const bearerToken = await new XApp({ ...credentials, agent }).bearerToken()
    expect(bearerToken).toBe(credentials.bearerToken)
    expect(await new XWebhooks({ bearerToken, agent }).list()).toEqual([])
  })

  test('is asked for with the keys alone, as X wants it', async () => {
    const token = 'AAAA%2FAAA%3D'
    const { server, agent } = await scripted(answer(200, { token_type: 'bearer', access_token: token }))
    expect(await new XApp({ ...keys, agent }).bearerToken()).toBe(token)
    const [{ url, body, headers } = { url: '', body: '', headers: {} }] = server.requests
    expect([url, body]).toEqual(['/oauth2/token', 'grant_type=client_credentials'])
    const basic = Buffer.from(`${keys.consumerKey}:${keys.consumerSecret}`).toString('base64')
    expect(headers.authorization).toBe(`Basic ${basic}`)
  })

  test('is not given for other keys', async () => {
    const { agent, credentials } = await localX()
    const app = new XApp({ ...credentials, consumerSecret: 'old', agent })
    expect(await thrownBy(app.bearerToken())).toMatchObject({ name: 'XError', code: 'X_UNAUTHORIZED' })
  })

  test.each([
    ['an outage', answer(503), 'X_UNREACHABLE'],
    ['a cut', cut, 'X_UNREACHABLE'],
    ['no answer', silence, 'X_UNREACHABLE'],
    ['an empty object', answer(200, {}), 'X_ANSWER_UNREADABLE'],
    ['a token that is none', answer(200, { token_type: 'bearer', access_token: 'a b\r\n' }), 'X_ANSWER_UNREADABLE'],
    ['another kind of token', answer(200, { token_type: 'mac', access_token: 'AAAA' }), 'X_ANSWER_UNREADABLE'],
    ['a suspended app', answer(403, { errors: [{ code: 416, message: 'Suspended.' }] }), 'X_ACCOUNT_LOCKED'],
  ] as const)('%s is thrown, without a secret', async (_, script, code) => {
    const { agent } = await scripted(script)
    const error = await thrownBy(new XApp({ ...keys, agent, timeoutMs: 300 }).bearerToken())
    expect(error).toBeInstanceOf(XError)
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(keys.consumerSecret)
  })
})

describe("an account's tokens", () => {
  test('are known by their account, by what they may do, and when', async () => {
    const { local, agent, credentials } = await localX()
    const check = await new XApp({ ...credentials, agent }).check(credentials)
    const { id, username } = local.bot
    expect(check.account).toEqual({ kind: 'known', id, username, access: 'read-write-directmessages' })
    expect(Math.abs((check.date ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  test('that X does not take are told, with the time all the same', async () => {
    const { agent, credentials } = await localX()
    const check = await new XApp({ ...credentials, agent }).check({ ...credentials, accessSecret: 'wrong' })
    expect(check).toEqual({
      date: expect.any(Number),
      account: { kind: 'refused', reason: 'unauthorized', detail: expect.any(String) },
    })
  })

  test('are not known of where there are no credits, and that is the reason', async () => {
    const { local, agent, credentials } = await localX()
    local.setCredits(0)
    const { account } = await new XApp({ ...credentials, agent }).check(credentials)
    expect(account).toEqual({ kind: 'refused', reason: 'no-credits', detail: expect.stringContaining('credits') })
  })

  test('say what they may do', async () => {
    const { agent, credentials } = await localX({ access: 'read' })
    const { account } = await new XApp({ ...credentials, agent }).check(credentials)
    expect(account).toMatchObject({ kind: 'known', access: 'read' })
  })

  test('are not known of while X is away', async () => {
    const agent = agentFor(await freePort())
    const check = await new XApp({ ...keys, agent }).check(tokens)
    expect(check).toEqual({ account: { kind: 'unreachable', detail: expect.any(String) } })
  })

  test('have no level where X tells none', async () => {
    const { agent } = await scripted(answer(200, { data: { id: '42', username: 'bot' } }, { 'x-access-level': 'all' }))
    const { account } = await new XApp({ ...keys, agent }).check(tokens)
    expect(account).toEqual({ kind: 'known', id: '42', username: 'bot' })
  })
})

describe('a name', () => {
  test('is that of the account which has it, whatever its case, or nobody’s', async () => {
    const { local, agent, credentials } = await localX({ people: [{ username: 'Alice' }] })
    const app = new XApp({ ...credentials, agent })
    expect(await app.idOf('aLICE', credentials)).toBe(local.person('Alice').id)
    expect(await app.idOf('nobody', credentials)).toBeUndefined()
  })

  test('that leads elsewhere is not asked for', async () => {
    const { server, agent } = await scripted(answer(200, { data: { id: '42' } }))
    for (const name of ['../me', 'a/b', 'a?b', '', 'a'.repeat(16)]) {
      expect(await thrownBy(new XApp({ ...keys, agent }).idOf(name, tokens))).toMatchObject({
        code: 'X_REQUEST_REFUSED',
      })
    }
    expect(server.requests).toEqual([])
  })

  test('is not known of where X does not say', async () => {
    const away = agentFor(await freePort())
    expect(await thrownBy(new XApp({ ...keys, agent: away }).idOf('alice', tokens))).toBeInstanceOf(XError)
    const { agent } = await scripted(answer(200, { data: {} }))
    const error = await thrownBy(new XApp({ ...keys, agent }).idOf('alice', tokens))
    expect(error).toMatchObject({ code: 'X_ANSWER_UNREADABLE' })
  })
})

describe('signing in over OAuth 2.0', () => {
  async function begun(x: Awaited<ReturnType<typeof localX>>, given: Partial<LocalX['credentials']> = {}) {
    const signIn = new XOAuth2SignIn({ ...x.credentials, ...given, agent: x.agent })
    const { page, state, verifier } = signIn.begin({ callback: CALLBACK, scopes: ['tweet.read', 'users.read'] })
    const back = await approve(x.local, page, x.local.bot.username)
    return { signIn, state, verifier, back, code: back.get('code') ?? '' }
  }

  test('brings a token that subscribes the account', async () => {
    const x = await localX()
    const { signIn, state, verifier, back, code } = await begun(x)
    expect(back.get('state')).toBe(state)
    const result = await signIn.accessToken({ code, verifier, callback: CALLBACK })
    expect(result).toEqual({
      kind: 'granted',
      accessToken: expect.any(String),
      scopes: ['tweet.read', 'users.read'],
    })
    if (result.kind !== 'granted') throw new Error('not granted')
    const { id, username } = x.local.bot
    expect(await signIn.whose(result.accessToken)).toEqual({ id, username })
    const { bearerToken } = x.credentials
    const webhooks = new XWebhooks({ bearerToken, userToken: result.accessToken, agent: x.agent })
    const request = { dialect: 'x-activity', botId: x.local.bot.id, eventTypes: ['post.mention.create'] } as const
    // The webhook is unknown; that it is what X minds shows that it took the token.
    expect(await webhooks.subscribe({ ...request, webhookId: '1' })).toMatchObject([{ reason: 'WebhookIdInvalid' }])
  })

  test('takes a code once, for its own verifier', async () => {
    const x = await localX()
    const { signIn, verifier, code } = await begun(x)
    const other = signIn.begin({ callback: CALLBACK, scopes: ['tweet.read'] }).verifier
    const taken = await signIn.accessToken({ code, verifier: other, callback: CALLBACK })
    expect(taken).toEqual({ kind: 'refused', detail: expect.stringContaining('verifier') })
    const again = await signIn.accessToken({ code, verifier, callback: CALLBACK })
    expect(again).toMatchObject({ kind: 'refused' })
  })

  test('is thrown where X does not take the app', async () => {
    const x = await localX()
    const { signIn, verifier, code } = await begun(x, { clientSecret: 'not-that-one' })
    const error = await thrownBy(signIn.accessToken({ code, verifier, callback: CALLBACK }))
    expect(error).toBeInstanceOf(XError)
    expect(error).toMatchObject({ code: 'X_UNAUTHORIZED' })
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(new RegExp(`not-that-one|${code}|${verifier}`))
  })

  test('sends a form, and no state or verifier to the page', async () => {
    const { server, agent } = await scripted(answer(200, { token_type: 'bearer', access_token: 'abc', scope: 'a b' }))
    const signIn = new XOAuth2SignIn({ clientId: 'client', clientSecret: 'se/cret', agent })
    const { page, verifier } = signIn.begin({ callback: CALLBACK, scopes: ['a', 'b'] })
    expect(page).not.toContain(verifier)
    await signIn.accessToken({ code: 'code', verifier, callback: CALLBACK })
    const [{ headers, body } = { headers: {}, body: '' }] = server.requests
    expect(headers['content-type']).toContain('application/x-www-form-urlencoded')
    expect(headers.authorization).toBe(`Basic ${Buffer.from('client:se%2Fcret').toString('base64')}`)
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'authorization_code',
      code: 'code',
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      client_id: 'client',
    })
  })

  test.each([
    ['an outage', answer(503), 'X_UNREACHABLE'],
    ['a cut', cut, 'X_UNREACHABLE'],
    ['an empty object', answer(200, {}), 'X_ANSWER_UNREADABLE'],
    ['another 400', answer(400, { error: 'unsupported_grant_type' }), 'X_REQUEST_REFUSED'],
  ] as const)('%s is thrown', async (_, script, code) => {
    const { agent } = await scripted(script)
    const signIn = new XOAuth2SignIn({ clientId: 'client', agent })
    const error = await thrownBy(signIn.accessToken({ code: 'code', verifier: 'verifier', callback: CALLBACK }))
    expect(error).toMatchObject({ name: 'XError', code })
  })

  test('whose token it is has to be told, and is not made up', async () => {
    const { agent } = await scripted(answer(200, { data: { id: 'x' } }), answer(401, { title: 'Unauthorized' }))
    const signIn = new XOAuth2SignIn({ clientId: 'client', agent })
    expect(await thrownBy(signIn.whose('usertoken'))).toMatchObject({ code: 'X_ANSWER_UNREADABLE' })
    expect(await thrownBy(signIn.whose('usertoken'))).toMatchObject({ code: 'X_UNAUTHORIZED' })
  })
})
