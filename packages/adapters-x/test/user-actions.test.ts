import { inspect } from 'node:util'
import type { UserActionResult } from '@hexbird/core/adapter'
import { freePort } from '@hexbird/testkit/free-port'
import { runs } from '@hexbird/testkit/runs'
import {
  answer,
  cut,
  cutWithin,
  nonsense,
  patienceWith,
  type Script,
  silence,
  startScripted,
  trickle,
} from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { agentTo, XError, XUserActions, type XUserActionsOptions } from '../src/index.js'

const keys = { consumerKey: 'consumer-key-7h3', consumerSecret: 'consumer-secret-8f2' }
const ada = { uid: '9007199254740993', accessToken: '9007199254740993-accesstoken', accessSecret: 'access-secret-9d1' }
const GRACE = '1790000000000000001'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function actionsTo(port: number, options: Partial<XUserActionsOptions> = {}): XUserActions {
  const agent = agentTo({ port })
  open.push({ close: () => agent.destroy() })
  return new XUserActions({ ...keys, agent, timeoutMs: 60_000, ...options })
}

async function start(scripts: Script | readonly Script[], options: Partial<XUserActionsOptions> = {}) {
  const server = await startScripted(...[scripts].flat())
  open.push(server)
  return { server, actions: actionsTo(server.port, options) }
}

const outcomeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => ({ threw: error instanceof XError ? error.code : error }))

const FOLLOWED = answer(200, { data: { following: true, pending_follow: false } })
const SENT = answer(201, { data: { dm_conversation_id: '1-2', dm_event_id: '1790000000000000009' } })
const INVALIDATED = answer(200, { access_token: ada.accessToken })

const ACTS: Readonly<Record<string, (actions: XUserActions) => Promise<UserActionResult>>> = {
  follow: (actions) => actions.follow(ada, GRACE),
  message: (actions) => actions.message(ada, GRACE, 'Hi'),
  invalidate: (actions) => actions.invalidate(ada),
}
const NAMES = Object.keys(ACTS)
const act = (name: string, actions: XUserActions) => outcomeOf(ACTS[name]?.(actions) ?? Promise.reject(new Error(name)))

const blank = (status: number, detail: string) => answer(status, { title: detail, type: 'about:blank', status, detail })
const v1 = (status: number, ...codes: readonly number[]) =>
  answer(status, { errors: codes.map((code) => ({ code, message: 'X says so.' })) })
const problem = (status: number, type: string) =>
  answer(status, { title: 'Forbidden', detail: 'X says so.', type: `https://api.x.com/2/problems/${type}`, status })

describe('what is done', () => {
  test("is signed with the app's keys and the person's tokens, each call of its own", async () => {
    const { server, actions } = await start([FOLLOWED, SENT, INVALIDATED])
    expect(await actions.follow(ada, GRACE)).toEqual({ kind: 'done' })
    expect(await actions.message(ada, GRACE, 'Hi é 🐕')).toEqual({ kind: 'done' })
    expect(await actions.invalidate({ uid: '2', accessToken: '2-other', accessSecret: 'other' })).toEqual({
      kind: 'done',
    })
    expect(server.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', `/2/users/${ada.uid}/following`, `{"target_user_id":"${GRACE}"}`],
      ['POST', `/2/dm_conversations/with/${GRACE}/messages`, '{"text":"Hi é 🐕"}'],
      ['POST', '/1.1/oauth/invalidate_token.json', ''],
    ])
    const tokens = server.requests.map(({ headers }) => /oauth_token="([^"]*)"/.exec(headers.authorization ?? '')?.[1])
    expect(tokens).toEqual([ada.accessToken, ada.accessToken, '2-other'])
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({ host: 'api.x.com', authorization: expect.stringContaining('consumer-key-7h3') })
    }
  })

  test.each([
    [{ following: true, pending_follow: false }, { kind: 'done' }],
    [{ following: true }, { kind: 'done' }],
    [{ following: false, pending_follow: true }, { kind: 'pending' }],
    [
      { following: false, pending_follow: false },
      { kind: 'refused', detail: expect.any(String) },
    ],
    [{ following: 'true' }, { threw: 'X_ANSWER_UNREADABLE' }],
    [{}, { threw: 'X_ANSWER_UNREADABLE' }],
  ])('of a follow is what X says: %j', async (data, expected) => {
    expect(await act('follow', (await start(answer(200, { data }))).actions)).toEqual(expected)
  })

  test.each(['error code: 1020', '<!doctype html><title>Attention Required'])(
    'is not refused by X where a proxy in front of it answers 403: %s',
    async (body) => {
      for (const name of ['follow', 'message'] as const) {
        const { actions } = await start(answer(403, body, { 'content-type': 'text/plain' }))
        expect(await act(name, actions)).toMatchObject({ kind: 'deferred' })
      }
    },
  )

  test('is nothing with an id that is none, or half of the tokens', async () => {
    const { server, actions } = await start(SENT)
    for (const id of ['', '1/../2', '12345678901234567890', '-1', 'ada']) {
      expect(await outcomeOf(actions.follow(ada, id))).toEqual({ threw: 'X_REQUEST_REFUSED' })
      expect(await outcomeOf(actions.follow({ ...ada, uid: id }, GRACE))).toEqual({ threw: 'X_REQUEST_REFUSED' })
      expect(await outcomeOf(actions.message(ada, id, 'Hi'))).toEqual({ threw: 'X_REQUEST_REFUSED' })
    }
    for (const name of ['accessToken', 'accessSecret'])
      expect(await outcomeOf(actions.invalidate({ ...ada, [name]: '' }))).toEqual({ threw: 'X_UNAUTHORIZED' })
    expect(server.requests).toEqual([])
  })

  test.each(['consumerKey', 'consumerSecret'])('needs the %s', (name) => {
    expect(() => new XUserActions({ ...keys, [name]: '' })).toThrow(
      expect.objectContaining({ name: 'XError', message: `The credential ${name} is missing.` }),
    )
  })
})

describe.each(NAMES)('%s', (name) => {
  test.each([
    ['a refused connection', undefined, { kind: 'deferred', detail: 'ECONNREFUSED' }],
    ['a cut before the answer', cut, { threw: 'X_UNREACHABLE' }],
    ['an answer that is none of HTTP', nonsense('hello'), { threw: 'X_UNREACHABLE' }],
    ['no answer', silence, { threw: 'X_UNREACHABLE' }],
    ['an answer that trickles', trickle(200), { threw: 'X_ANSWER_UNREADABLE' }],
    ['an answer that is cut', cutWithin(201, '{"data":'), { threw: 'X_ANSWER_UNREADABLE' }],
    ['a page with 200', answer(200, '<html>'), { threw: 'X_ANSWER_UNREADABLE' }],
    ['an empty object', answer(200, {}), { threw: 'X_ANSWER_UNREADABLE' }],
    ['a redirect', answer(302, '', { location: 'https://x.com/' }), { threw: 'X_ANSWER_UNREADABLE' }],
    ['500', answer(500), { threw: 'X_UNREACHABLE' }],
    ['503 with code 89', v1(503, 89), { threw: 'X_UNREACHABLE' }],
    ['a bare 401', blank(401, 'Unauthorized'), { threw: 'X_UNAUTHORIZED' }],
    ['wrong keys', v1(401, 32), { threw: 'X_UNAUTHORIZED' }],
    ['wrong keys with 403', v1(403, 99), { threw: 'X_UNAUTHORIZED' }],
    ['a wrong clock', v1(401, 135), { threw: 'X_UNAUTHORIZED' }],
    ['malformed authentication', v1(400, 215), { threw: 'X_UNAUTHORIZED' }],
    ['wrong keys and code 89', v1(401, 32, 89), { threw: 'X_UNAUTHORIZED' }],
    ['a suspended app', v1(403, 416), { threw: 'X_ACCOUNT_LOCKED' }],
    ['code 89', v1(401, 89), { kind: 'revoked', detail: 'X says so.' }],
    ['code 89 with 403', v1(403, 89), { kind: 'revoked', detail: 'X says so.' }],
    ['its words', blank(401, 'Invalid or expired token'), { kind: 'revoked', detail: 'Invalid or expired token' }],
    [
      '403',
      blank(403, 'This operation is not permitted.'),
      { kind: 'refused', detail: 'This operation is not permitted.' },
    ],
    ['403 about the app', problem(403, 'client-forbidden'), { kind: 'refused', detail: 'X says so.' }],
    ["403 about the token's level", problem(403, 'oauth1-permissions'), { kind: 'refused', detail: 'X says so.' }],
    ['403 without a word', answer(403), { kind: 'refused', detail: 'X answered 403 and gave no reason.' }],
    ['a locked account', v1(403, 326), { kind: 'refused', detail: 'X says so.' }],
    ['400', problem(400, 'invalid-request'), { kind: 'refused', detail: 'X says so.' }],
    ['404', problem(404, 'resource-not-found'), { kind: 'refused', detail: 'X says so.' }],
    [
      'a missing account with 200',
      answer(200, { errors: [{ detail: 'Gone.' }] }),
      { kind: 'refused', detail: 'Gone.' },
    ],
    ['402', answer(402, { title: 'CreditsDepleted' }), { kind: 'deferred', detail: 'CreditsDepleted' }],
    ['429 without a time', v1(429, 88), { kind: 'deferred', detail: 'X says so.' }],
    ['a page in front of X', answer(403, '<html>Blocked'), { kind: 'deferred', detail: 'Blocked' }],
    ['403 that is cut', cutWithin(403, '{"title":'), { kind: 'deferred', detail: "X's answer 403 was cut short." }],
  ] as const)('after %s is told as it is', async (_, script, expected) => {
    const port = script ? (await start(script)).server.port : await freePort()
    expect(await act(name, actionsTo(port, { timeoutMs: patienceWith(script) }))).toEqual(expected)
  })

  test('that is limited says until when, by the clock given', async () => {
    const headers = { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1790000600' }
    const limited = answer(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }, headers)
    const { actions } = await start(limited, { now: () => 1_790_000_000_000 })
    const expected = { kind: 'deferred', until: 1_790_000_600_000, detail: 'Rate limit exceeded' }
    expect(await act(name, actions)).toEqual(expected)
  })

  test('is asked of X once, whatever comes', async () => {
    for (const script of [cut, answer(503), v1(429, 88), v1(401, 89)]) {
      const { server, actions } = await start(script)
      await act(name, actions)
      expect(server.requests).toHaveLength(1)
    }
  })
})

describe('whatever comes', () => {
  const words = fc.constantFrom<(authorization: string) => string>(
    (authorization) => authorization,
    () => JSON.stringify({ ...keys, ...ada }),
    () => Object.values(ada).join(' '),
    () => 'Invalid or expired token.',
  )
  const frame = fc.constantFrom<(text: string) => string>(
    (text) => text,
    (text) => JSON.stringify({ errors: [{ code: 89, message: text }] }),
    (text) => JSON.stringify({ title: text, detail: text }),
    (text) => JSON.stringify({ data: { following: text, dm_event_id: '1' }, access_token: text }),
    (text) => `<error code="32">${text}</error>`,
    () => JSON.stringify({ data: { following: true, dm_event_id: '1' }, access_token: ada.accessToken }),
  )
  const status = fc.oneof(fc.constantFrom(200, 201, 400, 401, 403, 429, 503), fc.integer({ min: 200, max: 599 }))
  const answers = fc.record({ status, words, frame, isCut: fc.boolean() })

  test('later, refused and revoked are certain; all else is thrown; nothing gives a secret away', async () => {
    let current: Script = cut
    const { actions } = await start((response, received) => current(response, received))
    await fc.assert(
      fc.asyncProperty(answers, async ({ status, words, frame, isCut }) => {
        current = (response, received) => {
          const body = Buffer.from(frame(words(String(received.headers.authorization)))).toString('latin1')
          return (isCut ? cutWithin(status, body) : answer(status, body))(response, received)
        }
        for (const name of NAMES) {
          const result = await (ACTS[name]?.(actions) ?? Promise.reject(new Error(name))).catch(
            (error: unknown) => error,
          )
          if (result instanceof Error) expect(result).toBeInstanceOf(XError)
          else if (!isSure(result as UserActionResult, status)) expect(result).toBe('sure')
          const told = inspect(result, { depth: 10, showHidden: true, maxStringLength: null })
          const secrets = [...Object.values(keys), ada.accessToken, ada.accessSecret]
          expect(secrets.filter((secret) => told.includes(secret))).toEqual([])
        }
      }),
      { numRuns: runs() },
    )
  }, 600_000)

  const isSure = ({ kind }: UserActionResult, status: number) => {
    const [isSuccess, isRefusal] = [status < 300, status >= 400 && status < 500]
    if (kind === 'done' || kind === 'pending') return isSuccess
    return isRefusal || (kind === 'refused' && isSuccess)
  }
})
