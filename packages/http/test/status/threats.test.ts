import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { StatusView } from '../../src/index.js'
import { BUSY, NOW, ORIGIN, OWN, STOPPED, statusApp, TOKEN } from './fixture.js'

const HOUR = 60 * 60 * 1000

async function signedIn(...given: Parameters<typeof statusApp>) {
  const setup = statusApp(...given)
  const one = setup.browser()
  await one.signIn()
  return { ...setup, one, csrf: await one.csrf() }
}

describe('nobody sees the page', () => {
  test('without the token', async () => {
    const one = statusApp().browser()
    const page = await one.get()
    expect([page.status, page.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hexbird"'])
    expect(await page.text()).not.toContain('petbot')
  })

  test.each(['', ' ', TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), `${TOKEN}&token=${TOKEN}`])(
    'with another token: %j',
    async (token) => {
      const one = statusApp().browser()
      expect([(await one.signIn(token)).status, one.cookie()]).toEqual([401, ''])
      expect((await one.get()).status).toBe(401)
    },
  )

  test('with two tokens, of which one is right', async () => {
    const one = statusApp().browser()
    expect((await one.post('/status/sign-in', `token=${TOKEN}&token=${TOKEN}`)).status).toBe(401)
  })

  test('with the token in the address', async () => {
    expect((await statusApp().browser().get(`/status?token=${TOKEN}`)).status).toBe(401)
  })

  test('with the token as a cookie, or with a cookie that was changed', async () => {
    const { one } = await signedIn()
    const cookie = one.cookie()
    const [name = '', value = ''] = cookie.split('=', 2)
    const later = Buffer.from(`${NOW + 99 * HOUR}`).toString('base64url')
    const forged = [TOKEN, value.slice(0, -1), `${later}.${value.split('.', 2)[1]}`, later, `${later}.`, '']
    for (const each of forged) {
      expect(
        (
          await statusApp()
            .browser()
            .get('/status', { cookie: `${name}=${each}` })
        ).status,
      ).toBe(401)
    }
    expect((await statusApp().browser().get('/status', { cookie })).status).toBe(200)
  })

  test('twelve hours after signing in, and not before', async () => {
    const { one, clock } = await signedIn()
    clock.now += 12 * HOUR - 1
    expect((await one.get()).status).toBe(200)
    clock.now += 1
    expect((await one.get()).status).toBe(401)
  })

  test('after the token has changed', async () => {
    const { one } = await signedIn()
    const other = statusApp(BUSY, { token: `${TOKEN}-a-newer-one` }).browser()
    expect((await other.get('/status', { cookie: one.cookie() })).status).toBe(401)
  })

  test('with what a form has in place of the cookie', async () => {
    const { csrf } = await signedIn()
    expect(
      (
        await statusApp()
          .browser()
          .get('/status', { cookie: `hexbird-status=${csrf}` })
      ).status,
    ).toBe(401)
  })
})

test('the cookie is for this page alone, for no script, and for nobody whom another site leads here', async () => {
  const response = await statusApp().browser().signIn()
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^hexbird-status=[\w-]+\.[\w-]+; Max-Age=43200; Path=\/status; HttpOnly; SameSite=Strict$/),
  ])
  expect(response.headers.getSetCookie().join()).not.toContain(TOKEN)
})

describe('DNS rebinding:', () => {
  const hosts = [
    'evil.example',
    'evil.example:9000',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '10.0.0.1:9000',
  ]
  test.each([...hosts, '0.0.0.0:9000', '[::]:9000', 'xlocalhost', '127.0.0.1:9000@evil.example', ''])(
    'the page is not there under the name %j, signed in or not',
    async (host) => {
      const { one, acts, csrf } = await signedIn()
      const origin = `http://${host}`
      expect((await one.get('/status', { host })).status).toBe(403)
      expect((await one.post('/status/sign-in', { token: TOKEN }, { host, origin })).status).toBe(403)
      expect((await one.post('/status/resume', { csrf }, { host, origin })).status).toBe(403)
      expect(acts).toEqual([])
    },
  )

  test.each(['localhost', 'LOCALHOST:9000', '127.0.0.1:9000', '127.8.8.8', '[::1]:9000'])(
    'it is there under %s',
    async (host) => {
      const one = statusApp().browser()
      expect((await one.post('/status/sign-in', { token: TOKEN }, { host, origin: `http://${host}` })).status).toBe(303)
      expect((await one.get('/status', { host })).status).toBe(200)
    },
  )

  test('a request that names no host is refused', async () => {
    const { app } = statusApp()
    expect((await app.request(`${ORIGIN}/status`)).status).toBe(403)
  })
})

describe('a form from another site has no effect,', () => {
  const foreign: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['as an old browser tells', { origin: 'https://evil.example', 'sec-fetch-site': '' }],
    ['of another port', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }],
    ['that hides where it is', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['that says that it is of no site', { 'sec-fetch-site': 'none' }],
    ['that says one thing and another', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
    ['under the name of TLS', { origin: 'https://127.0.0.1:9000', 'sec-fetch-site': '' }],
  ]
  test.each(foreign)('%s', async (_, told) => {
    const { app, acts, one, csrf } = await signedIn()
    const headers = new Headers({ ...OWN, cookie: one.cookie(), 'content-type': 'application/x-www-form-urlencoded' })
    for (const [name, value] of Object.entries(told)) {
      if (value === '') headers.delete(name)
      else headers.set(name, value)
    }
    for (const path of ['pause', 'resume', 'retry', 'sign-in', 'sign-out']) {
      const body = new URLSearchParams({ csrf, reason: 'a', queue: 'events', id: '7', token: TOKEN }).toString()
      const response = await app.request(`${ORIGIN}/status/${path}`, { method: 'POST', headers, body })
      expect([path, response.status, response.headers.getSetCookie()]).toEqual([path, 403, []])
    }
    expect(acts).toEqual([])
  })

  test('and neither by a request that does not say where it comes from', async () => {
    const { app, acts, one, csrf } = await signedIn()
    const { host = '' } = OWN
    const headers = { host, cookie: one.cookie(), 'content-type': 'application/x-www-form-urlencoded' }
    const response = await app.request(`${ORIGIN}/status/resume`, { method: 'POST', headers, body: `csrf=${csrf}` })
    expect([response.status, acts]).toEqual([403, []])
  })

  test('and our own browsers that tell the origin alone are heard', async () => {
    const { app, acts, one, csrf } = await signedIn()
    const { host = '', origin = '' } = OWN
    const headers = { host, origin, cookie: one.cookie(), 'content-type': 'application/x-www-form-urlencoded' }
    const response = await app.request(`${ORIGIN}/status/resume`, { method: 'POST', headers, body: `csrf=${csrf}` })
    expect([response.status, acts]).toEqual([303, [{ kind: 'resume' }]])
  })
})

describe('a form does nothing', () => {
  test.each(['', 'wrong', 'c3RhdHVz.wrong'])('with %j in place of its token', async (csrf) => {
    const { one, acts } = await signedIn()
    expect([(await one.post('/status/resume', { csrf })).status, acts]).toEqual([403, []])
  })

  test('with the token of another sign-in, with its token twice, or without', async () => {
    const { one, csrf, acts, clock, browser } = await signedIn()
    clock.now += 1
    const other = browser()
    await other.signIn()
    expect((await other.post('/status/resume', { csrf })).status).toBe(403)
    expect((await one.post('/status/resume', `csrf=${csrf}&csrf=${csrf}`)).status).toBe(403)
    expect((await one.post('/status/resume', '')).status).toBe(403)
    expect(acts).toEqual([])
  })

  test('of somebody who has signed out, or never signed in', async () => {
    const { one, csrf, acts, browser } = await signedIn()
    await one.post('/status/sign-out', { csrf })
    expect((await one.post('/status/resume', { csrf })).status).toBe(401)
    expect((await browser().post('/status/resume', { csrf })).status).toBe(401)
    expect(acts).toEqual([])
  })

  test('that is too large, or that is no form', async () => {
    const { one, csrf, acts } = await signedIn()
    expect((await one.post('/status/pause', { csrf, reason: 'x'.repeat(20_000) })).status).toBe(413)
    expect((await one.post('/status/resume', `csrf=${csrf}`, { 'content-type': 'text/plain' })).status).toBe(415)
    expect(acts).toEqual([])
  })

  test('by GET', async () => {
    const { one, csrf, acts } = await signedIn()
    for (const path of ['resume', 'pause', 'retry', 'sign-out']) {
      expect((await one.get(`/status/${path}?csrf=${csrf}&reason=a&queue=events&id=7`)).status).toBe(404)
    }
    expect([acts, (await one.get()).status]).toEqual([[], 200])
  })

  test('but what it is for, however long its reason is', async () => {
    const { one, csrf, acts } = await signedIn()
    await one.post('/status/pause', { csrf, reason: 'x'.repeat(9_000) })
    expect(acts).toEqual([{ kind: 'pause', reason: 'x'.repeat(200) }])
  })
})

describe('metrics', () => {
  const at = (authorization?: string) =>
    statusApp().app.request('http://bot:9000/metrics', {
      headers: authorization === undefined ? {} : { authorization },
    })

  test.each([
    undefined,
    '',
    TOKEN,
    `Basic ${TOKEN}`,
    'Bearer',
    'Bearer ',
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
  ])('are nobody’s who says %j', async (authorization) => {
    const response = await at(authorization)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hexbird"'])
    expect(await response.text()).not.toContain('hexbird_')
  })

  test('are given to whoever has the token, under whichever name the machine is reached', async () => {
    expect([(await at(`Bearer ${TOKEN}`)).status, (await at(`bearer ${TOKEN}`)).status]).toEqual([200, 200])
  })

  test('are not given for the cookie of the page', async () => {
    const { one } = await signedIn()
    expect((await one.get('/metrics')).status).toBe(401)
  })
})

test('every answer forbids scripts, frames and other sites, and none is kept', async () => {
  const { one, csrf } = await signedIn()
  const answers = [
    await one.get(),
    await one.get('/other'),
    await one.get('/metrics'),
    await one.get('/status', { host: 'evil.example' }),
    await one.get('/status/icon.svg'),
    await one.post('/status/resume', {}),
    await one.post('/status/pause', { csrf, reason: 'x'.repeat(20_000) }),
    await one.post('/status/sign-in', { token: 'wrong' }),
    await statusApp(BUSY, { read: () => Promise.reject(new Error('no')) }).app.request(`${ORIGIN}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    }),
  ]
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

/** Whatever somebody at X, or a broken service, may have written. */
const text = fc.oneof(
  textArbitrary({ maxLength: 30 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='a",
    '</style>',
    '&lt;',
  ),
  fc.constantFrom(
    '</svg><a href="javascript:1">',
    'javascript:alert(1)',
    '\n# TYPE x counter\nx 1',
    '\\"}',
    '__proto__',
  ),
)

const foreignView = fc
  .record({ text, kind: fc.constantFrom(...BUSY.entries.map(({ kind }) => kind)) })
  .map(({ text: evil, kind }): StatusView => {
    const entry = { tweetId: evil, authorId: evil, username: evil, reason: evil, detail: evil, replyId: evil }
    const about = { tweetId: evil, authorId: evil, username: evil }
    const queue = { name: evil, size: 1, deadLetterCount: 1, waiting: [{ about, until: NOW + 1, inFlight: false }] }
    return {
      ...STOPPED,
      username: evil,
      killSwitch: { stopped: { reason: evil, since: NOW }, waits: { [evil]: NOW + 1000 }, strikes: [evil] },
      entries: [{ ...entry, at: NOW, kind, cost: 1 }],
      queues: [
        { ...queue, deadLetters: [{ id: 1, about, receives: 1, reason: evil, at: NOW }] },
        { ...queue, waiting: [{ about: { kind: evil }, until: NOW, inFlight: true }], deadLetters: [] },
      ],
      outcomes: { [evil]: 3 },
    }
  })

/** The elements and attributes of a page, without what they hold. */
const skeleton = (page: string) =>
  page
    .replace(/<style>.*<\/style>/s, '')
    .match(/<[^>]*>/g)
    ?.map((tag) => tag.replaceAll(/"[^"]*"/g, '""'))

describe('whatever others have written', () => {
  test('is text on the page, never markup', async () => {
    const plain = (await foreignPage(fc.sample(foreignView.map(harmless), { numRuns: 1, seed: 1 })[0] as StatusView))
      .page
    const property = fc.asyncProperty(foreignView, async (view) => {
      const { page, csrf } = await foreignPage(view)
      expect(skeleton(page)).toEqual(skeleton((await foreignPage(harmless(view))).page))
      expect(page.match(/href="[^"]*"/g)?.filter((href) => /javascript:/i.test(href))).toEqual([])
      expect(csrf).not.toBe('')
    })
    expect(plain).toContain('harmless')
    await fc.assert(property, { numRuns: runs() })
  })

  test('is written into a label as the format wants it', async () => {
    const { app } = statusApp({ ...BUSY, outcomes: { 'a "b" \\ c\nd': 1 } })
    const response = await app.request(`${ORIGIN}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(await response.text()).toContain('hexbird_outcomes_total{outcome="a \\"b\\" \\\\ c\\nd"} 1\n')
  })

  test('stays within its label in the metrics, whose every line is one of the format', async () => {
    const line =
      /^(# HELP [a-z_]+ [^\n]*|# TYPE [a-z_]+ (counter|gauge)|[a-z_]+(\{[a-z]+="([^"\\\n]|\\[\\"n])*"\})? [0-9.e+-]+)$/
    const property = fc.asyncProperty(foreignView, async (view) => {
      const { app } = statusApp(view)
      const response = await app.request(`${ORIGIN}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
      const metrics = await response.text()
      expect(metrics.endsWith('\n')).toBe(true)
      expect(
        metrics
          .slice(0, -1)
          .split('\n')
          .filter((each) => !line.test(each)),
      ).toEqual([])
      const names = metrics.match(/^# TYPE (\S+)/gm)
      expect(names).toHaveLength(7)
      expect(new Set(names).size).toBe(7)
    })
    await fc.assert(property, { numRuns: runs() })
  })
})

/** The same page with other words in it: as empty where they are empty. */
function harmless(view: StatusView): StatusView {
  const evil = view.username
  const word = evil === '' || /^\d+$/.test(evil) ? evil : 'harmless'
  const replaced = JSON.parse(JSON.stringify(view), (_, value) => (value === evil ? word : value)) as StatusView
  return { ...replaced, killSwitch: { ...replaced.killSwitch, waits: { mentions: NOW + 1000 } }, outcomes: {} }
}

async function foreignPage(view: StatusView) {
  const one = statusApp(view).browser()
  await one.signIn()
  return { page: await (await one.get()).text(), csrf: await one.csrf() }
}
