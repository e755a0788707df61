import { SignInError } from '@hexbird/core/adapter'
import type { ActionOutcome, Completed } from '@hexbird/core/host'
import { describe, expect, test } from '@jest/globals'
import {
  FROM_X,
  locationOf,
  NAVIGATION,
  NOW,
  ORIGIN,
  OUR_FORM,
  PATHS,
  SECRETS,
  SIGNED_IN,
  STARTED,
  signInApp,
  titleOf,
  tokenIn,
  X_PAGE,
} from './sign-in-fixture.js'

describe('the sign-in page', () => {
  test('names the privacy policy before anything else', async () => {
    const page = await (await signInApp({}, { termsUrl: 'https://bot.example/terms' }).browser().get(PATHS.page)).text()
    expect(page).toContain('<a href="https://bot.example/terms">terms</a>')
    expect(page.indexOf('https://bot.example/privacy')).toBeGreaterThan(0)
    expect(page.indexOf('https://bot.example/privacy')).toBeLessThan(page.indexOf('<form'))
  })

  test('has one heading, a language, a label for each box, and a button with a name', async () => {
    const page = await (await signInApp().browser().get(PATHS.page)).text()
    expect(page.match(/<h1/g)).toHaveLength(1)
    expect(page).toContain('<html lang="en">')
    expect(page.match(/<label><input type="checkbox"/g)).toHaveLength(2)
    expect(page).toMatch(/<button class="x"><svg [^>]*aria-hidden="true".*Sign in with X<\/button>/s)
    expect(page).not.toContain('<script')
  })

  test.each([
    ['api', 'Follow @hexbird with my account', 'Send my own account a direct message'],
    ['link', 'the page at X where I can follow @hexbird', 'the page at X where I can write to @hexbird'],
  ] as const)('with %s it says what a tick does, and names the account', async (mode, follow, message) => {
    const page = await (
      await signInApp({}, { offers: { follow: mode, message: mode } })
        .browser()
        .get(PATHS.page)
    ).text()
    expect(page).toContain(follow)
    expect(page).toContain(message)
  })

  test('does not offer what is switched off', async () => {
    const page = await (
      await signInApp({}, { offers: { follow: 'off', message: 'off' } })
        .browser()
        .get(PATHS.page)
    ).text()
    expect(page).not.toContain('type="checkbox"')
    expect(page).toContain('Sign in with X')
  })

  test('carries what came with its address over into the form, without the names that are taken', async () => {
    const { browser, asked } = signInApp()
    const query =
      '?from=<"news">&follow=true&message=true&csrf=x&return_to=https://bot.example/on&from=twice&=nameless&_charset_=x'
    const page = await (await browser().get(PATHS.page + query)).text()
    const hidden = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, n, v]) => [n, v])
    expect(hidden).toEqual([
      ['csrf', expect.not.stringMatching(/^x$/)],
      ['from', '&lt;&quot;news&quot;&gt;'],
      ['return_to', 'https://bot.example/on'],
    ])
    expect(page).toContain('the data in the link that brought you here')
    expect(asked.starts).toEqual([])
  })

  test('carries no more than the bot keeps', async () => {
    const { browser } = signInApp()
    const many = Array.from({ length: 30 }, (_, n) => `f${n}=${n}`).join('&')
    expect((await (await browser().get(`${PATHS.page}?${many}`)).text()).match(/type="hidden"/g)).toHaveLength(21)
    const long = await (await browser().get(`${PATHS.page}?a=1&b=${'x'.repeat(2100)}`)).text()
    expect(long.match(/type="hidden"/g)).toHaveLength(2)
  })

  test('shows who is signed in, and the ways out', async () => {
    const browser = signInApp().browser()
    await browser.signIn()
    const page = await (await browser.get(PATHS.page)).text()
    expect(page).toContain('@ada')
    expect(page).toContain(`action="${PATHS.signOut}"`)
    expect(page).toContain(`action="${PATHS.disconnect}"`)
    expect(page).not.toContain('Sign in with X')
  })

  test("bears the bot's name and not hexbird's logo", async () => {
    const page = await (await signInApp().browser().get(PATHS.page)).text()
    expect(page).toContain('<p class="service">Bird Watch</p>')
    expect(page).not.toContain('viewBox="0 0 64 64"')
  })

  test('is shown anew where the account is gone', async () => {
    const browser = signInApp({ accountOf: async () => undefined }).browser()
    await browser.signIn()
    expect(await titleOf(await browser.get(PATHS.page))).toBe('Sign in to Bird Watch')
  })
})

describe('the start by form', () => {
  test("leads to X's page, and leaves a cookie for this sign-in", async () => {
    const { browser, asked, appEvents } = signInApp()
    const response = await browser().submit(PATHS.start, { follow: 'true', from: 'news', return_to: `${ORIGIN}/on` })
    expect(response.status).toBe(303)
    expect(locationOf(response)).toBe(X_PAGE)
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-hexbird-flow-[\w-]{16}=the-browser-value-0815; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ])
    expect(asked.starts).toEqual([
      { follow: true, message: false, tracked: { from: 'news' }, returnTo: `${ORIGIN}/on`, address: '192.0.2.7' },
    ])
    expect(appEvents).toEqual([{ kind: 'started', follow: true, message: false }])
  })

  test.each(['TRUE', 'on', '1', 'yes', '', 'true '])('takes %j for no yes', async (value) => {
    const { browser, asked } = signInApp()
    await browser().submit(PATHS.start, { follow: value, message: value })
    expect(asked.starts).toEqual([{ follow: false, message: false, tracked: {}, address: '192.0.2.7' }])
  })

  test.each(['follow', 'message', 'return_to', 'from', 'csrf'])('refuses two of %s', async (name) => {
    const { browser, asked } = signInApp()
    const twice = [[name, 'true'] as const, [name, 'true'] as const]
    expect((await browser().submit(PATHS.start, twice)).status).toBe(name === 'csrf' ? 403 : 400)
    expect(asked.starts).toEqual([])
  })

  test('refuses a field without a name', async () => {
    const { browser, appEvents } = signInApp()
    expect((await browser().submit(PATHS.start, { '': 'x' })).status).toBe(400)
    expect(appEvents).toEqual([{ kind: 'request-refused', path: PATHS.start, reason: 'unclear' }])
  })

  test('keeps a field named like a part of every object as what it is', async () => {
    const { browser, asked } = signInApp()
    await browser().submit(PATHS.start, [['__proto__', 'x']])
    expect(Object.entries(asked.starts[0]?.tracked ?? {})).toEqual([['__proto__', 'x']])
  })

  test.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain', ''])('refuses %j', async (type) => {
    const { browser, asked, appEvents } = signInApp()
    const response = await browser().submit(PATHS.start, {}, { ...OUR_FORM, 'content-type': type })
    expect(response.status).toBe(415)
    expect(asked.starts).toEqual([])
    expect(appEvents).toEqual([{ kind: 'request-refused', path: PATHS.start, reason: 'not-a-form' }])
  })

  test('takes the content type in any case and with a charset', async () => {
    const headers = { ...OUR_FORM, 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' }
    expect((await signInApp().browser().submit(PATHS.start, {}, headers)).status).toBe(303)
  })

  test('refuses more than 16 KiB', async () => {
    const { browser, asked } = signInApp()
    expect((await browser().submit(PATHS.start, { a: 'x'.repeat(16 * 1024) })).status).toBe(413)
    expect(asked.starts).toEqual([])
  })

  test('a second tab does not end what the first began, and the oldest of ten gives way', async () => {
    let n = 0
    const { browser } = signInApp({
      startSession: async () => ({ ...STARTED, requestToken: `t${n}`, flowSecret: `b${n++}` }),
    })
    const tabs = browser()
    for (let tab = 0; tab < 12; tab++) await tabs.submit(PATHS.start)
    const kept = [...tabs.cookies].filter(([name]) => name.includes('flow')).map(([, value]) => value)
    expect(kept).toEqual(Array.from({ length: 10 }, (_, tab) => `b${tab + 2}`))
  })

  test.each(['tracked-too-large', 'return-not-allowed'] as const)('says that it is %s', async (reason) => {
    const { browser, appEvents } = signInApp({ startSession: async () => ({ kind: 'refused', reason, detail: 'why' }) })
    const response = await browser().submit(PATHS.start)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(`<a href="${PATHS.page}">Start again</a>`)
    expect(appEvents).toEqual([{ kind: 'start-refused', reason }])
  })

  test('says 502 where X cannot be asked, and tells the operator why', async () => {
    const error = new Error('cut')
    const { browser, appEvents } = signInApp({ startSession: () => Promise.reject(error) })
    const response = await browser().submit(PATHS.start)
    expect([response.status, await titleOf(response)]).toEqual([502, 'X cannot be reached'])
    expect(appEvents).toEqual([{ kind: 'start-failed', error }])
  })

  test.each([
    new SignInError('CALLBACK_NOT_CONFIRMED', 'X did not confirm the callback.'),
    ...['X_CALLBACK_NOT_ALLOWED', 'X_UNAUTHORIZED', 'X_ACCOUNT_LOCKED'].map((code) =>
      Object.assign(new Error('from the adapter'), { code }),
    ),
  ])('says 503 where the app is not set up at X: $code', async (error) => {
    const { browser, appEvents } = signInApp({ startSession: () => Promise.reject(error) })
    expect((await browser().submit(PATHS.start)).status).toBe(503)
    expect(appEvents).toEqual([{ kind: 'start-failed', error }])
  })
})

describe('the start by address', () => {
  const QUERY = '?follow=true&message=true&from=news&return_to=https://bot.example/on'

  test.each([
    ['none', true],
    ['same-origin', false],
  ])(
    'from %s it starts, with no choice and nothing tracked; X asks whoever followed no link of ours',
    async (site, prompt) => {
      const { browser, asked } = signInApp()
      const response = await browser().get(PATHS.start + QUERY, { ...NAVIGATION, 'sec-fetch-site': site })
      expect([response.status, locationOf(response)]).toEqual([303, X_PAGE])
      expect(asked.starts).toEqual([{ follow: false, message: false, tracked: {}, prompt, address: '192.0.2.7' }])
    },
  )

  test('shows an HTTP client the redirect, and makes X ask', async () => {
    const { app, asked } = signInApp()
    const response = await app.request(PATHS.start + QUERY)
    expect([response.status, locationOf(response)]).toEqual([303, X_PAGE])
    expect(asked.starts).toEqual([{ follow: false, message: false, tracked: {}, prompt: true, address: '192.0.2.7' }])
  })
})

describe('the callback', () => {
  test('signs in, and leads to a clean address', async () => {
    const { browser, asked, appEvents } = signInApp()
    const person = browser()
    const response = await person.signIn()
    expect([response.status, locationOf(response)]).toEqual([303, PATHS.result])
    expect(asked.callbacks).toEqual([
      { requestToken: SECRETS.token, verifier: SECRETS.verifier, denied: undefined, flowSecret: SECRETS.flowSecret },
    ])
    expect(appEvents.at(-1)).toEqual({
      kind: 'signed-in',
      uid: SIGNED_IN.uid,
      username: 'ada',
      follow: { kind: 'done' },
      message: { kind: 'not-chosen' },
    })
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-hexbird-login=[\w.-]+; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^__Host-hexbird-outcome=[\w.-]+; Max-Age=900; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ])
  })

  test.each([
    ['oauth_token=a&oauth_token=b&oauth_verifier=v', { requestToken: undefined, verifier: 'v' }],
    ['oauth_token=a&oauth_verifier=v&oauth_verifier=w', { requestToken: 'a', verifier: undefined }],
    ['denied=a&denied=b', { denied: undefined }],
    ['', {}],
  ])('gives the bot only what is there once: %s', async (query, expected) => {
    const { browser, asked } = signInApp()
    await browser().get(`${PATHS.callback}?${query}`, FROM_X)
    const none = { requestToken: undefined, verifier: undefined, denied: undefined, flowSecret: undefined }
    expect(asked.callbacks).toEqual([{ ...none, ...expected }])
  })

  test.each([
    ['missing', 400],
    ['unknown', 400],
    ['expired', 400],
    ['used', 400],
    ['wrong-browser', 403],
    ['not-granted', 403],
    ['revoked', 403],
  ] as const)('that is refused as %s leads to a clean page of its own', async (reason, status) => {
    const { browser, appEvents } = signInApp({
      completeAuth: async () => ({ kind: 'refused', reason, detail: 'X’s words' }),
    })
    const person = browser()
    const response = await person.signIn()
    expect([response.status, locationOf(response)]).toEqual([303, `${PATHS.result}?reason=${reason}`])
    expect(appEvents.at(-1)).toEqual({ kind: 'callback-refused', reason, detail: 'X’s words' })
    const page = await person.get(locationOf(response) ?? '')
    expect(page.status).toBe(status)
    const text = await page.text()
    expect(text).toContain('Start again')
    expect(text).not.toContain('X’s words')
    expect(person.logins()).toEqual([])
  })

  test('that is refused is told to somebody who signed in before, too', async () => {
    let completed: Completed = SIGNED_IN
    const person = signInApp({ completeAuth: async () => completed }).browser()
    await person.signIn()
    completed = { kind: 'refused', reason: 'expired' }
    const callback = `${PATHS.callback}?oauth_token=another&oauth_verifier=${SECRETS.verifier}`
    expect(locationOf(await person.get(callback, FROM_X))).toBe(`${PATHS.result}?reason=expired`)
    expect(person.cookies.has('__Host-hexbird-login')).toBe(true)
  })

  test('leads to a page that says 502 where X cannot be asked, and tells the operator why', async () => {
    const error = new Error('cut')
    const { browser, appEvents } = signInApp({ completeAuth: () => Promise.reject(error) })
    const person = browser()
    const response = await person.signIn()
    expect([response.status, locationOf(response)]).toEqual([303, `${PATHS.result}?reason=unreachable`])
    const page = await person.get(locationOf(response) ?? '')
    expect([page.status, await titleOf(page)]).toEqual([502, 'X cannot be reached'])
    expect(appEvents.at(-1)).toEqual({ kind: 'callback-failed', error })
    expect(person.logins()).toEqual([])
  })
})

test('a value of a browser that is not of our making is replaced', async () => {
  const { app } = signInApp()
  for (const value of ['x', 'a'.repeat(23), 'a b']) {
    const response = await app.request(`${ORIGIN}${PATHS.page}`, {
      headers: { cookie: `__Host-hexbird-browser=${value}` },
    })
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-hexbird-browser=[\w-]{22};/)
  }
})

test('no cookie of a sign-in outlives an hour, whatever the bot says of its end', async () => {
  const { browser } = signInApp({
    startSession: async () => ({
      kind: 'started',
      requestToken: 't',
      page: X_PAGE,
      flowSecret: 'b',
      expiresAt: NOW + 36_000_000,
    }),
  })
  const response = await browser().submit(PATHS.start)
  expect(response.headers.get('set-cookie')).toMatch(/^__Host-hexbird-flow-[\w-]{16}=b; Max-Age=3600;/)
})

test('a listener that throws stops nothing', async () => {
  const { browser } = signInApp(
    {},
    {
      onEvent: () => {
        throw new Error('no disk')
      },
    },
  )
  const person = browser()
  const response = await person.signIn()
  expect([response.status, locationOf(response)]).toEqual([303, PATHS.result])
  expect(person.logins()).toHaveLength(2)
})

describe('the result', () => {
  const url = 'https://x.com/intent/follow?user_id=900'
  test.each<[ActionOutcome, string, string]>([
    [{ kind: 'done' }, 'Your account now follows @hexbird.', 'Your account sent itself the message.'],
    [{ kind: 'pending' }, 'X has sent a follow request', 'The message is on its way.'],
    [{ kind: 'not-chosen' }, 'You did not choose to follow @hexbird.', 'You did not choose a message.'],
    [{ kind: 'link', url }, 'Follow @hexbird on X', 'Write to @hexbird on X'],
    [
      { kind: 'not-done', url, detail: 'X’s words' },
      'could not follow @hexbird from here',
      'The message could not be sent',
    ],
  ])('tells what became of the choices: %j', async (outcome, follow, message) => {
    const completed = { ...SIGNED_IN, follow: outcome, message: outcome }
    const { browser } = signInApp({ completeAuth: async () => completed, accountOf: async () => ADA })
    const person = browser()
    await person.signIn()
    const page = await (await person.get(PATHS.result)).text()
    expect(page).toContain('@ada')
    expect(page).toContain(follow)
    expect(page).toContain(message)
    expect(page.split(`href="${url}"`)).toHaveLength('url' in outcome ? 3 : 1)
    expect(page).not.toContain('X’s words')
  })

  test('leads to the pages of a local X where there is one, so that nothing leaves the machine', async () => {
    const completed: Completed = { ...SIGNED_IN, follow: { kind: 'link', url } }
    const bot = { completeAuth: async () => completed, accountOf: async () => ADA }
    const person = signInApp(bot, { xOrigins: ['https://x.com', 'http://127.0.0.1:4000'] }).browser()
    await person.signIn()
    const page = await (await person.get(PATHS.result)).text()
    expect(page).toContain('href="http://127.0.0.1:4000/intent/follow?user_id=900"')
    expect(page).not.toContain('href="https://x.com')
  })

  test('says nothing of what is switched off', async () => {
    const completed: Completed = { ...SIGNED_IN, follow: { kind: 'off' }, message: { kind: 'off' } }
    const person = signInApp({ completeAuth: async () => completed, accountOf: async () => ADA }).browser()
    await person.signIn()
    expect(await (await person.get(PATHS.result)).text()).not.toMatch(/follow|message|<p>\s*<\/p>/i)
  })

  test('leads on to where the bot said, escaped', async () => {
    const returnTo = 'https://bot.example/on?a=1&b="2"'
    const bot = { completeAuth: async () => ({ ...SIGNED_IN, returnTo }), accountOf: async () => ADA }
    const person = signInApp(bot).browser()
    await person.signIn()
    const page = await (await person.get(PATHS.result)).text()
    expect(page).toContain('<a href="https://bot.example/on?a=1&amp;b=&quot;2&quot;">Continue</a>')
  })

  test('can be loaded again, and tells nothing of the choices later', async () => {
    const { browser, clock } = signInApp()
    const person = browser()
    await person.signIn()
    await person.get(PATHS.result)
    expect(await (await person.get(PATHS.result)).text()).toContain('Your account now follows @hexbird.')
    clock.now += 15 * 60_000
    const later = await (await person.get(PATHS.result)).text()
    expect(later).toContain('@ada')
    expect(later).not.toContain('Your account now follows')
  })

  test('without a login says so', async () => {
    const response = await signInApp().browser().get(PATHS.result)
    expect([response.status, await titleOf(response)]).toEqual([200, 'You are not signed in'])
  })

  test('shows nothing of a reason that is none', async () => {
    const browser = signInApp().browser()
    for (const reason of ['broken', 'constructor', '__proto__', 'x', 'denied&reason=denied', '']) {
      const response = await browser.get(`${PATHS.result}?reason=${reason}`)
      expect([response.status, await titleOf(response)]).toEqual([200, 'You are not signed in'])
    }
  })
})

describe('the ways out', () => {
  test('logging out makes the browser forget, and leaves the account alone', async () => {
    const { browser, asked, appEvents } = signInApp()
    const person = browser()
    await person.signIn()
    const response = await person.submit(PATHS.signOut, {}, OUR_FORM, PATHS.result)
    expect([response.status, await titleOf(response)]).toEqual([200, 'You are signed out'])
    expect(person.logins()).toEqual([])
    expect(asked.disconnects).toEqual([])
    expect(appEvents.at(-1)).toEqual({ kind: 'signed-out' })
  })

  test('disconnecting removes the account of this login', async () => {
    const { browser, asked, appEvents } = signInApp()
    const person = browser()
    await person.signIn()
    const response = await person.submit(PATHS.disconnect, {}, OUR_FORM, PATHS.result)
    expect([response.status, await titleOf(response)]).toEqual([200, 'You are disconnected'])
    expect(asked.disconnects).toEqual([{ uid: SIGNED_IN.uid, signedInAt: NOW }])
    expect(person.logins()).toEqual([])
    expect(appEvents.at(-1)).toEqual({ kind: 'disconnected', uid: SIGNED_IN.uid, atX: { kind: 'done' } })
  })

  test.each([
    [{ kind: 'revoked', detail: '' } as const, 'You are disconnected'],
    [{ kind: 'refused', detail: '' } as const, 'You are disconnected here'],
    [{ kind: 'deferred', detail: '' } as const, 'You are disconnected here'],
    [{ kind: 'broken', error: new Error('cut') } as const, 'You are disconnected here'],
  ])('disconnecting tells whether X was told: %j', async (atX, title) => {
    const { browser, appEvents } = signInApp({ disconnect: async () => ({ kind: 'disconnected', atX }) })
    const person = browser()
    await person.signIn()
    expect(await titleOf(await person.submit(PATHS.disconnect, {}, OUR_FORM, PATHS.result))).toBe(title)
    expect(appEvents.at(-1)).toEqual({ kind: 'disconnected', uid: SIGNED_IN.uid, atX })
  })

  test('disconnecting without a login does nothing', async () => {
    const { browser, asked } = signInApp()
    expect(await titleOf(await browser().submit(PATHS.disconnect))).toBe('You are not signed in')
    expect(asked.disconnects).toEqual([])
  })

  test('disconnecting with a login that is none any more says so', async () => {
    const person = signInApp({ disconnect: async () => ({ kind: 'not-signed-in' }) }).browser()
    await person.signIn()
    expect(await titleOf(await person.submit(PATHS.disconnect, {}, OUR_FORM, PATHS.result))).toBe(
      'You are not signed in',
    )
    expect(person.logins()).toEqual([])
  })

  test('a login that could not be ended is kept, for the next try', async () => {
    const { browser, appEvents } = signInApp({ disconnect: () => Promise.reject(new Error('store')) })
    const person = browser()
    await person.signIn()
    expect((await person.submit(PATHS.disconnect, {}, OUR_FORM, PATHS.result)).status).toBe(500)
    expect(person.cookies.has('__Host-hexbird-login')).toBe(true)
    expect(appEvents.at(-1)).toEqual({ kind: 'broken', error: new Error('store') })
  })
})

describe('logins', () => {
  test('end after an hour, whatever the browser keeps', async () => {
    const { browser, clock } = signInApp()
    const person = browser()
    await person.signIn()
    clock.now += 60 * 60_000 - 1
    expect(await titleOf(await person.get(PATHS.result))).toBe('You are signed in')
    clock.now += 1
    expect(await titleOf(await person.get(PATHS.result))).toBe('You are not signed in')
  })

  test('outlive a change of keys while the old one is still accepted', async () => {
    const bot = { accountOf: async () => ADA }
    const [old, newer] = [SECRETS.key, 'a-newer-cookie-key-of-32-letters!']
    const person = signInApp(bot).browser()
    await person.signIn()
    const shown = async (cookieKeys: string[]) => {
      const next = signInApp(bot, { cookieKeys }).browser()
      for (const [name, value] of person.cookies) next.cookies.set(name, value)
      return titleOf(await next.get(PATHS.result))
    }
    expect(await shown([newer, old])).toBe('You are signed in')
    expect(await shown([newer])).toBe('You are not signed in')
  })
})

describe('everything else', () => {
  test.each([
    ['DELETE', PATHS.page, 'GET, HEAD'],
    ['PUT', PATHS.start, 'GET, POST'],
    ['POST', PATHS.callback, 'GET'],
    ['POST', PATHS.result, 'GET, HEAD'],
    ['GET', PATHS.disconnect, 'POST'],
    ['GET', PATHS.signOut, 'POST'],
    ['OPTIONS', PATHS.start, 'GET, POST'],
  ])('%s %s is answered 405 with what is allowed', async (method, path, allow) => {
    const response = await signInApp().browser().request(path, { method, headers: NAVIGATION })
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
  })

  test('another address is answered 404, with a way back', async () => {
    const response = await signInApp().browser().get('/elsewhere')
    expect(response.status).toBe(404)
    expect(await response.text()).toContain(`href="${PATHS.page}"`)
  })

  test.each([
    ['an error', new Error('store')],
    // Whatever a library rejects with.
    ['no error at all', 'store' as unknown as Error],
    ['nothing', undefined as unknown as Error],
  ])('what breaks with %s is answered 500 and noticed', async (_name, error) => {
    const { browser, appEvents } = signInApp({ accountOf: () => Promise.reject(error) })
    const person = browser()
    await person.signIn()
    const response = await person.get(PATHS.result)
    expect([response.status, await titleOf(response)]).toEqual([500, 'Something broke'])
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(appEvents.at(-1)).toEqual({ kind: 'broken', error })
  })

  test('the paths can be others', async () => {
    const { app } = signInApp({}, { paths: { page: '/in', start: '/in/go' } })
    const page = await (await app.request('/in')).text()
    expect(page).toContain('action="/in/go"')
    expect((await app.request('/in/go')).status).toBe(303)
    expect((await app.request(PATHS.page)).status).toBe(404)
  })
})

describe('known faults of the originals', () => {
  test('the redirect was a 301, which browsers keep: it is a 303, and kept by nobody', async () => {
    const response = await signInApp().browser().submit(PATHS.start)
    expect(response.status).toBe(303)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('a no at X was not handled: it is a page of its own', async () => {
    const { browser, asked, appEvents } = signInApp({ completeAuth: async () => ({ kind: 'denied' }) })
    const person = browser()
    const response = await person.signIn(`denied=${SECRETS.token}`)
    expect(asked.callbacks).toEqual([
      { requestToken: undefined, verifier: undefined, denied: SECRETS.token, flowSecret: SECRETS.flowSecret },
    ])
    expect(appEvents.at(-1)).toEqual({ kind: 'denied' })
    expect(locationOf(response)).toBe(`${PATHS.result}?reason=denied`)
    const page = await person.get(locationOf(response) ?? '')
    expect([page.status, await titleOf(page)]).toEqual([200, 'You did not sign in'])
    expect(person.logins()).toEqual([])
  })

  test('a sign-in was not bound to the browser that began it: the bot is told which browser comes back', async () => {
    const { browser, asked } = signInApp()
    await browser().submit(PATHS.start)
    await browser().get(`${PATHS.callback}?oauth_token=${SECRETS.token}&oauth_verifier=${SECRETS.verifier}`, FROM_X)
    expect(asked.callbacks).toEqual([expect.objectContaining({ flowSecret: undefined })])
  })

  test('an empty form crashed: it is refused', async () => {
    const { browser, asked } = signInApp()
    expect((await browser().post(PATHS.start, new URLSearchParams())).status).toBe(403)
    expect(asked.starts).toEqual([])
  })

  test('user ids went through floating point: the login keeps every digit', async () => {
    const { browser, asked } = signInApp()
    const person = browser()
    await person.signIn()
    await person.submit(PATHS.disconnect, {}, OUR_FORM, PATHS.result)
    expect(asked.disconnects[0]?.uid).toBe('1790000000000000001')
  })
})

const ADA = { id: SIGNED_IN.uid, username: 'ada' }

test('every form of a page has a token of its own', async () => {
  const browser = signInApp().browser()
  const tokens = new Set<string>()
  for (let n = 0; n < 3; n++) tokens.add(tokenIn(await (await browser.get(PATHS.page)).text()))
  expect(tokens.size).toBe(3)
  for (const csrf of tokens) expect((await browser.post(PATHS.start, new URLSearchParams({ csrf }))).status).toBe(303)
})

describe('a page that is opened under another spelling of the host', () => {
  const under = (host: string, headers: Readonly<Record<string, string>> = NAVIGATION) => ({ ...headers, host })
  const OTHERS = ['localhost:3000', 'www.bot.example', 'bot.example:8443', 'bot.example.', 'evil.example', 'no host']

  test.each(OTHERS)('leads to the same page at the origin: %s', async (host) => {
    for (const path of [PATHS.page, PATHS.start, PATHS.callback, PATHS.result]) {
      const { browser, asked } = signInApp()
      const query = '?from=a%20b&oauth_token=t&return_to=https://bot.example/on'
      const response = await browser().get(`${path}${query}`, under(host))
      expect([response.status, locationOf(response)]).toEqual([303, `${ORIGIN}${path}${query}`])
      expect([asked.starts, asked.callbacks]).toEqual([[], []])
    }
  })

  test('leads on for those who only look too', async () => {
    const response = await signInApp()
      .browser()
      .request(PATHS.page, { method: 'HEAD', headers: under('localhost') })
    expect([response.status, locationOf(response)]).toEqual([303, ORIGIN + PATHS.page])
  })

  test('never leads to a host that the request names, in whatever way', async () => {
    for (const path of ['//evil.example/sign-in', '/\\evil.example', '/sign-in/../../evil.example', '/sign-in@evil']) {
      const location = locationOf(await signInApp().browser().get(path, under('evil.example'))) ?? ORIGIN
      expect(new URL(location).origin).toBe(ORIGIN)
    }
  })

  test.each(['bot.example', 'BOT.example', 'bot.example:443'])(
    'is none where the host is the same: %s',
    async (host) => {
      expect((await signInApp().browser().get(PATHS.page, under(host))).status).toBe(200)
    },
  )

  test('is shown where leading on has led to the same place, as behind a proxy that hides the host', async () => {
    const person = signInApp().browser()
    expect((await person.get(PATHS.page, under('upstream:8080'))).status).toBe(303)
    expect((await person.get(PATHS.page, under('upstream:8080'))).status).toBe(200)
  })

  test('still takes no form', async () => {
    const { browser, asked } = signInApp()
    const csrf = tokenIn(await (await browser().get(PATHS.page)).text())
    const headers = under('localhost:3000', { ...OUR_FORM, origin: 'http://localhost:3000' })
    const response = await browser().post(PATHS.start, new URLSearchParams({ csrf }), headers)
    expect([response.status, asked.starts]).toEqual([403, []])
  })
})
