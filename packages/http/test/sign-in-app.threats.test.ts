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
} from './sign-in-fixture.js'

/* What SECURITY.md says is defended. */

const FORMS = [PATHS.start, PATHS.disconnect, PATHS.signOut]
const { 'sec-fetch-site': _site, ...NO_SITE } = OUR_FORM

/** A person who is signed in, with what the bot was asked from now on. */
async function signedIn() {
  const fixture = signInApp()
  const person = fixture.browser()
  await person.signIn()
  fixture.appEvents.length = 0
  fixture.asked.starts.length = 0
  return { ...fixture, person }
}

describe('forged requests: another site sends a form of ours', () => {
  test.each([
    ['another site', { ...OUR_FORM, 'sec-fetch-site': 'cross-site' }],
    ['another site that shows our origin', { ...OUR_FORM, 'sec-fetch-site': 'cross-site', origin: ORIGIN }],
    ['a subdomain', { ...OUR_FORM, 'sec-fetch-site': 'same-site' }],
    ['nobody', { ...OUR_FORM, 'sec-fetch-site': 'none' }],
    ['something unheard of', { ...OUR_FORM, 'sec-fetch-site': 'Same-Origin' }],
    ['our page under another name', { ...OUR_FORM, origin: 'https://bot.example.evil.example' }],
    ['an older browser on another site', { ...NO_SITE, origin: 'https://evil.example' }],
    ['an older browser that hides the origin', { ...NO_SITE, origin: 'null' }],
    ['an older browser at our origin without TLS', { ...NO_SITE, origin: 'http://bot.example' }],
    ['an older browser at our origin with another port', { ...NO_SITE, origin: 'https://bot.example:8443' }],
  ])('from %s it does nothing, even with the token', async (_name, headers) => {
    const { person, asked, appEvents } = await signedIn()
    for (const path of FORMS) {
      const response = await person.submit(path, {}, headers)
      expect([response.status, await titleOf(response)]).toEqual([403, 'This form is not ours'])
      expect(appEvents.at(-1)).toEqual({ kind: 'request-refused', path, reason: 'foreign' })
    }
    expect(asked.starts).toEqual([])
    expect(asked.disconnects).toEqual([])
    expect(person.cookies.has('__Host-hexbird-login')).toBe(true)
  })

  test('from a client that tells neither site nor origin it does nothing', async () => {
    const { browser, asked } = signInApp()
    expect((await browser().submit(PATHS.start, {}, {})).status).toBe(403)
    expect(asked.starts).toEqual([])
  })

  test('an older browser that shows our origin may', async () => {
    const { browser, asked } = signInApp()
    expect((await browser().submit(PATHS.start, {}, { origin: ORIGIN })).status).toBe(303)
    expect(asked.starts).toHaveLength(1)
  })

  test.each([
    ['none', () => ''],
    ['an empty one', () => 'csrf='],
    ['one of no form', () => 'csrf=abc.def'],
    ['one with another signature', (token: string) => `csrf=${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['one with more behind it', (token: string) => `csrf=${token}.x`],
    ['two', (token: string) => `csrf=${token}&csrf=${token}`],
  ])('with our headers and %s as token it does nothing', async (_name, bodyOf) => {
    const { person, asked, appEvents } = await signedIn()
    const token = tokenIn(await (await person.get(PATHS.page)).text())
    for (const path of FORMS) {
      const response = await person.post(path, new URLSearchParams(bodyOf(token)))
      expect([response.status, await titleOf(response)]).toEqual([403, 'This form is not for your browser'])
      expect(appEvents.at(-1)).toEqual({ kind: 'request-refused', path, reason: 'no-token' })
    }
    expect(asked.starts).toEqual([])
    expect(asked.disconnects).toEqual([])
  })

  test('with a token that another browser was given it does nothing', async () => {
    const { browser, asked } = signInApp()
    const theirs = tokenIn(await (await browser().get(PATHS.page)).text())
    const ours = browser()
    await ours.get(PATHS.page)
    expect((await ours.post(PATHS.start, new URLSearchParams({ csrf: theirs }))).status).toBe(403)
    expect(asked.starts).toEqual([])
  })

  test('with a browser value that the other site made up it does nothing', async () => {
    const { browser, asked } = signInApp()
    const person = browser()
    const csrf = tokenIn(await (await person.get(PATHS.page)).text())
    for (const value of ['', 'x', 'A'.repeat(22), ' '.repeat(22)]) {
      person.cookies.set('__Host-hexbird-browser', value)
      expect((await person.post(PATHS.start, new URLSearchParams({ csrf }))).status).toBe(403)
    }
    expect(asked.starts).toEqual([])
  })

  test('a login is no token of a form, and a token is no login', async () => {
    const { person } = await signedIn()
    const login = person.cookies.get('__Host-hexbird-login') ?? ''
    const csrf = tokenIn(await (await person.get(PATHS.page)).text())
    expect((await person.post(PATHS.start, new URLSearchParams({ csrf: login }))).status).toBe(403)
    for (const value of [csrf, person.cookies.get('__Host-hexbird-outcome') ?? '']) {
      person.cookies.set('__Host-hexbird-login', value)
      expect(await titleOf(await person.get(PATHS.result))).toBe('You are not signed in')
    }
  })
})

describe('forced sign-in: somebody is signed in without wanting it', () => {
  test.each(['cross-site', 'same-site', 'unheard-of'])('a link from %s shows the page instead', async (site) => {
    const { browser, asked } = signInApp()
    const response = await browser().get(`${PATHS.start}?from=x`, { ...NAVIGATION, 'sec-fetch-site': site })
    expect([response.status, locationOf(response)]).toEqual([303, PATHS.page])
    expect(asked.starts).toEqual([])
  })

  test.each(['image', 'iframe', 'frame', 'script', 'empty', 'embed'])('no %s starts or ends one', async (dest) => {
    const { browser, asked, appEvents } = signInApp()
    for (const path of [PATHS.start, PATHS.callback]) {
      const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': dest }
      expect((await browser().get(path, headers)).status).toBe(403)
      expect(appEvents.at(-1)).toEqual({ kind: 'request-refused', path, reason: 'no-navigation' })
    }
    expect(asked).toEqual({ starts: [], callbacks: [], disconnects: [] })
  })

  test.each([
    ['sec-purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['Sec-Purpose', 'Prefetch; anonymous-client-ip'],
    ['purpose', 'prefetch'],
    ['x-moz', 'prefetch'],
    ['x-purpose', 'preview'],
  ])('nothing happens for a browser that looks ahead: %s: %s', async (name, value) => {
    const { person, asked } = await signedIn()
    const before = { callbacks: asked.callbacks.length, cookies: new Map(person.cookies) }
    for (const path of [PATHS.start, `${PATHS.callback}?oauth_token=a&oauth_verifier=b`])
      expect((await person.get(path, { ...NAVIGATION, [name]: value })).status).toBe(403)
    for (const path of FORMS) expect((await person.submit(path, {}, { ...OUR_FORM, [name]: value })).status).toBe(403)
    expect(asked.starts).toEqual([])
    expect(asked.disconnects).toEqual([])
    expect(asked.callbacks).toHaveLength(before.callbacks)
    expect(person.cookies).toEqual(before.cookies)
  })

  test('nothing happens for HEAD, though Hono runs what is for GET', async () => {
    const { person, asked } = await signedIn()
    const callbacks = asked.callbacks.length
    const cookies = new Map(person.cookies)
    for (const [path, status] of [
      [PATHS.page, 200],
      [PATHS.start, 405],
      [`${PATHS.callback}?oauth_token=a&oauth_verifier=b`, 405],
      [PATHS.result, 200],
      [PATHS.disconnect, 405],
      [PATHS.signOut, 405],
    ] as const) {
      const response = await person.request(path, { method: 'HEAD', headers: NAVIGATION })
      expect([path, response.status, await response.text()]).toEqual([path, status, ''])
    }
    expect(asked.starts).toEqual([])
    expect(asked.disconnects).toEqual([])
    expect(asked.callbacks).toHaveLength(callbacks)
    expect(person.cookies).toEqual(cookies)
  })

  test('no box is ticked, whatever the address says', async () => {
    const query = '?follow=true&message=true&follow=on&checked=checked&FOLLOW=true'
    const page = await (
      await signInApp()
        .browser()
        .get(PATHS.page + query)
    ).text()
    expect(page.match(/<input type="checkbox"[^>]*>/g)).toEqual([
      '<input type="checkbox" name="follow" value="true">',
      '<input type="checkbox" name="message" value="true">',
    ])
    expect(page).toContain('autocomplete="off"')
  })
})

describe('session fixation: a sign-in ends in another browser than it began', () => {
  test('the callback of somebody else brings no login', async () => {
    const { browser, asked, clock } = signInApp({
      completeAuth: async ({ flowSecret }) =>
        flowSecret === SECRETS.flowSecret ? SIGNED_IN : { kind: 'refused', reason: 'wrong-browser' },
    })
    const [attacker, victim] = [browser(), browser()]
    await attacker.submit(PATHS.start)
    const response = await victim.get(`${PATHS.callback}?oauth_token=${SECRETS.token}&oauth_verifier=v`, FROM_X)
    expect(locationOf(response)).toBe(`${PATHS.result}?reason=wrong-browser`)
    expect(asked.callbacks).toEqual([expect.objectContaining({ flowSecret: undefined })])
    expect(victim.cookies.has('__Host-hexbird-login')).toBe(false)
    expect(clock.now).toBe(NOW)
  })

  test('the cookie of one sign-in does not speak for another', async () => {
    let n = 0
    const { browser, asked } = signInApp({
      startSession: async () => ({ ...STARTED, requestToken: `t${n}`, flowSecret: `b${n++}` }),
    })
    const person = browser()
    await person.submit(PATHS.start)
    await person.submit(PATHS.start)
    for (const token of ['t0', 't1', 't2'])
      await person.get(`${PATHS.callback}?oauth_token=${token}&oauth_verifier=v`, FROM_X)
    expect(asked.callbacks.map(({ flowSecret }) => flowSecret)).toEqual(['b0', 'b1', undefined])
  })

  test('a login is new with every sign-in, and one that was made up is none', async () => {
    let signedInAt = NOW
    const account = { id: SIGNED_IN.uid, username: 'ada' }
    const { browser } = signInApp({
      completeAuth: async () => ({ ...SIGNED_IN, signedInAt: signedInAt++ }),
      accountOf: async () => account,
    })
    const person = browser()
    const forged = Buffer.from(JSON.stringify({ uid: '1', signedInAt: NOW, endsAt: NOW * 2 })).toString('base64url')
    for (const value of [forged, `${forged}.`, `${forged}.${forged}`, 'x', '.', '..', '%']) {
      person.cookies.set('__Host-hexbird-login', value)
      expect(await titleOf(await person.get(PATHS.result))).toBe('You are not signed in')
    }
    const again = browser()
    await again.signIn()
    const first = again.cookies.get('__Host-hexbird-login')
    await again.request(PATHS.signOut, { method: 'POST' })
    again.cookies.delete('__Host-hexbird-login')
    await again.signIn()
    expect(again.cookies.get('__Host-hexbird-login')).not.toBe(first)
  })

  test('cookies cannot be set by a subdomain or without TLS, nor read by a script', async () => {
    const { browser } = signInApp()
    const person = browser()
    const page = await person.get(PATHS.page)
    const start = await person.submit(PATHS.start)
    const back = await person.get(`${PATHS.callback}?oauth_token=${SECRETS.token}&oauth_verifier=v`, FROM_X)
    const lines = [page, start, back].flatMap((response) => response.headers.getSetCookie())
    expect(lines).toHaveLength(4)
    for (const line of lines) expect(line).toMatch(/^__Host-[^;]+;(.*;)? Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(lines.join()).not.toContain('Domain')
  })
})

describe('replay: a callback comes again', () => {
  const once = () => {
    let used = false
    return signInApp({
      async completeAuth() {
        if (used) return { kind: 'refused', reason: 'used' }
        used = true
        return SIGNED_IN
      },
      accountOf: async () => ({ id: SIGNED_IN.uid, username: 'ada' }),
    })
  }
  const again = `${PATHS.callback}?oauth_token=${SECRETS.token}&oauth_verifier=${SECRETS.verifier}`

  test('in the browser that signed in it leads to the result, and changes nothing', async () => {
    const { browser } = once()
    const person = browser()
    await person.signIn()
    const cookies = new Map(person.cookies)
    const response = await person.get(again, FROM_X)
    expect([response.status, locationOf(response)]).toEqual([303, PATHS.result])
    expect(person.cookies).toEqual(cookies)
  })

  test('in another browser it is told that it was used', async () => {
    const { browser } = once()
    await browser().signIn()
    const other = browser()
    const response = await other.get(again, FROM_X)
    expect(locationOf(response)).toBe(`${PATHS.result}?reason=used`)
    expect(other.cookies.size).toBe(0)
  })

  test('the outcome of one sign-in is not shown with the login of another', async () => {
    let signedInAt = NOW
    const { browser } = signInApp({
      completeAuth: async () => ({ ...SIGNED_IN, signedInAt: signedInAt++ }),
      accountOf: async () => ({ id: SIGNED_IN.uid, username: 'ada' }),
    })
    const [first, second] = [browser(), browser()]
    await first.signIn()
    await second.signIn()
    second.cookies.set('__Host-hexbird-outcome', first.cookies.get('__Host-hexbird-outcome') ?? '')
    expect(await (await second.get(PATHS.result)).text()).not.toContain('Your account now follows')
  })
})

describe('open redirect: somebody is led elsewhere', () => {
  test.each([
    'https://evil.example/oauth/authorize',
    'https://api.x.com.evil.example/',
    'https://api.x.com@evil.example/',
    'http://api.x.com/oauth/authorize',
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    'no address',
  ])('a page at %j is not gone to', async (page) => {
    const { browser, appEvents } = signInApp({ startSession: async () => ({ ...STARTED, page }) })
    const response = await browser().submit(PATHS.start)
    expect([response.status, locationOf(response)]).toEqual([502, null])
    expect(response.headers.getSetCookie()).toEqual([])
    expect(appEvents).toEqual([{ kind: 'start-failed', error: expect.anything() }])
  })

  test('a wish to go on is for the bot to allow, and never followed by itself', async () => {
    const { browser, asked } = signInApp()
    const person = browser()
    const response = await person.submit(PATHS.start, { return_to: 'https://evil.example' })
    expect(locationOf(response)).toBe(STARTED.kind === 'started' && STARTED.page)
    expect(asked.starts[0]?.returnTo).toBe('https://evil.example')
    const back = await person.get(
      `${PATHS.callback}?oauth_token=a&oauth_verifier=b&return_to=https://evil.example`,
      FROM_X,
    )
    expect(locationOf(back)).toBe(PATHS.result)
    const result = await person.get(`${PATHS.result}?return_to=https://evil.example`)
    expect(await result.text()).not.toContain('evil')
  })
})

describe('leaks: verifiers and tokens where they do not belong', () => {
  test('no answer after the callback has a token or verifier, in its body or its headers', async () => {
    for (const completed of [SIGNED_IN, { kind: 'denied' }, { kind: 'refused', reason: 'unknown' }] as const) {
      const { browser, appEvents } = signInApp({ completeAuth: async () => completed })
      const person = browser()
      const callback = await person.signIn()
      const result = await person.get(locationOf(callback) ?? '')
      for (const response of [callback, result]) {
        const seen = `${await response.text()} ${JSON.stringify([...response.headers])}`
        for (const secret of Object.values(SECRETS)) expect(seen).not.toContain(secret)
      }
      for (const secret of Object.values(SECRETS)) expect(JSON.stringify(appEvents)).not.toContain(secret)
    }
  })

  test('no page tells the next site where it was, and none is kept', async () => {
    const { browser } = signInApp()
    const response = await browser().get(`${PATHS.callback}?oauth_token=a&oauth_verifier=b`, FROM_X)
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  test('what comes with an address is shown as text, never as markup', async () => {
    const page = await (await signInApp().browser().get(`${PATHS.page}?"><script>alert(1)</script>=<b>&a='">`)).text()
    expect(page).not.toMatch(/<script|<b>/)
    expect(page.match(/<input[^>]*>/g)).toHaveLength(5)
  })
})

describe('bad forms', () => {
  const MEGABYTE = 'x'.repeat(1024 * 1024)

  test('of ten megabytes are refused unread, with a length and without one', async () => {
    const { browser, asked } = signInApp()
    const person = browser()
    const sent = await person.submit(PATHS.start, { a: MEGABYTE.repeat(10) })
    let read = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        read += 1
        if (read > 10) return controller.close()
        controller.enqueue(new TextEncoder().encode(MEGABYTE))
      },
    })
    const type = 'application/x-www-form-urlencoded'
    const init = { method: 'POST', body, duplex: 'half' as const, headers: { 'content-type': type, ...OUR_FORM } }
    const streamed = await person.request(PATHS.start, init)
    expect([sent.status, streamed.status, asked.starts]).toEqual([413, 413, []])
    expect(read).toBeLessThan(5)
  })

  test('with a field twice, even a token, are refused', async () => {
    const { browser, asked } = signInApp()
    const person = browser()
    for (const name of ['follow', 'csrf', 'a', '__proto__']) {
      const fields = [
        [name, 'true'],
        [name, 'true'],
      ] as const
      expect((await person.submit(PATHS.start, fields)).status).toBeGreaterThanOrEqual(400)
    }
    expect(asked.starts).toEqual([])
  })

  test('with keys of prototypes change none, and track what they say as any other', async () => {
    const { browser, asked } = signInApp()
    await browser().submit(PATHS.start, [
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['prototype[follow]', 'true'],
    ])
    expect(Object.entries(asked.starts[0]?.tracked ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['prototype[follow]', 'true'],
    ])
    expect(Object.getPrototypeOf(asked.starts[0]?.tracked)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('follow')
  })

  test('with controls, turned text and halves of pairs come through as text, and into no header', async () => {
    const odd = ['\0', '\u202egpj.exe', 'a\r\nset-cookie: b=1', '%ED%A0%80', '\u2028', '"><script>']
    for (const value of odd) {
      const { browser, asked } = signInApp()
      const started = await browser().submit(PATHS.start, { from: value })
      expect([started.status, asked.starts[0]?.tracked]).toEqual([303, { from: value }])
      expect(started.headers.getSetCookie().join()).not.toContain('b=1')
    }
  })
})

describe('clickjacking: our buttons under another page', () => {
  const answers = async () => {
    const { browser } = signInApp()
    const person = browser()
    const form = { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }
    return Promise.all([
      person.get(PATHS.page),
      person.get(PATHS.start),
      person.get(PATHS.callback),
      person.get(PATHS.result),
      person.get('/nothing'),
      person.get(PATHS.disconnect),
      person.request(PATHS.start, form),
      person.submit(PATHS.start, { a: 'x'.repeat(20_000) }),
      person.request(PATHS.page, { method: 'HEAD' }),
    ])
  }

  test('every answer, whatever its status, refuses frames, scripts and other origins', async () => {
    for (const response of await answers()) {
      const policy = response.headers.get('content-security-policy') ?? ''
      expect(policy.split('; ')).toEqual([
        "default-src 'none'",
        expect.stringMatching(/^style-src 'sha256-[\w+/]{43}='$/),
        "form-action 'self' https://api.x.com https://x.com https://twitter.com https://api.twitter.com",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ])
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'permissions-policy': expect.stringContaining('camera=()'),
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': 'max-age=31536000',
      })
    }
  })

  test('without TLS, on this machine, nothing is said of TLS', async () => {
    const { app } = signInApp({}, { origin: 'http://127.0.0.1:3000' })
    expect((await app.request(PATHS.page)).headers.has('strict-transport-security')).toBe(false)
  })

  test('the style sheet that the policy allows is the one on the page, with what the operator adds', async () => {
    const { createHash } = await import('node:crypto')
    for (const styles of ['', 'h1 { color: red }\r\n@media (width < 20rem) { h1 { color: blue } }\r']) {
      const response = await signInApp({}, { styles }).browser().get(PATHS.page)
      const css = /<style>(.*)<\/style>/s.exec(await response.text())?.[1] ?? ''
      const hash = createHash('sha256').update(css).digest('base64')
      expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
      expect(css).not.toContain('\r')
    }
  })
})

describe('floods of starts', () => {
  test('an address that has started too many is told when to come back', async () => {
    const { browser, appEvents } = signInApp({ startSession: async () => ({ kind: 'too-many', until: NOW + 61_500 }) })
    for (const start of [browser().submit(PATHS.start), browser().get(PATHS.start)]) {
      const response = await start
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '62'])
      expect(locationOf(response)).toBeNull()
      expect(await response.text()).toContain('Start again')
    }
    expect(appEvents).toEqual(Array(2).fill({ kind: 'start-refused', reason: 'too-many' }))
  })

  test('a header does not change what starts are counted by', async () => {
    const { browser, asked } = signInApp()
    await browser().get(PATHS.start, { ...NAVIGATION, 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' })
    expect(asked.starts[0]?.address).toBe('192.0.2.7')
  })

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    [undefined, 'unknown'],
  ])('of %s, starts are counted by %s', async (address, counted) => {
    const { browser, asked } = signInApp({}, { addressOf: () => address })
    await browser().get(PATHS.start)
    expect(asked.starts[0]?.address).toBe(counted)
  })
})
