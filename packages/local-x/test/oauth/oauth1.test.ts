import { afterEach, describe, expect, test } from '@jest/globals'
import { appClient, CALLBACK, clientOf, createBrowser, returned, signedPost, signIn } from '../sign-in.js'
import { type Closers, clientsOf, closeAll, refusal, request, start } from '../support.js'

const stack: Closers = []
afterEach(() => closeAll(stack))

const people = [{ username: 'alice' }, { username: 'bob', name: 'Bob <b>' }]

describe('a request token', () => {
  test('is given form-encoded as text/html, with the callback confirmed', async () => {
    const x = await start(stack)
    const answer = await signedPost(x, '/oauth/request_token', { more: { oauth_callback: CALLBACK } })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(Object.fromEntries(new URLSearchParams(answer.body.toString()))).toEqual({
      oauth_token: expect.stringMatching(/^\w{27}$/),
      oauth_token_secret: expect.stringMatching(/^\w{32}$/),
      oauth_callback_confirmed: 'true',
    })
  })

  test.each([`${CALLBACK}/`, 'http://localhost:8080/callback', `${CALLBACK}?a=b`, CALLBACK.toUpperCase(), ''])(
    'for the callback "%s", which is not on the list letter by letter, is refused with 415',
    async (callback) => {
      const x = await start(stack)
      const answer = await signedPost(x, '/oauth/request_token', { more: { oauth_callback: callback } })
      expect([answer.status, codeOf(answer)]).toEqual([403, 415])
    },
  )

  test('without a callback is refused', async () => {
    const x = await start(stack)
    expect(codeOf(await signedPost(x, '/oauth/request_token'))).toBe(415)
  })

  test('for a PIN is refused with 417 unless the app allows it', async () => {
    const more = { oauth_callback: 'oob' }
    const without = await start(stack)
    expect(codeOf(await signedPost(without, '/oauth/request_token', { more }))).toBe(417)
    const x = await start(stack, { callbacks: ['oob'], people })
    const link = await appClient(x).generateAuthLink('oob', { linkMode: 'authorize' })
    const browser = createBrowser(x)
    await browser.open(link.url)
    const page = await browser.submit({ person: x.person('alice').id, decision: 'approve' })
    const pin = /<output>(\d{7})<\/output>/.exec(page.body.toString())?.[1] ?? ''
    expect((await clientOf(x, link.oauth_token, link.oauth_token_secret).login(pin)).screenName).toBe('alice')
  })

  test.each([
    ['a wrong key', { key: 'k' }, 401, 32],
    ['a wrong secret', { secret: 's' }, 401, 32],
    ['a timestamp of yesterday', { timestamp: Math.floor(Date.now() / 1000) - 86_400 }, 401, 135],
    ['a token of nobody', { token: '1-a', tokenSecret: 's' }, 401, 89],
  ])('with %s is refused', async (_what, wrong, status, code) => {
    const x = await start(stack)
    const answer = await signedPost(x, '/oauth/request_token', { more: { oauth_callback: CALLBACK }, ...wrong })
    expect([answer.status, codeOf(answer)]).toEqual([status, code])
  })

  test('without authentication is refused', async () => {
    const x = await start(stack)
    const answer = await request(x, '/oauth/request_token', { method: 'POST', headers: { host: 'api.x.com' } })
    expect([answer.status, codeOf(answer)]).toEqual([400, 215])
  })

  test('is refused as XML or plain text where the app’s errors are written so', async () => {
    const more = { oauth_callback: 'http://127.0.0.1/' }
    const xml = await signedPost(await start(stack, { oauthErrors: 'xml' }), '/oauth/request_token', { more })
    expect([xml.status, xml.headers['content-type']]).toEqual([403, 'application/xml; charset=utf-8'])
    expect(xml.body.toString()).toContain('<errors><error code="415">Callback URL not approved')
    const text = await signedPost(await start(stack, { oauthErrors: 'text' }), '/oauth/access_token', {
      token: 'gone',
      tokenSecret: 's',
    })
    expect([text.status, text.body.toString()]).toEqual([401, 'Invalid or expired token.'])
  })
})

describe('the page of a sign-in', () => {
  test('asks who the person is, and names what the app may do', async () => {
    const x = await start(stack, { people })
    const { url } = await appClient(x).generateAuthLink(CALLBACK)
    const page = await createBrowser(x).open(url)
    const html = page.body.toString()
    expect(page.status).toBe(200)
    for (const { id } of ['hexbird', 'alice', 'bob'].map(x.person)) expect(html).toContain(`value="${id}"`)
    expect(html).toContain('Bob &lt;b&gt;')
    expect(html).toContain('Send direct messages for you')
    expect(html).toMatch(/<html lang="en">.*<main>.*<h1>.*<fieldset><legend>/s)
    expect(html).not.toMatch(/checked|<script|\son\w+=|\sstyle=/)
  })

  test('lets nothing run and nobody frame it, and lets its form lead to the callback alone', async () => {
    const x = await start(stack, { people })
    const { url } = await appClient(x).generateAuthLink(CALLBACK)
    const { headers } = await createBrowser(x).open(url)
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      expect.stringMatching(/^style-src 'sha256-[^']+'$/),
      "form-action 'self' http://127.0.0.1:8080",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'cache-control': 'no-store' })
    expect(headers['set-cookie']?.[0]).toMatch(/^local_x_session=\w{40}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test.each(['api.x.com', 'x.com'])('is there under %s too', async (host) => {
    const x = await start(stack, { people })
    const { url } = await appClient(x).generateAuthLink(CALLBACK)
    const { pathname, search } = new URL(url)
    const page = await request(x, pathname + search, { headers: { host } })
    expect([page.status, page.body.toString().includes('Who are you?')]).toEqual([200, true])
  })

  test('has its address on this machine named', async () => {
    const x = await start(stack)
    expect(x.browserUrl('https://api.x.com/oauth/authorize?oauth_token=a')).toBe(
      `http://127.0.0.1:${x.port}/oauth/authorize?oauth_token=a`,
    )
  })

  test.each(['nothing', '', 'x'.repeat(27)])('is not shown for the unknown request token "%s"', async (token) => {
    const x = await start(stack)
    const page = await createBrowser(x).open(`https://api.x.com/oauth/authorize?oauth_token=${token}`)
    expect([page.status, page.body.toString().includes('<form')]).toEqual([401, false])
  })

  test('asks again when nobody was chosen', async () => {
    const x = await start(stack, { people })
    const browser = createBrowser(x)
    await browser.open((await appClient(x).generateAuthLink(CALLBACK)).url)
    const page = await browser.submit({ decision: 'approve' })
    expect([page.status, page.body.toString().includes('role="alert"')]).toEqual([400, true])
    expect(returned(await browser.submit({ person: x.bot.id, decision: 'approve' })).oauth_verifier).toBeTruthy()
  })

  test.each([
    ['without its token', { authenticity_token: undefined }, {}],
    ['with another token', { authenticity_token: 'a' }, {}],
    ['from another site', {}, { origin: 'https://evil.example' }],
    ['from a page without origin', {}, { origin: 'null' }],
    ['in another session', {}, { cookie: `local_x_session=${'a'.repeat(40)}` }],
  ])('takes no form %s', async (_what, fields, headers) => {
    const x = await start(stack, { people })
    const browser = createBrowser(x)
    await browser.open((await appClient(x).generateAuthLink(CALLBACK)).url)
    const answer = await browser.submit({ person: x.bot.id, decision: 'approve', ...fields }, headers)
    expect([answer.status, answer.headers.location]).toEqual([403, undefined])
  })

  test('takes no form that was made for another sign-in', async () => {
    const x = await start(stack, { people })
    const browser = createBrowser(x)
    const [one, two] = [await appClient(x).generateAuthLink(CALLBACK), await appClient(x).generateAuthLink(CALLBACK)]
    const page = await browser.open(one.url)
    const token = /name="authenticity_token" value="([^"]*)"/.exec(page.body.toString())?.[1]
    await browser.open(two.url)
    const answer = await browser.submit({ person: x.bot.id, decision: 'approve', authenticity_token: token })
    expect(answer.status).toBe(403)
  })
})

describe('a sign-in', () => {
  test('ends with tokens that act as the person', async () => {
    const x = await start(stack, { people })
    const { client, accessToken, userId, screenName, link } = await signIn(x, 'alice')
    const alice = x.person('alice')
    expect([link.oauth_callback_confirmed, userId, screenName]).toEqual(['true', alice.id, 'alice'])
    expect(accessToken.startsWith(`${alice.id}-`)).toBe(true)
    expect((await client.v2.me()).data.username).toBe('alice')
    const { data } = await client.v2.tweet('hello')
    expect(x.tweets().find(({ id }) => id === data.id)?.author.username).toBe('alice')
  })

  test('of the bot gives the tokens that it has', async () => {
    const x = await start(stack)
    expect((await signIn(x, 'hexbird')).accessToken).toBe(x.credentials.accessToken)
  })

  test('brings the request token and a verifier to the callback', async () => {
    const x = await start(stack, { people })
    const browser = createBrowser(x)
    const link = await appClient(x).generateAuthLink(CALLBACK)
    await browser.open(link.url)
    const fields = returned(await browser.submit({ person: x.person('bob').id, decision: 'approve' }))
    expect(fields).toEqual({ to: CALLBACK, oauth_token: link.oauth_token, oauth_verifier: expect.any(String) })
  })

  test('keeps what the callback’s own query says', async () => {
    const callback = 'http://127.0.0.1:8080/callback?a=b%20c'
    const x = await start(stack, { people, callbacks: [callback] })
    const browser = createBrowser(x)
    await browser.open((await appClient(x).generateAuthLink(callback)).url)
    expect(returned(await browser.submit({ person: x.bot.id, decision: 'approve' })).a).toBe('b c')
  })

  test('that is cancelled brings `denied`, and its request token is no more', async () => {
    const x = await start(stack, { people })
    const browser = createBrowser(x)
    const link = await appClient(x).generateAuthLink(CALLBACK)
    await browser.open(link.url)
    expect(returned(await browser.submit({ decision: 'deny' }))).toEqual({ to: CALLBACK, denied: link.oauth_token })
    const login = clientOf(x, link.oauth_token, link.oauth_token_secret).login('a')
    expect((await refusal(login)).data.errors?.[0]?.code).toBe(89)
  })

  test('takes the right verifier alone, and once', async () => {
    const x = await start(stack, { people })
    const browser = createBrowser(x)
    const link = await appClient(x).generateAuthLink(CALLBACK)
    const client = clientOf(x, link.oauth_token, link.oauth_token_secret)
    expect((await refusal(client.login('early'))).code).toBe(401)
    await browser.open(link.url)
    const { oauth_verifier = '' } = returned(await browser.submit({ person: x.bot.id, decision: 'approve' }))
    expect((await browser.open(link.url)).status).toBe(401)
    expect((await refusal(client.login(`${oauth_verifier}x`))).code).toBe(401)
    await client.login(oauth_verifier)
    expect((await refusal(client.login(oauth_verifier))).data.errors?.[0]?.code).toBe(89)
  })

  test.each([
    [15 * 60 * 1000 - 1, 200],
    [15 * 60 * 1000, 401],
  ])('can go on for a quarter of an hour: after %d ms its page answers %d', async (ms, status) => {
    let now = Date.UTC(2026, 7, 1)
    const x = await start(stack, { now: () => now })
    const { url } = await appClient(x).generateAuthLink(CALLBACK)
    now += ms
    expect((await createBrowser(x).open(url)).status).toBe(status)
  })

  test('by authenticate is silent for who approved before, by authorize never', async () => {
    const x = await start(stack, { people })
    const { browser, link } = await signIn(x, 'alice')
    const again = await appClient(x).generateAuthLink(CALLBACK)
    const silent = returned(await browser.open(again.url))
    expect(silent.oauth_token).toBe(again.oauth_token)
    const login = await clientOf(x, again.oauth_token, again.oauth_token_secret).login(silent.oauth_verifier ?? '')
    expect(login.screenName).toBe('alice')
    expect(again.oauth_token).not.toBe(link.oauth_token)
    for (const options of [{ linkMode: 'authorize' }, { forceLogin: true }, { screenName: 'bob' }] as const) {
      const asked = await browser.open((await appClient(x).generateAuthLink(CALLBACK, options)).url)
      expect([options, asked.status]).toEqual([options, 200])
    }
    const narrower = await appClient(x).generateAuthLink(CALLBACK, { authAccessType: 'read' })
    expect((await browser.open(narrower.url)).status).toBe(200)
    const stranger = await appClient(x).generateAuthLink(CALLBACK)
    expect((await createBrowser(x).open(stranger.url)).status).toBe(200)
  })

  test('begins with the person who is named or was there before, unless all is to be entered anew', async () => {
    const x = await start(stack, { people })
    const { browser } = await signIn(x, 'alice')
    const chosen = async (options: Parameters<ReturnType<typeof appClient>['generateAuthLink']>[1]) => {
      const link = await appClient(x).generateAuthLink(CALLBACK, { linkMode: 'authorize', ...options })
      return /value="(\d+)" required checked/.exec((await browser.open(link.url)).body.toString())?.[1]
    }
    expect(await chosen({})).toBe(x.person('alice').id)
    expect(await chosen({ screenName: 'BOB' })).toBe(x.person('bob').id)
    expect(await chosen({ forceLogin: true })).toBeUndefined()
  })
})

describe('an access token', () => {
  test.each([
    ['read', 'read', 403, 403],
    ['write', 'read-write', 201, 403],
    [undefined, 'read-write-directmessages', 201, 201],
  ] as const)('asked for as %s has the level %s', async (type, level, tweeting, messaging) => {
    const x = await start(stack, { people })
    const { client } = await signIn(x, 'alice', type === undefined ? {} : { authAccessType: type })
    const { headers } = await client.v2.get('users/me', {}, { fullResponse: true })
    expect(headers['x-access-level']).toBe(level)
    const status = (call: Promise<unknown>) =>
      call.then(
        () => 201,
        async () => (await refusal(call)).code,
      )
    expect(await status(client.v2.tweet('hi'))).toBe(tweeting)
    expect(await status(client.v2.sendDmToParticipant(x.person('bob').id, { text: 'hi' }))).toBe(messaging)
  })

  test('that is too little is refused in X’s words', async () => {
    const x = await start(stack, { people })
    const { client } = await signIn(x, 'alice', { authAccessType: 'read' })
    const { data } = await refusal(client.v2.tweet('hi'))
    expect(data).toMatchObject({ title: 'Forbidden', type: 'https://api.x.com/2/problems/oauth1-permissions' })
  })

  test('that was invalidated is refused with 89, another person’s not, and the next sign-in asks again', async () => {
    const x = await start(stack, { people })
    const { client, accessToken, browser } = await signIn(x, 'alice')
    const bob = await signIn(x, 'bob')
    expect(await client.v1.post('oauth/invalidate_token.json')).toEqual({ access_token: accessToken })
    const { code, data } = await refusal(client.v2.me())
    expect([code, data]).toEqual([401, { errors: [{ code: 89, message: 'Invalid or expired token.' }] }])
    expect((await bob.client.v2.me()).data.username).toBe('bob')
    expect((await browser.open((await appClient(x).generateAuthLink(CALLBACK)).url)).status).toBe(200)
    expect((await signIn(x, 'alice')).accessToken).not.toBe(accessToken)
  })

  test('is the same one for the same person until it is invalidated', async () => {
    const x = await start(stack, { people })
    expect((await signIn(x, 'alice')).accessToken).toBe((await signIn(x, 'alice')).accessToken)
  })
})

describe('the app alone', () => {
  test('gets the one Bearer token for its key and secret', async () => {
    const x = await start(stack)
    const app = await appClient(x).appLogin()
    expect((await app.v2.get('webhooks')).data).toEqual([])
    const authorization = basic(x.credentials.consumerKey, x.credentials.consumerSecret)
    const answer = await token(x, { authorization }, 'grant_type=client_credentials')
    expect(JSON.parse(answer.body.toString())).toEqual({
      token_type: 'bearer',
      access_token: x.credentials.bearerToken,
    })
  })

  test('is refused with 99 for a wrong secret, another grant and no authentication', async () => {
    const x = await start(stack)
    const { consumerKey, consumerSecret } = x.credentials
    const right = { authorization: basic(consumerKey, consumerSecret) }
    const answers = [
      await token(x, { authorization: basic(consumerKey, 'wrong') }, 'grant_type=client_credentials'),
      await token(x, right, 'grant_type=password'),
      await token(x, right, ''),
      await token(x, {}, 'grant_type=client_credentials'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    expect(JSON.parse(answers[0]?.body.toString() ?? '')).toEqual({
      errors: [{ code: 99, label: 'authenticity_token_error', message: 'Unable to verify your credentials' }],
    })
  })
})

test('a token of a person may not do as the app, nor the app as a person', async () => {
  const x = await start(stack, { people })
  const { client } = await signIn(x, 'alice')
  expect((await refusal(client.v2.get('webhooks'))).data.title).toBe('Unsupported Authentication')
  expect((await refusal(clientsOf(x).asApp.v2.me())).data.title).toBe('Unsupported Authentication')
})

const codeOf = (answer: { readonly body: Buffer }): unknown => JSON.parse(answer.body.toString()).errors[0].code

const basic = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

const token = (x: Parameters<typeof request>[0], headers: Record<string, string>, body: string) =>
  request(x, '/oauth2/token', {
    method: 'POST',
    headers: { host: 'api.x.com', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  })
