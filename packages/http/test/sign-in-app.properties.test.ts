import type { Completed, Started } from '@hexbird/core/host'
import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { webPath } from '@hexbird/testkit/web'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  locationOf,
  NOW,
  ORIGIN,
  OUR_FORM,
  PATHS,
  SECRETS,
  SIGNED_IN,
  STARTED,
  signInApp,
  tokenIn,
  X_PAGE,
} from './sign-in-fixture.js'

const text = fc.oneof(fc.string(), textArbitrary(), fc.constantFrom('true', '', ...Object.values(SECRETS)))
const name = fc.oneof(
  fc.constantFrom('follow', 'message', 'csrf', 'return_to', 'oauth_token', 'oauth_verifier', 'denied', 'reason'),
  text,
)
/** Encoded as forms are, or any characters at all. */
const query = fc.oneof(
  fc
    .array(fc.tuple(name, text), { maxLength: 8 })
    .map((fields) => new URLSearchParams(fields.map(wellFormed)).toString()),
  fc.string(),
  fc.constantFrom('%', '%ff%fe', '&&&=', 'a=%zz', `oauth_token=${SECRETS.token}&oauth_verifier=${SECRETS.verifier}`),
)
const path = fc.oneof(fc.constantFrom(...Object.values(PATHS)), webPath)
const method = fc.constantFrom('GET', 'GET', 'POST', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND')
const headerValue = fc.stringMatching(/^[\x21-\x7e\x80-\xff]{0,40}$/)
const headers = fc.record(
  {
    'sec-fetch-site': fc.oneof(fc.constantFrom('same-origin', 'same-site', 'cross-site', 'none'), headerValue),
    'sec-fetch-dest': fc.oneof(fc.constantFrom('document', 'image', 'iframe', 'empty'), headerValue),
    'sec-purpose': fc.oneof(fc.constantFrom('prefetch', 'prefetch;prerender'), headerValue),
    origin: fc.oneof(fc.constantFrom(ORIGIN, 'null', 'https://evil.example'), headerValue),
    'content-type': fc.oneof(fc.constantFrom('application/x-www-form-urlencoded', 'text/plain'), headerValue),
    cookie: fc
      .array(
        fc.tuple(
          fc
            .constantFrom('browser', 'login', 'outcome', 'flow-aaaaaaaaaaaaaaaa', 'flow-')
            .map((end) => `__Host-hexbird-${end}`),
          fc.oneof(headerValue, fc.constantFrom('%', '.', 'e30.e30', SECRETS.flowSecret)),
        ),
        { maxLength: 16 },
      )
      .map((cookies) => cookies.map((cookie) => cookie.join('=')).join('; ')),
    'content-length': headerValue,
    referer: headerValue,
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  query.map((fields) => new TextEncoder().encode(fields)),
  fc.uint8Array({ maxLength: 200 }),
  fc.constant(new Uint8Array(17 * 1024)),
)
const started = fc.constantFrom<Started>(
  STARTED,
  { kind: 'too-many', until: NOW + 1 },
  { kind: 'refused', reason: 'tracked-too-large', detail: '' },
)
const completed = fc.constantFrom<Completed>(
  SIGNED_IN,
  { kind: 'denied' },
  { kind: 'refused', reason: 'unknown' },
  { kind: 'refused', reason: 'used' },
)
const fixture = fc
  .tuple(started, completed)
  .map(([startSession, completeAuth]) =>
    signInApp({ startSession: async () => startSession, completeAuth: async () => completeAuth }),
  )
const request = fc.record({ path, query, method, headers, body })

/** Where it may lead to: X's page as the bot gave it, or a path of ours. */
const mayLeadTo = new Set<string | null>([
  null,
  X_PAGE,
  PATHS.page,
  PATHS.result,
  ...['denied', 'unknown', 'used'].map((reason) => `${PATHS.result}?reason=${reason}`),
])

describe('whatever comes in', () => {
  test('is never answered with a 5xx, leads nowhere else, and always has the headers that protect', async () => {
    await fc.assert(
      fc.asyncProperty(fixture, request, async ({ app, appEvents }, { path, query, method, headers, body }) => {
        const hasBody = !['GET', 'HEAD'].includes(method)
        const response = await app.fetch(
          new Request(`${ORIGIN}${path}?${query.replaceAll('#', '')}`, { method, headers, ...(hasBody && { body }) }),
        )
        expect(response.status).toBeLessThan(500)
        expect(appEvents.filter(({ kind }) => kind === 'broken')).toEqual([])
        expect(mayLeadTo).toContain(locationOf(response))
        expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
        expect(response.headers.get('cache-control')).toBe('no-store')
        for (const line of response.headers.getSetCookie())
          expect(line).toMatch(/^__Host-hexbird-.*; HttpOnly; Secure; /)
      }),
      { numRuns: runs() },
    )
  })

  test('no secret gets into an event, a page or an address', async () => {
    const values = Object.values(SECRETS)
    await fc.assert(
      fc.asyncProperty(
        fixture,
        fc.constantFrom(PATHS.callback, PATHS.result, PATHS.start),
        fc.boolean(),
        query,
        async ({ browser, appEvents }, path, isForm, more) => {
          const person = browser()
          await person.submit(PATHS.start)
          const secrets = `oauth_token=${SECRETS.token}&oauth_verifier=${SECRETS.verifier}&a=${SECRETS.flowSecret}&b=${SECRETS.key}`
          const response = isForm
            ? await person.submit(PATHS.start, [...new URLSearchParams(`${secrets}&${more}`)])
            : await person.get(`${path}?${secrets}&${more.replaceAll('#', '')}`)
          const next = locationOf(response) ?? ''
          const page = next.startsWith('/') ? await (await person.get(next)).text() : ''
          const seen = [await response.text(), page, JSON.stringify(appEvents), next === X_PAGE ? '' : next].join('\n')
          for (const secret of values) expect(seen).not.toContain(secret)
        },
      ),
      { numRuns: runs() },
    )
  })

  test('only a form of our own page, in the browser that has it, starts with a choice', async () => {
    await fc.assert(
      fc.asyncProperty(request, fc.boolean(), async ({ headers, body, query }, isOurs) => {
        const { browser, asked } = signInApp()
        const person = browser()
        const csrf = tokenIn(await (await person.get(PATHS.page)).text())
        const fields = new URLSearchParams({ follow: 'true', csrf: isOurs ? csrf : 'x' })
        const { cookie: _cookie, ...others } = headers
        const sent = isOurs ? { ...others, 'sec-fetch-site': 'cross-site' } : others
        await person.post(PATHS.start, fields, sent)
        await person.request(`${PATHS.start}?follow=true&${query.replaceAll('#', '')}`, { headers: others })
        await person.request(PATHS.start, { method: 'POST', body, headers: { ...OUR_FORM, ...others } })
        for (const start of asked.starts) {
          expect([start.follow, start.message, start.tracked, start.returnTo]).toEqual([false, false, {}, undefined])
        }
      }),
      { numRuns: runs() },
    )
  })

  test('every field of a page, and nothing else, arrives at the bot as it was', async () => {
    const fields = fc.uniqueArray(fc.tuple(text, text).map(wellFormed), { selector: ([key]) => key, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(fields, async (given) => {
        const { browser, asked } = signInApp()
        const person = browser()
        const page = await (await person.get(`${PATHS.page}?${new URLSearchParams([...given])}`)).text()
        const sent = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
          ([, key = '', value = '']): [string, string] => [unescaped(key), unescaped(value)],
        )
        await person.post(PATHS.start, new URLSearchParams(sent))
        const free = given.filter(([key]) => !['', 'follow', 'message', 'csrf', 'return_to', '_charset_'].includes(key))
        expect(new Map(Object.entries(asked.starts[0]?.tracked ?? {}))).toEqual(new Map(free))
      }),
      { numRuns: runs() },
    )
  })
})

function wellFormed([key, value]: readonly [string, string]): [string, string] {
  return [Buffer.from(key).toString(), Buffer.from(value).toString()]
}

function unescaped(html: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return html.replace(/&(amp|lt|gt|quot|#39);/g, (_all, known: string) => characters[known] ?? '')
}
