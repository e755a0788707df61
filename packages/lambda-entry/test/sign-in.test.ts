import { freePort } from '@hexbird/testkit/free-port'
import { runs } from '@hexbird/testkit/runs'
import { answer, startScripted } from '@hexbird/testkit/scripted-server'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { assert, asyncProperty } from 'fast-check'
import { LoadBalancerError } from '../src/handlers/http.js'
import { makeSignIn } from '../src/handlers/sign-in.js'
import { eventArbitrary } from './event-arbitraries.js'
import { type Fixture, ORIGIN, secretsOf, startFixture } from './fixture.js'
import { answerOf, CALLERS, type Caller, eventOf, type HttpRequest } from './http-events.js'
import { type Told, telling } from './observers.js'

const CONTEXT = {} as Context
const START = '/api/twitter-session'
const ONE_VALUE = 'a load balancer'
const MANY_VALUES = CALLERS.filter((caller) => caller !== ONE_VALUE)

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())

/** A person with a browser, behind a caller: keeps cookies, sends what browsers send. */
class Visitor {
  readonly cookies = new Map<string, string>()
  readonly #run: (event: unknown) => Promise<unknown>
  readonly #caller: Caller
  readonly told: Told

  static async at(caller: Caller): Promise<Visitor> {
    const told = telling()
    const run = makeSignIn(await fixture.settings('sign-in'), told)
    return new Visitor(caller, (event) => run(event, CONTEXT), told)
  }

  constructor(caller: Caller, run: (event: unknown) => Promise<unknown>, told: Told) {
    this.#caller = caller
    this.#run = run
    this.told = told
  }

  async send(request: HttpRequest) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = [
      ['sec-fetch-site', request.method === 'POST' ? 'same-origin' : 'none'],
      ['sec-fetch-mode', 'navigate'],
      ['sec-fetch-dest', 'document'],
      ...(cookie === '' ? [] : [['cookie', cookie] as const]),
      ...(request.headers ?? []),
    ] as const
    const answered = answerOf(await this.#run(eventOf(this.#caller, { ...request, headers })))
    for (const line of answered.cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (/max-age=0/i.test(line)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return { ...answered, location: answered.headers.get('location') ?? '' }
  }

  async submit(path: string, fields: Readonly<Record<string, string>> = {}, over: Partial<HttpRequest> = {}) {
    const [, csrf = ''] = /name="csrf" value="([^"]*)"/.exec((await this.send({ path: '/sign-in' })).body) ?? []
    const body = new URLSearchParams({ csrf, ...fields }).toString()
    const headers = [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['origin', ORIGIN],
    ] as const
    return this.send({ method: 'POST', path, headers, body, ...over })
  }

  /** Goes to an address of ours. */
  go(location: string) {
    const { pathname, search } = new URL(location, ORIGIN)
    return this.send({ path: pathname, query: search.slice(1) })
  }
}

/** Approves at X, and gives where X leads back to. */
async function approve(page: string, username: string): Promise<string> {
  const address = fixture.x.browserUrl(page)
  const shown = await fetch(address)
  const [, token = ''] = /name="authenticity_token" value="([^"]*)"/.exec(await shown.text()) ?? []
  const decision = { authenticity_token: token, person: fixture.x.person(username).id, decision: 'approve' }
  const headers = {
    cookie: shown.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';', 1)[0])
      .join('; '),
    origin: new URL(address).origin,
    'sec-fetch-site': 'same-origin',
  }
  const body = new URLSearchParams(decision)
  const approved = await fetch(address, { method: 'POST', headers, body, redirect: 'manual' })
  return approved.headers.get('location') ?? ''
}

describe.each(CALLERS)('the sign-in behind %s', (caller) => {
  test('shows its page, with the cookie that makes the form this browser’s', async () => {
    const visitor = await Visitor.at(caller)
    const { status, headers, cookies, body } = await visitor.send({ path: '/sign-in' })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(body).toContain(`<h1>Sign in to @${fixture.x.bot.username}</h1>`)
    expect(cookies.map((cookie) => cookie.split('=', 1)[0])).toEqual(['__Host-hexbird-browser'])
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test.each([true, false])('a form leads to X, in base64: %s', async (base64) => {
    const visitor = await Visitor.at(caller)
    const { status, location, cookies } = await visitor.submit(START, { follow: 'true' }, { base64 })
    expect(status).toBe(303)
    expect(location).toMatch(/^https:\/\/api\.x\.com\/oauth\/(authorize|authenticate)\?oauth_token=/)
    expect(cookies).toHaveLength(1)
  })

  test('a form that is not this browser’s leads nowhere', async () => {
    const visitor = await Visitor.at(caller)
    expect((await visitor.submit(START, { csrf: 'x' })).status).toBe(403)
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const
    expect(
      (await visitor.submit(START, {}, { headers: [...headers, ['origin', 'https://evil.example']] })).status,
    ).toBe(403)
    expect(visitor.told.lines.map(({ details }) => details.what)).toEqual(['request-refused', 'request-refused'])
  })

  test('starts are counted by the address that the caller saw, never by one that the visitor names', async () => {
    const address = `198.51.100.${CALLERS.indexOf(caller)}`
    const named = `203.0.113.${CALLERS.indexOf(caller)}`
    const visitor = await Visitor.at(caller)
    // A load balancer adds what it saw; the others tell it besides.
    const isBalancer = caller.startsWith('a load balancer')
    const headers = [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['origin', ORIGIN],
      ['x-forwarded-for', isBalancer ? `${named}, ${address}` : `${address}1, ${named}`],
      ['x-real-ip', named],
      ['forwarded', `for=${named}`],
    ] as const
    expect((await visitor.submit(START, {}, { headers, address })).status).toBe(303)
    const windows = (await fixture.keys('budget')).filter((name) => name.startsWith('sign-in:'))
    expect(windows.filter((name) => name.startsWith(`sign-in:${address}:`))).toHaveLength(1)
    expect(windows.filter((name) => name.includes(named))).toEqual([])
  })
})

describe.each(MANY_VALUES)('the whole way behind %s', (caller) => {
  test('a person signs in, sees who they are, and disconnects', async () => {
    const username = `ada${CALLERS.indexOf(caller)}`
    const { id } = fixture.x.person(username)
    const visitor = await Visitor.at(caller)
    const started = await visitor.submit(START, { follow: 'true' })
    const completed = await visitor.go(await approve(started.location, username))
    expect([completed.status, completed.location]).toEqual([303, '/api/twitter-session/result'])
    const result = await visitor.go(completed.location)
    expect(result.status).toBe(200)
    expect(result.body).toContain(`@${username}`)
    expect(result.body).toContain(`Follow @${fixture.x.bot.username} on X`)
    expect(await fixture.keys('twitter')).toContain(id)
    expect(visitor.told.counted('SignedIn')).toBe(1)

    const gone = await visitor.submit('/api/twitter-session/disconnect')
    expect(gone.status).toBe(200)
    expect(await fixture.keys('twitter')).not.toContain(id)
    const secrets = [...secretsOf(fixture), ...visitor.cookies.values(), new URL(started.location).search.slice(1)]
    for (const secret of secrets) expect(visitor.told.text()).not.toContain(secret)
  })
})

describe('the sign-in', () => {
  test('behind a load balancer that passes one cookie, it says what to turn on', async () => {
    const visitor = await Visitor.at(ONE_VALUE)
    const started = await visitor.submit(START)
    const completed = visitor.go(await approve(started.location, 'bob'))
    await expect(completed).rejects.toBeInstanceOf(LoadBalancerError)
  })

  test('where X cannot be reached the person is told, and so is the operator, without a token', async () => {
    fixture.x.failNext({ method: 'POST', path: '/oauth/request_token', respond: { status: 503, body: 'no' } })
    const visitor = await Visitor.at('an HTTP API, payload 2.0')
    const { status } = await visitor.submit(START)
    expect(status).toBeGreaterThanOrEqual(500)
    expect(visitor.told.counted('SignInFailed')).toBe(1)
    for (const secret of secretsOf(fixture)) expect(visitor.told.text()).not.toContain(secret)
  })

  test.each([
    ['refuses', answer(400, '{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException"}')],
    ['does not listen', undefined],
  ])('where the database %s, the person is told', async (_, script) => {
    const server = script && (await startScripted(script))
    const { AWS_ENDPOINT_URL_DYNAMODB: url } = process.env
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${server?.port ?? (await freePort())}`
    try {
      const visitor = await Visitor.at('a REST API')
      const { status, body } = await visitor.submit(START)
      expect(status).toBeGreaterThanOrEqual(500)
      expect(body).not.toContain('AccessDenied')
      expect(visitor.told.counted('SignInFailed')).toBe(1)
    } finally {
      process.env.AWS_ENDPOINT_URL_DYNAMODB = url
      await server?.close()
    }
  })

  test('whatever comes, it is answered, and nothing of it is told', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {})
    const told = telling()
    const run = makeSignIn(await fixture.settings('sign-in'), told)
    const secret = 'oauth_verifier-4711-secret'
    const paths = ['/sign-in', `${START}/callback`, `${START}/result`, `${START}/disconnect`, '/else']
    await assert(
      asyncProperty(eventArbitrary(paths, secret), async (event) => {
        const { status } = answerOf(await run(event, CONTEXT))
        expect([200, 303, 400, 403, 404, 405, 413, 415]).toContain(status)
      }),
      { numRuns: runs(500) },
    )
    for (const hidden of secretsOf(fixture)) expect(told.text()).not.toContain(hidden)
    expect(told.counted('SignInFailed')).toBe(0)
    expect(printed).not.toHaveBeenCalled()
    printed.mockRestore()
  })
})
