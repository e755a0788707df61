import fc from 'fast-check'
import type { Session } from '../domain/session.js'
import type { ConsumeResult, SessionStore } from '../ports/session-store.js'
import { type Contract, expectEqual, expectTrue, inTwenties, tries } from './case.js'

/** The contract of `SessionStore`. */
export const sessionStoreContract: Contract<SessionStore> = [
  {
    name: 'a session comes back as it was put',
    async check(make) {
      const sessions = await make()
      for (const session of awkwardSessions) await sessions.put(session)
      for (const session of awkwardSessions) {
        expectEqual(await consume(sessions, session), consumed(session), 'the consumed session')
      }
    },
  },
  {
    name: 'a token that was never put is not known, to no browser',
    async check(make) {
      const sessions = await make()
      await sessions.put(sessionOf('known'))
      for (const token of ['unknown', 'know', 'known ', 'KNOWN', '__proto__', 'constructor']) {
        for (const browser of [OWN, OTHER]) {
          expectEqual(await sessions.consume(token, browser, NOW), UNKNOWN, `consume(${token})`)
        }
      }
    },
  },
  {
    name: 'a session put under the same token replaces the one that was there',
    async check(make) {
      const sessions = await make()
      await sessions.put({ ...sessionOf('token'), tracked: { page: 'old', gone: 'yes' }, returnTo: '/old' })
      const replacement = {
        ...sessionOf('token'),
        requestSecret: 'new',
        flowSecretHash: OTHER,
        tracked: { page: 'new' },
        follow: true,
      }
      await sessions.put(replacement)
      expectEqual(
        await sessions.consume('token', OWN, NOW),
        WRONG_BROWSER,
        'the consume with the browser that was replaced',
      )
      expectEqual(await consume(sessions, replacement), consumed(replacement), 'the consumed session')
      expectEqual(await consume(sessions, replacement), USED, 'the second consume')
    },
  },
  {
    name: 'a session is consumed once, and is used from then on until one millisecond before it would have expired',
    async check(make) {
      const sessions = await make()
      const session = sessionOf('token')
      await sessions.put(session)
      expectEqual(await consume(sessions, session), consumed(session), 'the first consume')
      for (const now of [NOW, NOW + 1, session.expiresAt - 1]) {
        expectEqual(await sessions.consume('token', OWN, now), USED, `the consume ${now - NOW} ms later`)
      }
      expectGone(
        await sessions.consume('token', OWN, session.expiresAt),
        'the consume at the moment that it would expire',
      )
    },
  },
  {
    name: 'a session put under a used token is there again',
    async check(make) {
      const sessions = await make()
      await sessions.put(sessionOf('token'))
      await consume(sessions, sessionOf('token'))
      const again = { ...sessionOf('token'), requestSecret: 'new', flowSecretHash: OTHER }
      await sessions.put(again)
      expectEqual(await consume(sessions, again), consumed(again), 'the consume after another put')
      expectEqual(await consume(sessions, again), USED, 'the consume after that')
    },
  },
  {
    name: 'consuming one session leaves the others',
    async check(make) {
      const sessions = await make()
      const all = ['1', '10', '100'].map(sessionOf)
      for (const session of all) await sessions.put(session)
      for (const session of all) {
        expectEqual(await consume(sessions, session), consumed(session), `consume(${session.requestToken})`)
      }
    },
  },
  {
    name: 'another browser gets nothing and takes nothing away',
    async check(make) {
      const sessions = await make()
      const [session, other] = [sessionOf('token'), { ...sessionOf('other'), flowSecretHash: OTHER }]
      for (const each of [session, other]) await sessions.put(each)
      for (const browser of ['', OWN.slice(1), `${OWN}w`, OWN.toUpperCase(), OTHER]) {
        expectEqual(await sessions.consume('token', browser, NOW), WRONG_BROWSER, `the consume with ${browser}`)
      }
      for (const each of [session, other]) expectEqual(await consume(sessions, each), consumed(each), 'the own consume')
    },
  },
  {
    name: 'another browser is not told whether a session was used',
    async check(make) {
      const sessions = await make()
      await sessions.put(sessionOf('token'))
      await consume(sessions, sessionOf('token'))
      expectEqual(await sessions.consume('token', OTHER, NOW), WRONG_BROWSER, 'the consume with another browser')
      expectEqual(await consume(sessions, sessionOf('token')), USED, 'the consume with the own browser')
    },
  },
  {
    name: 'of many that consume at once exactly one gets the session, and to the others it is used',
    async check(make) {
      const sessions = await make()
      const session = sessionOf('token')
      await sessions.put(session)
      const consumes = await Promise.all(Array.from({ length: 20 }, () => consume(sessions, session)))
      expectEqual(sorted(consumes), [consumed(session), ...Array(19).fill(USED)], 'what 20 concurrent callers got')
    },
  },
  {
    name: 'of many that consume at once, with other browsers too, one with the right browser gets the session',
    async check(make) {
      const sessions = await make()
      const session = sessionOf('token')
      await sessions.put(session)
      const race = (browser: string) => sessions.consume('token', browser, NOW)
      const [own, others]: [Promise<ConsumeResult>[], Promise<ConsumeResult>[]] = [[], []]
      for (let racer = 0; racer < 10; racer++) {
        others.push(race(OTHER))
        own.push(race(OWN))
      }
      expectEqual(await Promise.all(others), Array(10).fill(WRONG_BROWSER), 'what 10 callers with another browser got')
      const expected = [consumed(session), ...Array(9).fill(USED)]
      expectEqual(sorted(await Promise.all(own)), expected, 'what 10 callers with the right browser got')
    },
  },
  {
    name: 'a session is there until one millisecond before it expires, and not from then on',
    async check(make) {
      const sessions = await make()
      const expiresAt = NOW + 1_234
      const session = (token: string) => ({ ...sessionOf(token), expiresAt })
      for (const token of ['before', 'at', 'after', 'long after']) await sessions.put(session(token))
      const before = await sessions.consume('before', OWN, expiresAt - 1)
      expectEqual(before, consumed(session('before')), 'the consume one millisecond before')
      expectGone(await sessions.consume('at', OWN, expiresAt), 'the consume at the moment that it expires')
      expectGone(await sessions.consume('after', OWN, expiresAt + 1), 'the consume one millisecond after')
      expectGone(await sessions.consume('long after', OWN, expiresAt + 86_400_000), 'the consume a day after')
    },
  },
  {
    name: 'what has expired is not said to be used, nor of another browser',
    async check(make) {
      const sessions = await make()
      const expiresAt = NOW + 1_234
      for (const token of ['consumed', 'there']) await sessions.put({ ...sessionOf(token), expiresAt })
      await consume(sessions, sessionOf('consumed'))
      for (const token of ['consumed', 'there']) {
        expectGone(await sessions.consume(token, OTHER, expiresAt), `the consume of ${token} with another browser`)
        expectGone(await sessions.consume(token, OWN, expiresAt), `the consume of ${token}`)
      }
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
      expectGone(await sessions.consume('short', OWN, NOW + 1_000), 'the expired session')
      const other = await sessions.consume('longest', OWN, NOW + 2_000)
      expectEqual(other, consumed(longest), 'the session that has not expired')
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
      expectEqual(await consume(sessions, expected), consumed(expected), 'the consumed session')
    },
  },
  {
    name: 'once all are removed none is known, not even as used, and others can begin',
    async check(make) {
      const sessions = await make()
      await sessions.removeAll()
      const all = Array.from({ length: 120 }, (_, index) => ({ ...sessionOf(`${index}`), tracked: LARGE }))
      await inTwenties(all, (session) => sessions.put(session))
      for (const session of all.slice(0, 2))
        expectEqual(await consume(sessions, session), consumed(session), 'a consume before')
      await sessions.removeAll()
      const consumes = await inTwenties(all, (session) => consume(sessions, session))
      const others = consumes.filter(({ kind }) => kind !== 'unknown')
      expectEqual(others.length, 0, 'how many of 120 are known after all were removed')
      for (const session of all.slice(0, 2)) await sessions.put(session)
      for (const session of all.slice(0, 2))
        expectEqual(await consume(sessions, session), consumed(session), 'a consume after')
    },
  },
  {
    name: 'any sequence of puts, consumes and removals does what one map of sessions does',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { minLength: 4, maxLength: 14 }), async (commands) => {
        const sessions = await make()
        const model = new Map<string, Row>()
        let now = NOW
        for (const { kind, token, secret, browser, life, wait } of commands) {
          if (kind === 'removeAll') {
            model.clear()
            await sessions.removeAll()
          } else if (kind === 'put') {
            const started = { ...sessionOf(token), requestSecret: secret, flowSecretHash: browser }
            const session = { ...started, expiresAt: now + life }
            model.set(token, { session, used: false })
            await sessions.put(session)
          } else {
            now += wait
            const expected = consumeFrom(model, token, browser, now)
            const what = `consume(${token}) with ${browser} after ${now - NOW} ms`
            const got = await sessions.consume(token, browser, now)
            if (expected.kind === 'expired') expectGone(got, what)
            else expectEqual(got, expected, what)
          }
        }
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

/** Ahead of any clock (2060-01-01), so that a store that also drops rows by its own clock keeps these. */
const NOW = 2_840_140_800_000

/** Flow secret hashes of two browsers: 43 characters of base64url, which is case-sensitive. */
const OWN = 'ownhash-'.repeat(6).slice(0, 43)
const OTHER = 'OTHER_hash'.repeat(5).slice(0, 43)

const UNKNOWN: ConsumeResult = { kind: 'unknown' }
const WRONG_BROWSER: ConsumeResult = { kind: 'wrong-browser' }
const USED: ConsumeResult = { kind: 'used' }
const consumed = (session: Session): ConsumeResult => ({ kind: 'consumed', session })

/** Consumes a session from its own browser. */
const consume = (sessions: SessionStore, { requestToken, flowSecretHash }: Session) =>
  sessions.consume(requestToken, flowSecretHash, NOW)

/** A store may or may not distinguish an expired session from an unknown one. */
const expectGone = (got: ConsumeResult, what: string) =>
  expectEqual(got, { kind: got.kind === 'unknown' ? 'unknown' : 'expired' }, what)

/** Puts `consumed` results first. */
const sorted = (consumes: readonly ConsumeResult[]) => [
  ...consumes.filter(({ kind }) => kind === 'consumed'),
  ...consumes.filter(({ kind }) => kind !== 'consumed'),
]

interface Row {
  readonly session: Session
  readonly used: boolean
}

function consumeFrom(model: Map<string, Row>, token: string, browser: string, now: number): ConsumeResult {
  const row = model.get(token)
  if (row === undefined) return UNKNOWN
  if (now >= row.session.expiresAt) return { kind: 'expired' }
  if (row.session.flowSecretHash !== browser) return WRONG_BROWSER
  if (row.used) return USED
  model.set(token, { ...row, used: true })
  return consumed(row.session)
}

const sessionOf = (requestToken: string): Session => ({
  requestToken,
  requestSecret: `secret of ${requestToken}`,
  expiresAt: NOW + 600_000,
  flowSecretHash: OWN,
  follow: false,
  message: false,
  tracked: { page: '/start' },
})

/** With this, a hundred rows exceed the megabyte that some databases return at a time. */
const LARGE = { page: 'p'.repeat(10_000) }

const awkwardSessions: readonly Session[] = [
  { ...sessionOf('nothing tracked'), tracked: {} },
  { ...sessionOf('choices'), follow: true, message: true },
  { ...sessionOf('only one choice'), follow: false, message: true, expiresAt: NOW + 1 },
  { ...sessionOf('a way back'), returnTo: 'https://bot.example/é?a=%20&b=+#日本語' },
  { ...sessionOf('another browser'), flowSecretHash: OTHER, returnTo: '/' },
  { ...sessionOf('unicode é 日本語 🐦'), tracked: { 'ключ 🗝': 'é 日本語 👩‍👩‍👧 "\\\n\u0000' } },
  { ...sessionOf('numbers'), tracked: { id: '9007199254740993', big: '1999999999999999999', zeros: '007', empty: '' } },
  { ...sessionOf('names'), tracked: { constructor: 'a', toString: 'b', requestToken: 'c', returnTo: 'd' } },
]

const command = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'consume', 'consume', 'consume', 'consume', 'removeAll'),
  token: fc.constantFrom('a', 'a', 'a', 'b'),
  secret: fc.constantFrom('one', 'two'),
  browser: fc.constantFrom(OWN, OWN, OTHER),
  life: fc.constantFrom(1_000, 1_000, 1_000, 1, 0),
  wait: fc.constantFrom(0, 0, 0, 1, 998, 1_000),
})
