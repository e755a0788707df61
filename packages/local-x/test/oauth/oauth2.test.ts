import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { TwitterApi } from 'twitter-api-v2'
import type { LocalX } from '../../src/index.js'
import { CALLBACK, createBrowser, returned, signIn as signInByOAuth1 } from '../sign-in.js'
import { type Closers, closeAll, LocalAgent, refusal, request, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const people = [{ username: 'alice' }]
const scope = ['tweet.read', 'users.read', 'offline.access']

function client(x: LocalX, secret = x.credentials.clientSecret): TwitterApi {
  const tokens = { clientId: x.credentials.clientId, clientSecret: secret }
  return new TwitterApi(tokens, { httpAgent: new LocalAgent(x.port) })
}

/** As far as the code that came back, with what is needed to take it in. */
async function codeFor(x: LocalX, scopes: readonly string[] = scope) {
  const { url, codeVerifier, state } = client(x).generateOAuth2AuthLink(CALLBACK, { scope: [...scopes] })
  const browser = createBrowser(x)
  const page = await browser.open(url)
  const back = returned(await browser.submit({ person: x.person('alice').id, decision: 'approve' }))
  return { page, back, state, taking: { code: back.code ?? '', codeVerifier, redirectUri: CALLBACK } }
}

async function signIn(x: LocalX, scopes: readonly string[] = scope) {
  const { taking } = await codeFor(x, scopes)
  return client(x).loginWithOAuth2(taking)
}

describe('a sign-in with PKCE', () => {
  test('ends with a token of two hours that acts as the person', async () => {
    const x = await start(stack, { people })
    const { client: asAlice, expiresIn, scope: granted, refreshToken } = await signIn(x)
    expect([expiresIn, granted, typeof refreshToken]).toEqual([7200, scope, 'string'])
    expect((await asAlice.v2.me()).data.username).toBe('alice')
  })

  test('shows each scope in words, and brings code and state back', async () => {
    const x = await start(stack, { people })
    const { page, back, state } = await codeFor(x, [...scope, 'dm.write'])
    expect(page.body.toString()).toContain('<li>Send direct messages for you.</li>')
    expect(back).toEqual({ to: CALLBACK, state, code: expect.any(String) })
  })

  test('that is cancelled brings access_denied and the state', async () => {
    const x = await start(stack, { people })
    const { url, state } = client(x).generateOAuth2AuthLink(CALLBACK, { scope })
    const browser = createBrowser(x)
    await browser.open(url)
    const back = returned(await browser.submit({ decision: 'deny' }))
    expect(back).toEqual({ to: CALLBACK, state, error: 'access_denied' })
  })

  test('always asks, also who approved before', async () => {
    const x = await start(stack, { people })
    const { browser } = await signInByOAuth1(x, 'alice')
    const { url } = client(x).generateOAuth2AuthLink(CALLBACK, { scope })
    expect((await browser.open(url)).status).toBe(200)
  })

  test.each([
    ['an unknown client', { client_id: 'a' }],
    ['a callback that is not on the list letter by letter', { redirect_uri: `${CALLBACK}/` }],
    ['a PIN, which the newer protocol does not have', { redirect_uri: 'oob' }],
    ['no state', { state: '' }],
    ['a state of 501 characters', { state: 'a'.repeat(501) }],
    ['no challenge', { code_challenge: '' }],
    ['a method that X does not have', { code_challenge_method: 'S512' }],
    ['no scope', { scope: '' }],
    ['a scope that X does not have', { scope: 'tweet.read tweet.everything' }],
    ['another response type', { response_type: 'token' }],
  ])('with %s is refused on the spot', async (_what, wrong) => {
    const x = await start(stack, { people, callbacks: [CALLBACK, 'oob'] })
    const url = new URL(client(x).generateOAuth2AuthLink(CALLBACK, { scope }).url)
    for (const [name, value] of Object.entries(wrong)) url.searchParams.set(name, value)
    const page = await createBrowser(x).open(url.href)
    expect([page.status, page.headers.location, page.body.toString().includes('<form')]).toEqual([
      400,
      undefined,
      false,
    ])
  })

  test('works with a plain challenge and a form, as X’s pages show it', async () => {
    const x = await start(stack, { people })
    const url = new URL(client(x).generateOAuth2AuthLink(CALLBACK, { scope: ['tweet.read'] }).url)
    url.searchParams.set('code_challenge', 'challenge')
    url.searchParams.set('code_challenge_method', 'plain')
    const browser = createBrowser(x)
    await browser.open(url.href)
    const { code = '' } = returned(await browser.submit({ person: x.bot.id, decision: 'approve' }))
    const fields = { code, grant_type: 'authorization_code', redirect_uri: CALLBACK, code_verifier: 'challenge' }
    const answer = await post(x, 'token', fields)
    expect(answer.body).toEqual({
      token_type: 'bearer',
      expires_in: 7200,
      access_token: expect.any(String),
      scope: 'tweet.read',
    })
  })
})

describe('a code', () => {
  test.each([
    [29_999, 200],
    [30_000, 400],
  ])('is good for 30 seconds: after %d ms the answer is %d', async (ms, status) => {
    let now = Date.UTC(2026, 7, 1)
    const x = await start(stack, { people, now: () => now })
    const { taking } = await codeFor(x)
    now += ms
    const login = client(x).loginWithOAuth2(taking)
    expect(
      await login.then(
        () => 200,
        async () => (await refusal(login)).code,
      ),
    ).toBe(status)
  })

  test('is good once', async () => {
    const x = await start(stack, { people })
    const { taking } = await codeFor(x)
    await client(x).loginWithOAuth2(taking)
    expect((await refusal(client(x).loginWithOAuth2(taking))).data).toMatchObject({
      error: 'invalid_request',
      error_description: 'Value passed for the authorization code was invalid.',
    })
  })

  test.each([
    ['another verifier', { codeVerifier: 'a' }],
    ['the challenge in place of the verifier', {}],
    ['another callback', { redirectUri: `${CALLBACK}/` }],
    ['no verifier', { codeVerifier: '' }],
  ])('is refused with %s', async (what, wrong) => {
    const x = await start(stack, { people })
    const { taking } = await codeFor(x)
    const challenge = createHash('sha256').update(taking.codeVerifier).digest('base64url')
    const own = what.startsWith('the challenge') ? { codeVerifier: challenge } : wrong
    expect((await refusal(client(x).loginWithOAuth2({ ...taking, ...own }))).code).toBe(400)
  })

  test('is refused to who does not know the client secret', async () => {
    const x = await start(stack, { people })
    const { taking } = await codeFor(x)
    const { code, data } = await refusal(client(x, 'wrong').loginWithOAuth2(taking))
    expect([code, data]).toMatchObject([
      401,
      { error: 'unauthorized_client', error_description: 'Missing valid authorization header' },
    ])
  })
})

describe('tokens', () => {
  test('end after two hours of the local clock', async () => {
    let now = Date.UTC(2026, 7, 1)
    const x = await start(stack, { people, now: () => now })
    const { client: asAlice } = await signIn(x)
    now += 2 * 60 * 60 * 1000 - 1
    await asAlice.v2.me()
    now += 1
    expect((await refusal(asAlice.v2.me())).code).toBe(401)
  })

  test('are refreshed only where offline.access was granted', async () => {
    const x = await start(stack, { people })
    expect((await signIn(x, ['tweet.read', 'users.read'])).refreshToken).toBeUndefined()
  })

  test('are refreshed by a token that works once; used again it ends all that came of it', async () => {
    const x = await start(stack, { people })
    const other = await signIn(x)
    const { refreshToken = '' } = await signIn(x)
    const second = await client(x).refreshOAuth2Token(refreshToken)
    expect(second.refreshToken).not.toBe(refreshToken)
    expect((await second.client.v2.me()).data.username).toBe('alice')
    expect((await refusal(client(x).refreshOAuth2Token(refreshToken))).code).toBe(400)
    expect((await refusal(second.client.v2.me())).code).toBe(401)
    expect((await refusal(client(x).refreshOAuth2Token(second.refreshToken ?? ''))).code).toBe(400)
    expect((await other.client.v2.me()).data.username).toBe('alice')
  })

  test('are revoked one by one, or all by the refresh token', async () => {
    const x = await start(stack, { people })
    const { client: asAlice, accessToken, refreshToken = '' } = await signIn(x)
    expect(await client(x).revokeOAuth2Token(accessToken)).toEqual({ revoked: true })
    expect((await refusal(asAlice.v2.me())).data).toEqual({
      errors: [{ code: 89, message: 'Invalid or expired token.' }],
    })
    const { client: refreshed, refreshToken: next = '' } = await client(x).refreshOAuth2Token(refreshToken)
    await client(x).revokeOAuth2Token(next, 'refresh_token')
    expect((await refusal(refreshed.v2.me())).code).toBe(401)
    expect((await refusal(client(x).refreshOAuth2Token(next))).code).toBe(400)
  })

  test('are revoked with all that the person granted', async () => {
    const x = await start(stack, { people })
    const { client: asAlice } = await signIn(x)
    const older = await signInByOAuth1(x, 'alice')
    await x.revoke('alice')
    expect((await refusal(asAlice.v2.me())).code).toBe(401)
    expect((await refusal(older.client.v2.me())).code).toBe(401)
  })

  test('cannot be refreshed once the person took all back, not even where the access token had gone before', async () => {
    const x = await start(stack, { people })
    const { accessToken, refreshToken = '' } = await signIn(x)
    await client(x).revokeOAuth2Token(accessToken)
    await x.revoke('alice')
    expect((await refusal(client(x).refreshOAuth2Token(refreshToken))).code).toBe(400)
  })

  test('are refused for a grant that X does not have, and without one', async () => {
    const x = await start(stack)
    expect((await post(x, 'token', { grant_type: 'password' })).body.error).toBe('unsupported_grant_type')
    expect((await post(x, 'token', {})).status).toBe(400)
    expect((await post(x, 'revoke', {})).status).toBe(400)
  })
})

describe('scopes', () => {
  const everything = ['tweet.read', 'tweet.write', 'users.read', 'follows.write', 'dm.read', 'dm.write']

  // docs.x.com/fundamentals/authentication/guides/v2-authentication-mapping, and X's description 2.167
  const calls: readonly [string, readonly string[], (asAlice: TwitterApi, x: LocalX) => Promise<unknown>][] = [
    ['GET /2/users/me', ['tweet.read', 'users.read'], (asAlice) => asAlice.v2.me()],
    ['POST /2/tweets', ['tweet.read', 'tweet.write', 'users.read'], (asAlice) => asAlice.v2.tweet('hi')],
    ['DELETE /2/tweets/:id', ['tweet.read', 'tweet.write', 'users.read'], (asAlice) => asAlice.v2.deleteTweet('20')],
    ['GET /2/tweets/:id', ['tweet.read', 'users.read'], (asAlice) => asAlice.v2.singleTweet('20')],
    ['GET /2/tweets', ['tweet.read', 'users.read'], (asAlice) => asAlice.v2.tweets(['20'])],
    ['GET /2/users/by/username/:username', ['tweet.read', 'users.read'], (asAlice) => asAlice.v2.userByUsername('bob')],
    ['GET /2/users/:id/tweets', ['tweet.read', 'users.read'], (asAlice) => asAlice.v2.userTimeline('20')],
    ['GET /2/users/:id/mentions', ['tweet.read', 'users.read'], (asAlice) => asAlice.v2.userMentionTimeline('20')],
    [
      'POST /2/users/:id/following',
      ['tweet.read', 'users.read', 'follows.write'],
      (asAlice, x) => asAlice.v2.follow(x.person('alice').id, x.bot.id),
    ],
    [
      'POST /2/dm_conversations/with/:participant_id/messages',
      ['tweet.read', 'users.read', 'dm.write'],
      (asAlice, x) => asAlice.v2.sendDmToParticipant(x.bot.id, { text: 'hi' }),
    ],
    [
      'POST /2/activity/subscriptions, post.mention.create',
      ['tweet.read'],
      (asAlice, x) =>
        asAlice.v2.post('activity/subscriptions', {
          event_type: 'post.mention.create',
          filter: { user_id: x.person('alice').id },
        }),
    ],
  ]

  test.each(calls)('%s needs each of %j', async (_route, needed, call) => {
    const x = await start(stack, { people, follows: 'allowed' })
    await call((await signIn(x, needed)).client, x)
    for (const without of needed) {
      const { client: asAlice } = await signIn(
        x,
        everything.filter((name) => name !== without),
      )
      const { code, data } = await refusal(call(asAlice, x))
      expect([code, data.detail]).toEqual([403, expect.stringContaining(without)])
    }
  })

  test('do not open what is for the app or for OAuth 1.0a alone', async () => {
    const x = await start(stack, { people })
    const { client: asAlice } = await signIn(x, everything)
    const calls = [asAlice.v2.get('webhooks'), asAlice.v2.post('webhooks', { url: 'https://example.com/' })]
    for (const call of calls) expect((await refusal(call)).data.title).toBe('Unsupported Authentication')
  })
})

async function post(x: LocalX, what: 'token' | 'revoke', fields: Record<string, string>) {
  const { clientId, clientSecret } = x.credentials
  const answer = await request(x, `/2/oauth2/${what}`, {
    method: 'POST',
    headers: {
      host: 'api.x.com',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams(fields).toString(),
  })
  return { status: answer.status, body: JSON.parse(answer.body.toString()) }
}
