import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { lookupOf, postResultOf } from '../src/answers.js'
import type { Exchange } from '../src/exchange.js'
import { limitedUntil } from '../src/rate-limit.js'

const NOW = 1_790_000_000_000

const answered = (status: number, body: unknown = '', headers: Readonly<Record<string, string>> = {}): Exchange => ({
  kind: 'answered',
  status,
  headers,
  body,
  complete: true,
})
const cutShort = (status: number, body: unknown = '', headers = {}): Exchange => ({
  kind: 'answered',
  status,
  headers,
  body,
  complete: false,
})
const unanswered = (sent: boolean): Exchange => ({ kind: 'unanswered', sent, detail: 'ECONNRESET' })
const problem = (status: number, title: string, detail: string, type = 'about:blank') =>
  answered(status, { title, detail, type, status })
const coded = (status: number, code: number, message = 'x') => answered(status, { errors: [{ code, message }] })
const typed = (status: number, type: string) => problem(status, 'x', 'x', `https://api.twitter.com/2/problems/${type}`)

/** How one exchange is read, as `kind` or `kind reason`. */
type Row = readonly [what: string, came: Exchange, post: string, lookup: string]

const rows: readonly Row[] = [
  ['no connection', unanswered(false), 'deferred unreachable', 'deferred unreachable'],
  ['a connection that was cut', unanswered(true), 'ambiguous', 'deferred unreachable'],

  ['201 with an id', answered(201, { data: { id: '1790', text: 'hi' } }), 'posted', 'body'],
  ['200 with an id', answered(200, { data: { id: '1790' } }), 'posted', 'body'],
  [
    '201 with an id and errors beside',
    answered(201, { data: { id: '1' }, errors: [{ title: 'x' }] }),
    'posted',
    'body',
  ],
  ['201 that was cut after the id', cutShort(201, { data: { id: '1790' } }), 'posted', 'deferred unreachable'],
  ['201 without an id', answered(201, { data: { text: 'hi' } }), 'ambiguous', 'body'],
  ['201 with a numeric id', answered(201, { data: { id: 1790 } }), 'ambiguous', 'body'],
  ['201 with an id that is none', answered(201, { data: { id: 'abc' } }), 'ambiguous', 'body'],
  ['201 without anything', answered(201, undefined), 'ambiguous', 'failed X_ANSWER_UNREADABLE'],
  ['200 with a page', answered(200, '<!doctype html><p>Hello'), 'ambiguous', 'failed X_ANSWER_UNREADABLE'],
  ['200 with a list', answered(200, [1]), 'ambiguous', 'failed X_ANSWER_UNREADABLE'],
  ['200 that was cut', cutShort(200, '{"data":{"i'), 'ambiguous', 'deferred unreachable'],
  ['200 with nothing but an error', answered(200, { errors: [{ code: 64, message: 'x' }] }), 'ambiguous', 'locked 64'],
  ['301', answered(301, ''), 'ambiguous', 'failed X_ANSWER_UNREADABLE'],
  ['304 with an id', answered(304, { data: { id: '1' } }), 'ambiguous', 'failed X_ANSWER_UNREADABLE'],

  ...[500, 502, 503, 504, 520, 599].map(
    (status): Row => [`${status}`, problem(status, 'Service Unavailable', 'x'), 'ambiguous', 'deferred unreachable'],
  ),
  ['503 with a page', answered(503, '<html><title>Over capacity'), 'ambiguous', 'deferred unreachable'],
  ['500 with the code of a duplicate', coded(500, 187), 'ambiguous', 'deferred unreachable'],
  ['503 with an id', answered(503, { data: { id: '1790' } }), 'ambiguous', 'deferred unreachable'],

  [
    '400 for media that has expired',
    answered(400, {
      errors: [{ parameters: { 'media.media_ids': ['17'] }, message: 'Your media IDs are invalid.' }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: 'https://api.x.com/2/problems/invalid-request',
    }),
    'refused media-invalid',
    'unexplained',
  ],
  ['400 with code 324', coded(400, 324), 'refused media-invalid', 'unexplained'],

  ['429', coded(429, 88, 'Rate limit exceeded'), 'deferred rate-limited', 'deferred rate-limited'],
  ['429 that was cut', cutShort(429), 'deferred rate-limited', 'deferred rate-limited'],
  ['420', answered(420), 'deferred rate-limited', 'deferred rate-limited'],
  ['403 with code 185', coded(403, 185), 'deferred rate-limited', 'deferred rate-limited'],

  ['402', problem(402, 'Payment Required', 'credits depleted'), 'deferred no-credits', 'deferred no-credits'],
  ['402 without a body', answered(402), 'deferred no-credits', 'deferred no-credits'],
  ['403 of type credits', typed(403, 'credits'), 'deferred no-credits', 'deferred no-credits'],
  ['403 of type credits-depleted', typed(403, 'credits-depleted'), 'deferred no-credits', 'deferred no-credits'],
  ['429 of type usage-capped', typed(429, 'usage-capped'), 'deferred no-credits', 'deferred no-credits'],
  ['403 CreditsDepleted', problem(403, 'CreditsDepleted', 'x'), 'deferred no-credits', 'deferred no-credits'],

  ['401', problem(401, 'Unauthorized', 'Unauthorized'), 'deferred unauthorized', 'deferred unauthorized'],
  ...[32, 89, 215].flatMap((code): Row[] => [
    [`400 with code ${code}`, coded(400, code), 'deferred unauthorized', 'deferred unauthorized'],
    [`401 with code ${code}`, coded(401, code), 'deferred unauthorized', 'deferred unauthorized'],
  ]),
  ['403 oauth1-permissions', typed(403, 'oauth1-permissions'), 'deferred unauthorized', 'deferred unauthorized'],
  ['403 client-forbidden', typed(403, 'client-forbidden'), 'deferred unauthorized', 'deferred unauthorized'],
  [
    '403 unsupported-authentication',
    typed(403, 'unsupported-authentication'),
    'deferred unauthorized',
    'deferred unauthorized',
  ],

  ...[64, 326, 226, 416].flatMap((code): Row[] => [
    [`403 with code ${code}`, coded(403, code), `locked ${code}`, `locked ${code}`],
    [`401 with code ${code}`, coded(401, code), `locked ${code}`, `locked ${code}`],
    [`429 with code ${code}`, coded(429, code), `locked ${code}`, `locked ${code}`],
  ]),
  ...(
    [
      [64, 'Your account is suspended and is not permitted to access this feature.'],
      [
        326,
        'To protect our users from spam and other malicious activity, this account is temporarily locked. Please log in to https://twitter.com to unlock your account.',
      ],
      [
        226,
        'This request looks like it might be automated. To protect our users from spam and other malicious activity, we can’t complete this action right now.',
      ],
      [416, 'Invalid / suspended application'],
    ] as const
  ).map(
    ([code, detail]): Row => [
      `403 in v2's words for ${code}`,
      problem(403, 'Forbidden', detail),
      `locked ${code}`,
      `locked ${code}`,
    ],
  ),
  ['code 64 in XML', answered(403, '<errors><error code="64">Suspended</error></errors>'), 'locked 64', 'locked 64'],
  ['code 64 as a string', answered(403, { errors: [{ code: '64' }] }), 'locked 64', 'locked 64'],
  ['code 64 second', answered(403, { errors: [{ code: 1 }, { code: 64 }] }), 'locked 64', 'locked 64'],

  [
    '403 duplicate',
    problem(403, 'Forbidden', 'You are not allowed to create a Tweet with duplicate content.'),
    'duplicate',
    'unexplained',
  ],
  ['403 with code 187', coded(403, 187, 'Status is a duplicate.'), 'duplicate', 'unexplained'],

  ...[
    'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.',
    'You can only reply to or quote posts where you are mentioned or are the author.',
    'The original Tweet author restricted who can reply to this Tweet.',
  ].map(
    (detail): Row => [
      `403: ${detail.slice(0, 40)}…`,
      problem(403, 'Forbidden', detail),
      'refused reply-not-allowed',
      'unexplained',
    ],
  ),
  ['403 with code 433', coded(403, 433), 'refused reply-not-allowed', 'unexplained'],

  ...[400, 403, 404].map(
    (status): Row => [
      `${status} for a deleted tweet`,
      problem(status, 'Forbidden', 'You attempted to reply to a Tweet that is deleted or not visible to you.'),
      'refused tweet-gone',
      'gone',
    ],
  ),
  ...[385, 144].map((code): Row => [`403 with code ${code}`, coded(403, code), 'refused tweet-gone', 'gone']),
  ...['resource-not-found', 'not-authorized-for-resource'].map(
    (type): Row => [`404 ${type}`, typed(404, type), 'refused tweet-gone', 'gone'],
  ),
  [
    '200 that names a missing tweet',
    answered(200, { errors: [{ title: 'Not Found Error', type: 'https://api.x.com/2/problems/resource-not-found' }] }),
    'ambiguous',
    'gone',
  ],

  [
    '400',
    answered(400, { errors: [{ message: 'text too long' }], title: 'Invalid Request' }),
    'refused rejected',
    'unexplained',
  ],
  ['403 with code 186', coded(403, 186), 'refused rejected', 'unexplained'],
  [
    '400 about the text',
    answered(400, { errors: [{ message: '$.text: is empty' }], title: 'Invalid Request' }),
    'refused rejected',
    'unexplained',
  ],
  [
    '400 about anything else',
    answered(400, { errors: [{ message: '$.reply: unknown' }], title: 'Invalid Request' }),
    'unexplained',
    'unexplained',
  ],
  ['400 without a body', answered(400), 'unexplained', 'unexplained'],
  ['400 that was cut', cutShort(400, '{"tit'), 'deferred unreachable', 'deferred unreachable'],
  [
    '403 of an app without write permission',
    problem(403, 'Forbidden', 'You are not permitted to perform this action.'),
    'unexplained',
    'unexplained',
  ],
  ['403 without a body', answered(403), 'unexplained', 'unexplained'],
  ['403 with an empty object', answered(403, {}), 'unexplained', 'unexplained'],
  ['403 in the words of a proxy', answered(403, 'error code: 1020'), 'unexplained', 'deferred unreachable'],
  ['404 without a reason', problem(404, 'Not Found', 'Not Found'), 'unexplained', 'unexplained'],
  ['403 with code 34, which means a page', coded(403, 34), 'unexplained', 'unexplained'],
  [
    '403 with a page, which is not X',
    answered(403, '<!DOCTYPE html><html>Attention Required'),
    'unexplained',
    'deferred unreachable',
  ],
  [
    '403 of an app that is not enrolled',
    answered(403, { client_id: '1', reason: 'user-not-enrolled', title: 'Client Forbidden' }),
    'deferred unauthorized',
    'deferred unauthorized',
  ],
  ['408', answered(408), 'deferred unreachable', 'deferred unreachable'],
  ['425', answered(425), 'deferred unreachable', 'deferred unreachable'],
]

const shown = (result: object) =>
  ['kind', 'reason', 'code'].flatMap((name) => (name in result ? [String(Reflect.get(result, name))] : [])).join(' ')

describe('what an answer means', () => {
  test.each(rows)('%s', (_, came, post, lookup) => {
    expect(shown(postResultOf(came, NOW))).toBe(post)
    expect(shown(lookupOf(came, NOW))).toBe(lookup)
  })

  test('only a 5xx that came whole says that X is done with the post', () => {
    const results = [
      answered(503),
      answered(500, {}),
      cutShort(503),
      answered(200, {}),
      answered(301),
      unanswered(true),
    ]
    expect(results.map((came) => postResultOf(came, NOW))).toEqual(
      [true, true, undefined, undefined, undefined, undefined].map((isAnswered) => ({
        kind: 'ambiguous',
        detail: expect.any(String),
        ...(isAnswered && { answered: true }),
      })),
    )
  })

  test("the detail is X's own", () => {
    expect(postResultOf(problem(403, 'Forbidden', 'You are not permitted.'), NOW)).toMatchObject({
      detail: 'You are not permitted.',
    })
    const both = {
      title: 'Invalid Request',
      detail: 'One or more parameters was invalid.',
      errors: [{ message: 'too long' }],
    }
    expect(postResultOf(answered(400, both), NOW)).toMatchObject({
      detail: 'One or more parameters was invalid. too long',
    })
    expect(postResultOf(answered(400, '<b>No</b>  such\nthing'), NOW)).toMatchObject({ detail: 'No such thing' })
    expect(postResultOf(answered(400), NOW)).toMatchObject({ detail: 'X answered 400 and gave no reason.' })
  })

  test('a detail has an end', () => {
    const result = postResultOf(answered(400, { detail: 'x'.repeat(100_000) }), NOW)
    expect('detail' in result && result.detail.length).toBe(500)
  })

  test('a rate limit says until when', () => {
    const headers = { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(NOW / 1000 + 60) }
    const result = { kind: 'deferred', reason: 'rate-limited', until: NOW + 60_000, detail: 'Rate limit exceeded' }
    const came = answered(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }, headers)
    expect(postResultOf(came, NOW)).toEqual(result)
    expect(lookupOf(came, NOW)).toEqual(result)
  })
})

describe('until when', () => {
  const at = (seconds: number) => String(NOW / 1000 + seconds)
  const short = (remaining: string, reset: string) => ({
    'x-rate-limit-remaining': remaining,
    'x-rate-limit-reset': reset,
  })
  const day = (whose: 'app' | 'user', remaining: string, reset: string) => ({
    [`x-${whose}-limit-24hour-remaining`]: remaining,
    [`x-${whose}-limit-24hour-reset`]: reset,
  })

  test.each([
    ['nothing is said', {}, undefined],
    ['the window of 15 minutes', short('0', at(900)), 900],
    ['what remains is not said', { 'x-rate-limit-reset': at(900) }, 900],
    ["the app's day", { ...short('99', at(900)), ...day('app', '0', at(80_000)) }, 80_000],
    ["the account's day", { ...short('99', at(900)), ...day('user', '0', at(70_000)) }, 70_000],
    ['a day that is not exhausted does not count', { ...short('0', at(900)), ...day('app', '5', at(80_000)) }, 900],
    [
      'of several the latest',
      { ...short('0', at(900)), ...day('app', '0', at(80_000)), ...day('user', '0', at(70_000)) },
      80_000,
    ],
    ['of several one is garbage', { ...short('0', at(900)), ...day('app', '0', 'soon') }, 900],
    ['an exhausted day without a time', { ...short('99', at(900)), ...day('app', '0', '') }, undefined],
    ['a time that is over', short('0', at(-1)), undefined],
    ['now', short('0', at(0)), undefined],
    ['letters', short('0', 'tomorrow'), undefined],
    ['a sign', short('0', '-5'), undefined],
    ['a fraction', short('0', `${at(900)}.5`), undefined],
    ['milliseconds', short('0', String(NOW)), undefined],
    ['two values', short('0', `${at(900)}, ${at(901)}`), undefined],
    ['a year ahead', short('0', at(365 * 86_400)), undefined],
  ] as const)('%s', (_, headers, seconds) => {
    expect(limitedUntil(headers, NOW)).toBe(seconds === undefined ? undefined : NOW + seconds * 1000)
  })

  test('whatever the headers are, it is undefined or a time to come', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.constant('0'),
      fc.integer({ min: -100, max: 200_000 }).map(at),
    )
    const names = ['x-rate-limit', 'x-app-limit-24hour', 'x-user-limit-24hour'].flatMap((name) => [
      `${name}-remaining`,
      `${name}-reset`,
    ])
    const headers = fc.dictionary(fc.constantFrom(...names), value)
    fc.assert(
      fc.property(headers, (given) => {
        const until = limitedUntil(given, NOW)
        return until === undefined || (Number.isSafeInteger(until) && until > NOW)
      }),
      { numRuns: runs() },
    )
  })
})

describe('whatever X answers', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('duplicate content', 'resource-not-found', 'credits', '1790', '<html>', '{"data":{"id":"1"}}'),
  )
  const body = fc.oneof(
    fc.jsonValue(),
    word,
    fc.record(
      {
        data: fc.oneof(fc.jsonValue(), fc.record({ id: fc.oneof(word, fc.integer()) })),
        errors: fc.array(fc.jsonValue()),
        title: word,
        detail: word,
        type: word,
      },
      { requiredKeys: [] },
    ),
    fc.record({
      errors: fc.array(
        fc.record({ code: fc.oneof(fc.integer(), fc.constantFrom(64, 187, 385)), message: word }, { requiredKeys: [] }),
      ),
    }),
  )
  const came: fc.Arbitrary<Exchange> = fc.record({
    kind: fc.constant('answered' as const),
    status: fc.integer({ min: 100, max: 999 }),
    headers: fc.dictionary(fc.constantFrom('x-rate-limit-reset', 'x-rate-limit-remaining'), word),
    body,
    complete: fc.boolean(),
  })

  test('posted means a success with an id, and only a 4xx is certain', () => {
    fc.assert(
      fc.property(came, (one) => {
        if (one.kind !== 'answered') return
        const result = postResultOf(one, NOW)
        if (result.kind === 'posted') {
          expect(result.id).toMatch(/^[0-9]{1,19}$/)
          expect(one.status >= 200 && one.status < 300).toBe(true)
        } else {
          expect(result.detail).not.toBe('')
          expect(result.kind === 'ambiguous').toBe(one.status < 400 || one.status >= 500)
        }
      }),
      { numRuns: runs() },
    )
  })

  test('a tweet is given up for good only by words about it, its conversation or the text', () => {
    const about = /duplicate content|resource-not-found|64|187|385/
    fc.assert(
      fc.property(came, (one) => {
        if (one.kind !== 'answered' || about.test(JSON.stringify(one.body ?? ''))) return
        expect(['refused', 'duplicate']).not.toContain(postResultOf(one, NOW).kind)
        expect(lookupOf(one, NOW).kind).not.toBe('gone')
      }),
      { numRuns: runs() },
    )
  })

  test('a look-up gives an object only from a whole success', () => {
    fc.assert(
      fc.property(came, (one) => {
        const lookup = lookupOf(one, NOW)
        if (lookup.kind === 'body' && one.kind === 'answered')
          expect([one.complete, one.status >= 200 && one.status < 300]).toEqual([true, true])
      }),
      { numRuns: runs() },
    )
  })
})
