import fc from 'fast-check'
import type { SessionStore } from '../ports/session-store.js'
import type { Session } from '../session.js'
import { type Contract, expectEqual, expectTrue } from './case.js'

/** What every `SessionStore` promises. */
export const sessionStoreContract: Contract<SessionStore> = [
  {
    name: 'a session comes back as it was put',
    async check(make) {
      const sessions = await make()
      for (const session of awkwardSessions) await sessions.put(session)
      for (const session of awkwardSessions) {
        expectEqual(await sessions.take(session.requestToken, NOW), session, 'the taken session')
      }
    },
  },
  {
    name: 'a token that was never put is not there',
    async check(make) {
      const sessions = await make()
      await sessions.put(sessionOf('known'))
      for (const token of ['unknown', 'know', 'known ', 'KNOWN', '__proto__', 'constructor']) {
        expectEqual(await sessions.take(token, NOW), undefined, `take(${token})`)
      }
    },
  },
  {
    name: 'a session put under the same token replaces the one that was there',
    async check(make) {
      const sessions = await make()
      await sessions.put({ ...sessionOf('token'), tracked: { page: 'old', gone: 'yes' } })
      const replacement = { ...sessionOf('token'), requestSecret: 'new', tracked: { page: 'new' }, follow: true }
      await sessions.put(replacement)
      expectEqual(await sessions.take('token', NOW), replacement, 'the taken session')
      expectEqual(await sessions.take('token', NOW), undefined, 'the second take')
    },
  },
  {
    name: 'a session is taken once',
    async check(make) {
      const sessions = await make()
      await sessions.put(sessionOf('token'))
      expectEqual(await sessions.take('token', NOW), sessionOf('token'), 'the first take')
      expectEqual(await sessions.take('token', NOW), undefined, 'the second take')
      await sessions.put(sessionOf('token'))
      expectEqual(await sessions.take('token', NOW), sessionOf('token'), 'the take after another put')
    },
  },
  {
    name: 'taking one session leaves the others',
    async check(make) {
      const sessions = await make()
      const tokens = ['1', '10', '100']
      for (const token of tokens) await sessions.put(sessionOf(token))
      for (const token of tokens) {
        expectEqual(await sessions.take(token, NOW), sessionOf(token), `take(${token})`)
      }
    },
  },
  {
    name: 'of many concurrent takes exactly one gets the session',
    async check(make) {
      const sessions = await make()
      await sessions.put(sessionOf('token'))
      const taken = await Promise.all(Array.from({ length: 20 }, () => sessions.take('token', NOW)))
      const winners = taken.filter((session) => session !== undefined)
      expectEqual(winners, [sessionOf('token')], 'what 20 concurrent takes got')
    },
  },
  {
    name: 'a session is there until one millisecond before it expires, and not from then on',
    async check(make) {
      const sessions = await make()
      const expiresAt = NOW + 1_234
      for (const token of ['before', 'at', 'after', 'long after']) {
        await sessions.put({ ...sessionOf(token), expiresAt })
      }
      const before = await sessions.take('before', expiresAt - 1)
      expectEqual(before, { ...sessionOf('before'), expiresAt }, 'the take one millisecond before')
      expectEqual(await sessions.take('at', expiresAt), undefined, 'the take at the moment that it expires')
      expectEqual(await sessions.take('after', expiresAt + 1), undefined, 'the take one millisecond after')
      expectEqual(await sessions.take('long after', expiresAt + 86_400_000), undefined, 'the take a day after')
    },
  },
  {
    name: 'a session that expires takes no other with it',
    async check(make) {
      const sessions = await make()
      await sessions.put({ ...sessionOf('long'), expiresAt: NOW + 2_000 })
      await sessions.put({ ...sessionOf('short'), expiresAt: NOW + 1_000 })
      const longest = { ...sessionOf('longest'), expiresAt: NOW + 3_000 }
      await sessions.put(longest)
      expectEqual(await sessions.take('short', NOW + 1_000), undefined, 'the expired session')
      expectEqual(await sessions.take('longest', NOW + 2_000), longest, 'the session that has not expired')
    },
  },
  {
    name: 'changing what was put changes nothing inside',
    async check(make) {
      const sessions = await make()
      const tracked: Record<string, string> = { page: 'start' }
      const session = { ...sessionOf('token'), tracked }
      await sessions.put(session)
      session.requestSecret = 'changed'
      tracked.page = 'changed'
      const expected = { ...sessionOf('token'), tracked: { page: 'start' } }
      expectEqual(await sessions.take('token', NOW), expected, 'the taken session')
    },
  },
  {
    name: 'any sequence of puts and takes does what one map of sessions does',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { minLength: 2, maxLength: 10 }), async (commands) => {
        const sessions = await make()
        const model = new Map<string, Session>()
        let now = NOW
        for (const { kind, token, secret, milliseconds } of commands) {
          if (kind === 'put') {
            const session = { ...sessionOf(token), requestSecret: secret, expiresAt: now + milliseconds }
            model.set(token, session)
            await sessions.put(session)
          } else {
            now += milliseconds
            const there = model.get(token)
            model.delete(token)
            const expected = there !== undefined && now < there.expiresAt ? there : undefined
            expectEqual(await sessions.take(token, now), expected, `take(${token}) after ${now - NOW} ms`)
          }
        }
      })
      const run = await fc.check(property, RUNS)
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

const RUNS = { numRuns: 25, includeErrorInReport: true }

/** Ahead of any clock (2060-01-01), so that a store which also drops rows by its own clock keeps these. */
const NOW = 2_840_140_800_000

const sessionOf = (requestToken: string): Session => ({
  requestToken,
  requestSecret: `secret of ${requestToken}`,
  expiresAt: NOW + 600_000,
  browserHash: 'b'.repeat(64),
  follow: false,
  message: false,
  tracked: { page: '/start' },
})

const awkwardSessions: readonly Session[] = [
  { ...sessionOf('nothing tracked'), tracked: {} },
  { ...sessionOf('choices'), follow: true, message: true },
  { ...sessionOf('only one choice'), follow: false, message: true, expiresAt: NOW + 1 },
  { ...sessionOf('unicode é 日本語 🐦'), tracked: { 'ключ 🗝': 'é 日本語 👩‍👩‍👧 "\\\n\u0000' } },
  { ...sessionOf('numbers'), tracked: { id: '9007199254740993', big: '1999999999999999999', zeros: '007', empty: '' } },
  { ...sessionOf('names'), tracked: { constructor: 'a', toString: 'b', requestToken: 'c' } },
]

const command = fc.record({
  kind: fc.constantFrom('put', 'take'),
  token: fc.constantFrom('a', 'b'),
  secret: fc.constantFrom('one', 'two'),
  milliseconds: fc.constantFrom(0, 1, 1_000),
})
