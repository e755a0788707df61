import { textArbitrary } from '@hexbird/core/testing'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, jest, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { array, assert, asyncProperty, constantFrom, string, tuple, uint8Array } from 'fast-check'
import { Hono } from 'hono'
import { LoadBalancerError, overHttp } from '../src/handlers/http.js'
import { eventArbitrary } from './event-arbitraries.js'
import { answerOf, CALLERS, type Caller, eventOf, type HttpRequest } from './http-events.js'

const CONTEXT = {} as Context

/** What an app gets of a request that somebody makes through a caller. */
async function through(caller: Caller, request: HttpRequest) {
  let seen: { request: Request; body: Uint8Array; env: unknown } | undefined
  const app = new Hono()
  app.all('*', async ({ req, env, body }) => {
    seen = { request: req.raw, body: new Uint8Array(await req.arrayBuffer()), env }
    return body(null)
  })
  const answer = answerOf(await overHttp(app)(eventOf(caller, request), CONTEXT))
  if (!seen) throw new Error(`The app was not asked: ${answer.status}`)
  return { ...seen, url: new URL(seen.request.url), answer }
}

/** What a browser gets of what an app answers. */
async function answered(caller: Caller, answer: () => Response, method = 'GET') {
  const app = new Hono()
  app.all('*', () => answer())
  return answerOf(await overHttp(app)(eventOf(caller, { method, path: '/' }), CONTEXT))
}

describe.each(CALLERS)('behind %s', (caller) => {
  test('method, path and query arrive', async () => {
    const query = 'crc_token=a%2Bb%2Fc%3D%3D&more=%E2%82%AC&empty='
    const { request, url } = await through(caller, { method: 'DELETE', path: '/a/b%20c', query })
    expect(request.method).toBe('DELETE')
    expect(url.pathname).toBe('/a/b%20c')
    expect([...url.searchParams]).toEqual([
      ['crc_token', 'a+b/c=='],
      ['more', '€'],
      ['empty', ''],
    ])
  })

  test('every body arrives byte for byte, in base64 and as it is', async () => {
    const inBase64 = uint8Array({ maxLength: 300 }).map((body) => ({ body, base64: true }))
    const asText = textArbitrary({ maxLength: 100 }).map((text) => ({ body: Buffer.from(text) }))
    await assert(
      asyncProperty(constantFrom('POST', 'PUT'), tuple(inBase64, asText), async (method, both) => {
        for (const body of both) {
          const seen = await through(caller, { method, path: '/', ...body })
          expect(Buffer.from(seen.body).equals(Buffer.from(body.body))).toBe(true)
          expect(seen.request.headers.get('content-length')).toBe(String(body.body.length))
        }
      }),
      { numRuns: runs(50) },
    )
  })

  test.each(['héllo 🐦 日本語', 'line\r\nline\n', 'a\0b', '\ufeff{}', '"\u2028"'])(
    'a body of %j arrives',
    async (text) => {
      for (const base64 of [true, false]) {
        const { body } = await through(caller, { method: 'POST', path: '/', body: text, base64 })
        expect(Buffer.from(body).toString()).toBe(text)
      }
    },
  )

  test('headers arrive whatever their case', async () => {
    const headers = [
      ['X-Twitter-Webhooks-Signature', 'sha256=abc'],
      ['CONTENT-TYPE', 'text/plain'],
    ] as const
    const { request } = await through(caller, { path: '/', headers })
    expect(request.headers.get('x-twitter-webhooks-signature')).toBe('sha256=abc')
    expect(request.headers.get('content-type')).toBe('text/plain')
  })

  test('one cookie beyond ASCII does not take the others away', async () => {
    const { request } = await through(caller, { path: '/', headers: [['cookie', 'theirs=naïve €; ours=1; last=2']] })
    expect(request.headers.get('cookie')).toMatch(/^theirs=.*; ours=1; last=2$/)
  })

  test('a body that a GET has no use for is passed over', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { request, answer } = await through(caller, { method, path: '/', body: '{}' })
      expect([request.method, answer.status]).toEqual([method, 200])
    }
  })

  test('a name in the Host header is no matter', async () => {
    for (const host of ['evil.example', 'a b', '@', 'evil.example/twitter?']) {
      const { url } = await through(caller, { path: '/here', headers: [['host', host]] })
      expect([url.host, url.pathname]).toEqual(['function', '/here'])
    }
  })

  test('status, headers, one cookie and text come back', async () => {
    const headers = { 'content-type': 'text/html; charset=UTF-8', 'x-one': '1', 'set-cookie': 'a=1; Path=/' }
    const {
      status,
      headers: back,
      cookies,
      body,
    } = await answered(caller, () => new Response('<p>ä 🐦</p>', { status: 418, headers }))
    expect([status, body, cookies]).toEqual([418, '<p>ä 🐦</p>', ['a=1; Path=/']])
    expect([back.get('content-type'), back.get('x-one')]).toEqual(['text/html; charset=UTF-8', '1'])
  })

  test('a HEAD is answered without a body', async () => {
    expect((await answered(caller, () => new Response(null, { status: 204 }), 'HEAD')).body).toBe('')
  })
})

describe('overHttp', () => {
  test.each(CALLERS.filter((caller) => caller !== 'a load balancer'))(
    'every cookie comes back behind %s',
    async (name) => {
      const set = [
        ['set-cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
        ['set-cookie', 'b=2'],
      ] as const
      const { cookies } = await answered(name, () => new Response('', { headers: set.map(([...pair]) => pair) }))
      expect(cookies).toEqual(set.map(([, cookie]) => cookie))
    },
  )

  test('a load balancer that would lose a cookie is an error that says what to do', async () => {
    const two = () =>
      new Response('', {
        headers: [
          ['set-cookie', 'secret=4711'],
          ['set-cookie', 'b=2'],
        ],
      })
    const error = await answered('a load balancer', two).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(LoadBalancerError)
    expect((error as LoadBalancerError).message).toBe(
      'A response has several cookies. Turn on multi-value headers for the target group.',
    )
  })

  test.each(CALLERS.filter((caller) => caller !== 'a load balancer'))(
    'a parameter that is there twice arrives twice behind %s',
    async (caller) => {
      const { url } = await through(caller, { path: '/', query: 'crc_token=a&crc_token=b' })
      expect(url.searchParams.getAll('crc_token')).toEqual(['a', 'b'])
    },
  )

  test.each(CALLERS.filter((caller) => caller.startsWith('a load balancer')))(
    'the app is told by %s that it is one, and what it adds to a header comes last',
    async (caller) => {
      const { env, request } = await through(caller, {
        path: '/',
        headers: [
          ['x-forwarded-for', '198.51.100.1'],
          ['x-forwarded-for', '192.0.2.7'],
        ],
      })
      expect(env).toHaveProperty('requestContext.elb')
      expect(request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim()).toBe('192.0.2.7')
    },
  )

  test.each([
    ['no event', undefined],
    ['nothing', null],
    ['a text', 'GET /'],
    ['a list', []],
    ['what another service sends', { Records: [{ body: '{}' }] }],
    ['a method that is none', eventOf('a REST API', { method: 'G E T', path: '/' })],
    ['a method that is not allowed', eventOf('an HTTP API, payload 2.0', { method: 'TRACE', path: '/' })],
    ['a header that is none', { ...eventOf('a REST API', { path: '/' }), multiValueHeaders: { 'a b': ['c'] } }],
    [
      'a header with a line break',
      { ...eventOf('a REST API', { path: '/' }), multiValueHeaders: { a: ['b\r\nc: d'] } },
    ],
    ['a body that is no text', { ...eventOf('a REST API', { method: 'POST', path: '/' }), body: { a: 1 } }],
  ])('%s is answered 400', async (_, event) => {
    const app = new Hono()
    app.all('*', ({ text }) => text('asked'))
    expect(answerOf(await overHttp(app)(event, CONTEXT))).toMatchObject({
      status: 400,
      body: 'This is not an HTTP request.',
    })
  })

  test('whatever the event is, there is an answer, and nothing is logged', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {})
    const app = new Hono()
    app.all('*', async ({ req, text }) => text(String((await req.arrayBuffer()).byteLength)))
    const answer = overHttp(app)
    await assert(
      asyncProperty(eventArbitrary(['/', '//', '/a?b#c', '/%zz'], 'the-secret'), async (event) => {
        const { status } = answerOf(await answer(event, CONTEXT))
        expect([200, 400]).toContain(status)
      }),
      { numRuns: runs(1000) },
    )
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })

  test('headers of any text are those bytes, or no request', async () => {
    const app = new Hono()
    app.all('*', ({ req, json }) => json(req.raw.headers.get('x-any')))
    await assert(
      asyncProperty(
        constantFrom(...CALLERS),
        array(string({ unit: 'grapheme' }), { maxLength: 2 }),
        async (caller, texts) => {
          const event = eventOf(caller, { path: '/', headers: texts.map((text) => ['x-any', text] as const) })
          const { status } = answerOf(await overHttp(app)(event, CONTEXT))
          expect(status).toBe(texts.some((text) => /[\0\r\n]/.test(text.trim())) ? 400 : 200)
        },
      ),
      { numRuns: runs() },
    )
  })
})
