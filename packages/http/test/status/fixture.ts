import type { JournalDay } from '@hexbird/core/adapter'
import { createStatusApp, type StatusAction, type StatusAppOptions, type StatusView } from '../../src/index.js'

export const TOKEN = 'a-token-of-thirty-two-characters'
export const ORIGIN = 'http://127.0.0.1:9000'
export const NOW = Date.UTC(2026, 10, 29, 17, 5)

const MINUTE = 60_000

/** A bot in the middle of a busy day, with something of everything. */
export const BUSY: StatusView = {
  at: NOW,
  username: 'petbot',
  killSwitch: { waits: { timeline: NOW + 5 * MINUTE, mentions: NOW - MINUTE }, strikes: ['1995000000000000009'] },
  money: { day: { spent: 1_234_000, limit: 5_000_000 }, sweep: { spent: 87_000, limit: 1_000_000 } },
  limits: { perDay: 5_000_000, perAuthorPerDay: 200_000, sweepPerDay: 1_000_000, repliesPerConversation: 8 },
  queues: [
    {
      name: 'events',
      size: 3,
      waiting: [
        {
          about: { tweetId: '1995000000000000101', authorId: '19', username: 'alan' },
          until: NOW + 3 * MINUTE,
          inFlight: true,
        },
        { about: { tweetId: '1995000000000000102', authorId: '16' }, until: NOW + 12 * MINUTE, inFlight: false },
        { about: { kind: 'message' }, until: NOW + 40_000, inFlight: false },
      ],
      deadLetterCount: 1,
      deadLetters: [
        {
          id: 7,
          about: { tweetId: '1995000000000000201', authorId: '20', username: 'tony' },
          receives: 5,
          reason: 'Error: The labeler answered 500: upstream connect error or disconnect/reset before headers',
          at: NOW - 90 * MINUTE,
        },
      ],
    },
    { name: 'jobs', size: 0, waiting: [], deadLetterCount: 0, deadLetters: [] },
  ],
  entries: [
    {
      tweetId: '1995000000000000008',
      authorId: '18',
      username: 'grace',
      at: NOW - 60_000,
      kind: 'job-stored',
      cost: 0,
    },
    {
      tweetId: '1995000000000000007',
      authorId: '17',
      username: 'a_name_with_15_c',
      at: NOW - 2 * MINUTE,
      kind: 'replied',
      replyId: '1995000000000000077',
      cost: 17_000,
    },
    {
      tweetId: '1995000000000000006',
      authorId: '16',
      at: NOW - 9 * MINUTE,
      kind: 'deferred',
      reason: 'rate-limited',
      detail: 'Calls of this kind (post) wait until 2026-11-29T17:10:00.000Z.',
      until: NOW + 5 * MINUTE,
      cost: 5_000,
    },
    {
      tweetId: '1995000000000000005',
      authorId: '15',
      username: 'edsger',
      at: NOW - 30 * MINUTE,
      kind: 'ignored',
      reason: 'follow-up',
      cost: 0,
    },
    {
      tweetId: '1995000000000000004',
      authorId: '14',
      username: 'barbara',
      at: NOW - 50 * MINUTE,
      kind: 'refused',
      reason: 'reply-not-allowed',
      detail: 'Reply to this conversation is not allowed because you have not been mentioned by the author.',
      cost: 6_000,
    },
    {
      tweetId: '1995000000000000003',
      authorId: '13',
      username: 'ken',
      at: NOW - 80 * MINUTE,
      kind: 'failed',
      detail: 'Error: The labeler answered 500',
      cost: 0,
    },
  ],
  days: Array.from({ length: 14 }, (_, index): JournalDay => {
    const day = new Date(NOW - (13 - index) * 86_400_000).toISOString().slice(0, 10)
    const replied = [0, 3, 8, 12, 20, 17, 0, 9, 14, 31, 28, 22, 19, 12][index] ?? 0
    const [ignored, refused, unresolved] = [Math.round(replied / 3), index % 5 === 3 ? 4 : 1, index === 9 ? 1 : 0]
    const failed = [9, 13].includes(index) ? 3 : 0
    return { day, replied, ignored, refused, unresolved, failed, cost: replied * 17_000 }
  }),
  outcomes: { replied: 12, ignored: 4, deferred: 9 },
}

export const STOPPED: StatusView = {
  ...BUSY,
  killSwitch: {
    waits: {},
    strikes: [],
    stopped: {
      reason: 'X answered with code 326: To protect our users, this account is temporarily locked.',
      since: NOW - 7 * MINUTE,
    },
  },
  money: { day: { spent: 5_000_000, limit: 5_000_000 }, sweep: { spent: 87_000, limit: 1_000_000 } },
}

/** A bot that has just been started for the first time. */
export const IDLE: StatusView = {
  ...BUSY,
  killSwitch: { waits: {}, strikes: [] },
  money: { day: { spent: 0, limit: 5_000_000 }, sweep: { spent: 0, limit: 1_000_000 } },
  queues: BUSY.queues.map((queue) => ({ ...queue, size: 0, waiting: [], deadLetterCount: 0, deadLetters: [] })),
  entries: [],
  days: BUSY.days.map(({ day }) => ({ day, replied: 0, ignored: 0, refused: 0, unresolved: 0, failed: 0, cost: 0 })),
  outcomes: {},
}

/** An app over a bot that looks like `view`, and what it was asked to do. */
export function statusApp(view: StatusView = BUSY, options: Partial<StatusAppOptions> = {}) {
  const acts: StatusAction[] = []
  const errors: unknown[] = []
  const clock = { now: NOW }
  const app = createStatusApp({
    token: TOKEN,
    read: async () => view,
    async act(action) {
      acts.push(action)
      return true
    },
    onError: (error) => errors.push(error),
    now: () => clock.now,
    ...options,
  })
  return { app, acts, errors, clock, browser: () => browserOf(app) }
}

type Headers = Readonly<Record<string, string>>

/** What a browser sends with a form of our own page. */
export const OWN: Headers = { host: '127.0.0.1:9000', origin: ORIGIN, 'sec-fetch-site': 'same-origin' }

/** Keeps the cookie, and follows no redirect. */
function browserOf(app: ReturnType<typeof createStatusApp>) {
  let cookie = ''
  const request = async (path: string, init: RequestInit) => {
    const headers = { ...OWN, ...(cookie !== '' && { cookie }), ...(init.headers as Headers) }
    const response = await app.request(`${ORIGIN}${path}`, { ...init, headers })
    const [kept] = response.headers.getSetCookie()
    if (kept !== undefined) cookie = kept.split(';', 1)[0] ?? ''
    return response
  }
  const post = (path: string, body: string | Headers, headers: Headers = {}) =>
    request(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    })
  return {
    cookie: () => cookie,
    get: (path = '/status', headers: Headers = {}) => request(path, { headers }),
    post,
    signIn: (token = TOKEN) => post('/status/sign-in', { token }),
    /** The token that the page's forms have. */
    async csrf(): Promise<string> {
      const page = await (await request('/status', {})).text()
      return /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    },
  }
}
