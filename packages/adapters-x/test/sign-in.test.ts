import { inspect } from 'node:util'
import { freePort } from '@hexbird/testkit/free-port'
import { runs } from '@hexbird/testkit/runs'
import {
  answer,
  cut,
  cutWithin,
  nonsense,
  patienceWith,
  type Received,
  type Script,
  silence,
  startScripted,
  trickle,
} from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { agentTo, XError, XSignIn, type XSignInOptions } from '../src/index.js'

const keys = { consumerKey: 'consumer-key-7h3', consumerSecret: 'consumer-secret-8f2' }
const CALLBACK = 'https://bot.example/api/twitter-session/callback'
const request = { token: 'request-token-5k1', secret: 'request-secret-4j0', verifier: 'verifier-3i9' }

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function signInTo(port: number, options: Partial<XSignInOptions> = {}): XSignIn {
  const agent = agentTo({ port })
  open.push({ close: () => agent.destroy() })
  return new XSignIn({ ...keys, agent, timeoutMs: 60_000, ...options })
}

async function start(scripts: Script | readonly Script[], options: Partial<XSignInOptions> = {}) {
  const server = await startScripted(...[scripts].flat())
  open.push(server)
  return { server, signIn: signInTo(server.port, options) }
}

const FORM = { 'content-type': 'text/html; charset=utf-8' }
const form = (fields: Readonly<Record<string, string>>) => answer(200, String(new URLSearchParams(fields)), FORM)
const TOKENS = { oauth_token: 'hh5s93j4hdidpola', oauth_token_secret: 'hdhd0244k9j7ao03' }
const GRANTED = { ...TOKENS, user_id: '9007199254740993', screen_name: 'ada_l' }

const v1 = (status: number, code: number, message = 'X says so.') => answer(status, { errors: [{ code, message }] })
const xml = (status: number, code: number, message: string) =>
  answer(
    status,
    `<?xml version='1.0' encoding='UTF-8'?><errors><error code="${code}">${message}</error></errors>`,
    FORM,
  )
const text = (status: number, words: string) => answer(status, words, FORM)

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  )

describe('a request token', () => {
  test('is asked for with the callback in a form that is signed', async () => {
    const { server, signIn } = await start(form({ ...TOKENS, oauth_callback_confirmed: 'true' }))
    expect(await signIn.requestToken({ callback: CALLBACK, accessType: 'read' })).toEqual({
      token: TOKENS.oauth_token,
      secret: TOKENS.oauth_token_secret,
      callbackConfirmed: true,
    })
    const [received] = server.requests
    expect(received).toMatchObject({ method: 'POST', url: '/oauth/request_token' })
    expect(received?.headers).toMatchObject({
      host: 'api.x.com',
      'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/),
      authorization: expect.stringMatching(/^OAuth oauth_consumer_key="consumer-key-7h3",(?!.*oauth_token=)/),
    })
    expect(formOf(received)).toEqual({ oauth_callback: CALLBACK, x_auth_access_type: 'read' })
  })

  test("asks for the app's own access where none is named", async () => {
    const { server, signIn } = await start(form(TOKENS))
    await signIn.requestToken({ callback: CALLBACK })
    expect(formOf(server.requests[0])).toEqual({ oauth_callback: CALLBACK })
  })

  test.each([
    ['a refused connection', undefined, 'X_UNREACHABLE', 'ECONNREFUSED. Begin the sign-in anew.'],
    ['a cut before the answer', cut, 'X_UNREACHABLE', 'X gave no answer'],
    ['an answer that is none of HTTP', nonsense('hello'), 'X_UNREACHABLE', 'X gave no answer'],
    ['a cut within the answer', cutWithin(200, 'oauth_token=a&oauth_token_secret=b'), 'X_UNREACHABLE', 'cut short'],
    ['503', answer(503, 'Over capacity'), 'X_UNREACHABLE', 'Over capacity. Begin the sign-in anew.'],
    ['a page in front of X', answer(403, '<!doctype html><p>Blocked', FORM), 'X_UNREACHABLE', 'Blocked.'],
    ['a redirect', answer(302, '', { location: 'https://x.com/' }), 'X_ANSWER_UNREADABLE', 'X answered 302'],
    ['nothing with 200', answer(200), 'X_ANSWER_UNREADABLE', 'not with tokens'],
    ['JSON', answer(200, TOKENS), 'X_ANSWER_UNREADABLE', 'not with tokens'],
    [
      'a form with 201',
      answer(201, String(new URLSearchParams(TOKENS)), FORM),
      'X_ANSWER_UNREADABLE',
      'X answered 201',
    ],
    ['no secret', form({ oauth_token: 'a' }), 'X_ANSWER_UNREADABLE', 'a request token and its secret'],
    ['an empty secret', form({ ...TOKENS, oauth_token_secret: '' }), 'X_ANSWER_UNREADABLE', 'and its secret'],
    ['two tokens', answer(200, 'oauth_token=a&oauth_token=b&oauth_token_secret=c', FORM), 'X_ANSWER_UNREADABLE', 'not'],
    ['wrong keys, as JSON', v1(401, 32, 'Could not authenticate you.'), 'X_UNAUTHORIZED', 'consumer key and secret'],
    ['wrong keys, as text', text(401, 'Failed to validate oauth signature and token'), 'X_UNAUTHORIZED', 'signature'],
    ['malformed authentication', v1(400, 215), 'X_UNAUTHORIZED', 'consumer key and secret'],
    ['a wrong clock', v1(401, 135, 'Timestamp out of bounds.'), 'X_UNAUTHORIZED', 'the clock of this machine'],
    ['an app without access', v1(403, 453), 'X_UNAUTHORIZED', 'what the app may do there'],
    ['a suspended app', v1(403, 416, 'Invalid / suspended application'), 'X_ACCOUNT_LOCKED', 'developer console'],
    ['a suspended app with 401', v1(401, 416), 'X_ACCOUNT_LOCKED', 'developer console'],
    ['a callback that is not listed', v1(403, 415), 'X_CALLBACK_NOT_ALLOWED', `${CALLBACK}: X says so. Add it`],
    ['the same as XML', xml(403, 415, 'Callback URL not'), 'X_CALLBACK_NOT_ALLOWED', `Callback URL not. Add it`],
    ['the same as text', text(403, 'Callback URL not approved for this app'), 'X_CALLBACK_NOT_ALLOWED', 'Add it'],
    ['the same with 500', v1(500, 415), 'X_CALLBACK_NOT_ALLOWED', 'Add it'],
    ['no sign-in by PIN', xml(403, 417, 'OOB'), 'X_CALLBACK_NOT_ALLOWED', 'OOB.'],
    ['no credits', answer(402, { title: 'CreditsDepleted' }), 'X_NO_CREDITS', 'CreditsDepleted.'],
    ['what nobody knows', v1(400, 999, 'Something else'), 'X_REQUEST_REFUSED', 'Something else'],
  ] as const)('after %s is an error that says what to do', async (_, script, code, says) => {
    const port = script ? (await start(script)).server.port : await freePort()
    const error = await thrownBy(signInTo(port).requestToken({ callback: CALLBACK }))
    expect(error).toMatchObject({ name: 'XError', code, message: expect.stringContaining(says) })
  })

  test('that is limited says until when, by the clock given', async () => {
    const headers = { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1790000600' }
    const script = answer(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }, headers)
    const { signIn } = await start(script, { now: () => 1_790_000_000_000 })
    expect(await thrownBy(signIn.requestToken({ callback: CALLBACK }))).toMatchObject({
      code: 'X_RATE_LIMITED',
      message: 'Rate limit exceeded. Try again after 2026-09-21T14:23:20.000Z.',
    })
  })
})

describe('the page', () => {
  test("is X's own by default, and another for a local X", async () => {
    const page = (pages: string | undefined, prompt: boolean) =>
      new XSignIn({ ...keys, ...(pages && { pages }) }).page('a&b', { prompt })
    expect(await page(undefined, true)).toBe('https://api.x.com/oauth/authorize?oauth_token=a%26b')
    expect(await page(undefined, false)).toBe('https://api.x.com/oauth/authenticate?oauth_token=a%26b')
    expect(await page('http://127.0.0.1:4000/oauth/', true)).toBe(
      'http://127.0.0.1:4000/oauth/authorize?oauth_token=a%26b',
    )
  })

  test.each([
    'http://api.x.com/oauth/',
    'https://api.x.com/oauth',
    'https://api.x.com/?a=',
    'ftp://127.0.0.1/',
    '',
    '/',
  ])('is not made from "%s"', (pages) => {
    expect(() => new XSignIn({ ...keys, pages })).toThrow(XError)
  })

  test.each(['consumerKey', 'consumerSecret'])('is not there without the %s', (name) => {
    expect(() => new XSignIn({ ...keys, [name]: '' })).toThrow(
      expect.objectContaining({ name: 'XError', message: `The credential ${name} is missing.` }),
    )
  })
})

describe("a person's tokens", () => {
  test('are traded for the verifier in a form, signed with the request token', async () => {
    const { server, signIn } = await start(form(GRANTED))
    expect(await signIn.accessToken(request)).toEqual({
      kind: 'granted',
      uid: '9007199254740993',
      username: 'ada_l',
      accessToken: TOKENS.oauth_token,
      accessSecret: TOKENS.oauth_token_secret,
    })
    const [received] = server.requests
    expect(received).toMatchObject({ method: 'POST', url: '/oauth/access_token' })
    expect(received?.headers.authorization).toContain('oauth_token="request-token-5k1"')
    expect(formOf(received)).toEqual({ oauth_verifier: 'verifier-3i9' })
  })

  test.each([
    ...Object.keys(GRANTED).map((name) => [`no ${name}`, { [name]: undefined }] as const),
    ...Object.keys(GRANTED).map((name) => [`an empty ${name}`, { [name]: '' }] as const),
    ['an id with 20 digits', { user_id: '12345678901234567890' }],
    ['an id that is none', { user_id: '1e3' }],
    ['a negative id', { user_id: '-1' }],
    ['a name that nobody has', { screen_name: '<b>' }],
    ['a token with a space', { oauth_token: 'a b' }],
    ['a secret with a line end', { oauth_token_secret: 'ab\n' }],
    ['the request token once more', { oauth_token: request.token }],
  ] as const)('are not granted with %s', async (_, changes: Readonly<Record<string, string | undefined>>) => {
    const fields = Object.entries({ ...GRANTED, ...changes }).filter(
      (field): field is [string, string] => field[1] !== undefined,
    )
    const error = await thrownBy((await start(form(Object.fromEntries(fields)))).signIn.accessToken(request))
    expect(error).toMatchObject({ code: 'X_ANSWER_UNREADABLE' })
    for (const value of Object.values(TOKENS)) expect(inspect(error, { showHidden: true })).not.toContain(value)
  })

  test('are not granted by a part of the answer', async () => {
    const { signIn } = await start(cutWithin(200, String(new URLSearchParams(GRANTED)), FORM))
    expect(await thrownBy(signIn.accessToken(request))).toMatchObject({ code: 'X_UNREACHABLE' })
  })

  test.each([
    ['401', answer(401), 'X answered 401 and gave no reason.'],
    ['401 in another language', text(401, 'Ongeldig request token.'), 'Ongeldig request token.'],
    [
      'words that quote tokens',
      text(401, 'No: oauth_token=abc&oauth_signature=x'),
      'X answered 401 and gave no reason.',
    ],
    ['code 32', v1(401, 32), 'X says so.'],
    ['code 89', v1(401, 89), 'X says so.'],
    ['code 99', v1(403, 99), 'X says so.'],
    ['code 89 as XML', xml(403, 89, 'Invalid or expired token.'), 'Invalid or expired token.'],
    [
      'words alone',
      text(403, 'Error processing your OAuth request: Invalid oauth_verifier parameter'),
      /verifier param/,
    ],
    ['no request token', text(400, 'Request token missing'), 'Request token missing'],
    [
      'the oldest form, which quotes the request',
      text(
        401,
        `<hash><error>Invalid / expired Token</error><request>/oauth/access_token?oauth_nonce=1</request></hash>`,
      ),
      'Invalid / expired Token',
    ],
  ] as const)('are refused by %s', async (_, script, detail) => {
    const { signIn } = await start(script)
    const expected = typeof detail === 'string' ? detail : expect.stringMatching(detail)
    expect(await signIn.accessToken(request)).toEqual({ kind: 'refused', detail: expected })
  })

  test.each([
    ['a wrong clock', v1(401, 135), 'X_UNAUTHORIZED'],
    ['a wrong clock, as text', text(401, 'Timestamp out of bounds.'), 'X_UNAUTHORIZED'],
    ['malformed authentication', v1(400, 215), 'X_UNAUTHORIZED'],
    ['an app without access', v1(403, 453), 'X_UNAUTHORIZED'],
    ['a suspended app', v1(401, 416), 'X_ACCOUNT_LOCKED'],
    ['a page in front of X', answer(403, '<html>Request token missing</html>', FORM), 'X_UNREACHABLE'],
    ['a limit', v1(429, 88, 'Request token limit'), 'X_RATE_LIMITED'],
    ['an outage', v1(500, 32), 'X_UNREACHABLE'],
    ['what nobody knows', v1(403, 999), 'X_REQUEST_REFUSED'],
  ] as const)('after %s are not refused: a person has to look', async (_, script, code) => {
    const { signIn } = await start(script)
    expect(await thrownBy(signIn.accessToken(request))).toMatchObject({ name: 'XError', code })
  })

  test('are not asked for without all three, since the library would sign as the app alone', async () => {
    const { server, signIn } = await start(form(GRANTED))
    for (const name of Object.keys(request)) {
      for (const value of ['', 'a b', 'a\n', '\ud800', 'a'.repeat(257)]) {
        expect(await signIn.accessToken({ ...request, [name]: value })).toMatchObject({ kind: 'refused' })
      }
    }
    expect(server.requests).toEqual([])
  })
})

describe('known faults of the originals', () => {
  test.each([
    ['no answer', silence],
    ['an answer that trickles', trickle(200, 'oauth_token=a', FORM)],
    ['a refusal that trickles', trickle(403)],
    ['a cut', cut],
    ['an error', answer(500)],
  ] as const)('a failed request-token call never hangs: %s', async (_, script) => {
    const { signIn } = await start(script, { timeoutMs: patienceWith(script) })
    expect(await thrownBy(signIn.requestToken({ callback: CALLBACK }))).toBeInstanceOf(XError)
    expect(await thrownBy(signIn.accessToken(request))).toBeInstanceOf(XError)
  })

  test.each([[undefined], ['false'], [''], ['TRUE'], ['1'], ['true ']])(
    'oauth_callback_confirmed is checked: %p is no confirmation',
    async (confirmed) => {
      const fields = { ...TOKENS, ...(confirmed !== undefined && { oauth_callback_confirmed: confirmed }) }
      const { signIn } = await start(form(fields))
      expect(await signIn.requestToken({ callback: CALLBACK })).toMatchObject({ callbackConfirmed: false })
    },
  )

  test("people's ids keep their last digits", async () => {
    const { signIn } = await start(form({ ...GRANTED, user_id: '1790000000000000001' }))
    expect(await signIn.accessToken(request)).toMatchObject({ uid: '1790000000000000001' })
  })
})

describe('no secret comes back', () => {
  test('with an answer that is none of HTTP, nor with its cause', async () => {
    const { signIn } = await start(nonsense((received) => `${received.headers.authorization} ${received.body}`))
    const error = await thrownBy(signIn.accessToken(request))
    expect(error).toMatchObject({ code: 'X_UNREACHABLE', cause: expect.any(Error) })
    const { cause } = error as Error
    expect(Object.keys(cause as Error)).toEqual(['code'])
    expect(leaks(error)).toEqual([])
  })

  const quoted = fc.constantFrom<(received: Received) => string>(
    ({ headers }) => String(headers.authorization),
    ({ headers, body }) => JSON.stringify({ headers, body }),
    ({ body }) => body,
    () => JSON.stringify({ ...keys, ...request }),
    () => Object.values(request).join(' '),
    () =>
      String(
        new URLSearchParams({
          oauth_token: request.token,
          oauth_token_secret: request.secret,
          user_id: '1',
          screen_name: 'a',
        }),
      ),
    () => 'Could not authenticate you.',
  )
  const frame = fc.constantFrom<(words: string) => string>(
    (words) => words,
    (words) => JSON.stringify({ errors: [{ code: 32, message: words }] }),
    (words) => JSON.stringify({ title: words, detail: words, [words]: words }),
    (words) => JSON.stringify({ request: words, error: words }),
    (words) => `<errors><error code="89">${words}</error></errors>`,
    (words) => `<hash><error>${words}</error><request>${words}</request></hash>`,
    (words) => `<html>${words}</html>`,
    (words) => String(new URLSearchParams({ ...GRANTED, screen_name: words })),
  )
  const status = fc.oneof(fc.constantFrom(200, 400, 401, 403, 429, 500), fc.integer({ min: 200, max: 599 }))
  const script = fc.record({ status, quoted, frame, isCut: fc.boolean() }).map(
    ({ status, quoted, frame, isCut }): Script =>
      (response, received) => {
        const body = Buffer.from(frame(quoted(received))).toString('latin1')
        return (isCut ? cutWithin(status, body, FORM) : answer(status, body, FORM))(response, received)
      },
  )

  test('whatever X quotes, and nothing but an XError is thrown', async () => {
    let current: Script = cut
    const { signIn } = await start((response, received) => current(response, received))
    await fc.assert(
      fc.asyncProperty(script, async (one) => {
        current = one
        const [begun, traded] = [
          await thrownBy(signIn.requestToken({ callback: CALLBACK })),
          await thrownBy(signIn.accessToken(request)),
        ]
        for (const result of [begun, traded]) {
          if (result instanceof Error) expect(result).toBeInstanceOf(XError)
        }
        // The first call knows no more secrets than these, and neither does who answers it.
        expect(leaks(begun, Object.values(keys))).toEqual([])
        expect(leaks(traded)).toEqual([])
      }),
      { numRuns: runs() },
    )
  }, 600_000)
})

function leaks(value: unknown, secrets = Object.values({ ...keys, ...request })): readonly string[] {
  const told = inspect(value, { depth: 10, showHidden: true, maxStringLength: null })
  return secrets.filter((secret) => told.includes(secret))
}

function formOf(received: Received | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(received?.body))
}
