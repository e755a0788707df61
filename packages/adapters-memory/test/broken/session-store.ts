import type { ConsumeResult, Session, SessionStore } from '@hexbird/core/adapter'

const ROUND_TRIP = 'a session comes back as it was put'
const UNKNOWN = 'a token that was never put is not known, to no browser'
const REPLACED = 'a session put under the same token replaces the one that was there'
const ONCE = 'a session is consumed once, and is used from then on until one millisecond before it would have expired'
const AGAIN = 'a session put under a used token is there again'
const OTHERS = 'consuming one session leaves the others'
const BROWSER = 'another browser gets nothing and takes nothing away'
const USED_BROWSER = 'another browser is not told whether a session was used'
const RACE = 'of many that consume at once exactly one gets the session, and to the others it is used'
const BROWSER_RACE =
  'of many that consume at once, with other browsers too, one with the right browser gets the session'
const EXPIRY = 'a session is there until one millisecond before it expires, and not from then on'
const EXPIRED_FIRST = 'what has expired is not said to be used, nor of another browser'
const ALONE = 'a session that expires takes no other with it'
const COPY = 'changing what was put changes nothing inside'
const REMOVED = 'once all are removed none is known, not even as used, and others can begin'
const MODEL = 'any sequence of puts, consumes and removals does what one map of sessions does'

export const SESSION_STORE_FAULTS = {
  'numbers in tracked data lose digits': [ROUND_TRIP],
  'the choices are not kept': [ROUND_TRIP],
  'the way back is not kept': [ROUND_TRIP],
  'tokens are compared without their case': [UNKNOWN],
  'what nobody knows is of another browser': [UNKNOWN, REMOVED],
  'the first put is kept': [REPLACED, AGAIN, MODEL],
  'a put adds to the tracked data that was there': [REPLACED],
  'a put keeps the way back that was there': [REPLACED],
  'a put keeps the browser that was there': [REPLACED, AGAIN, MODEL],
  'consume leaves the session': [ONCE, REPLACED, RACE, BROWSER_RACE, MODEL],
  'consume leaves nothing': [ONCE, REPLACED, USED_BROWSER, RACE, BROWSER_RACE, MODEL],
  'a used session comes along with the news': [ONCE, RACE, MODEL],
  'used is forgotten after a minute': [ONCE],
  'used is remembered for good': [ONCE, EXPIRED_FIRST, MODEL],
  'a used token stays used': [AGAIN, MODEL],
  'consume removes every token that begins alike': [OTHERS],
  'any browser will do': [BROWSER, USED_BROWSER, BROWSER_RACE, REPLACED, MODEL],
  'browsers are compared without their case': [BROWSER],
  'a browser need only begin alike': [BROWSER],
  'a browser need only be known': [BROWSER],
  'another browser uses the session up': [BROWSER, REPLACED, BROWSER_RACE, MODEL],
  'another browser puts back what it took': [BROWSER_RACE],
  'another browser is told that a session was used': [USED_BROWSER, BROWSER_RACE, MODEL],
  'consume waits between reading and writing': [RACE, BROWSER_RACE],
  'a session never expires': [EXPIRY, EXPIRED_FIRST, ALONE, MODEL],
  'a session is there at the moment that it expires': [EXPIRY, EXPIRED_FIRST, ALONE, MODEL],
  'a session expires with the second before its end': [EXPIRY],
  'a session that expires empties the store': [ALONE],
  'of an expired session the browser is told first': [EXPIRED_FIRST, MODEL],
  'put keeps what it was given': [COPY],
  'put keeps the tracked data that it was given': [COPY],
  'removing all does nothing': [REMOVED, MODEL],
  'removing all removes a hundred': [REMOVED],
  'removing all leaves what was used': [REMOVED],
  'removing all closes the store': [REMOVED, MODEL],
} as const

export type SessionStoreFault = keyof typeof SESSION_STORE_FAULTS

interface Row {
  readonly session: Session
  /** When it was consumed. */
  readonly usedAt?: number
}

export function faultySessionStore(fault?: SessionStoreFault): SessionStore {
  const rows = new Map<string, Row>()
  let closed = false
  const nameOf = (token: string) => (fault === 'tokens are compared without their case' ? token.toLowerCase() : token)

  function kept(session: Session, before: Session | undefined): Session {
    const { tracked, returnTo, ...rest } = session
    if (fault === 'put keeps what it was given') return session
    if (fault === 'put keeps the tracked data that it was given') return { ...session }
    if (fault === 'the first put is kept' && before) return before
    if (fault === 'a put adds to the tracked data that was there') {
      return { ...session, tracked: { ...before?.tracked, ...tracked } }
    }
    if (fault === 'a put keeps the browser that was there' && before) {
      return { ...session, flowSecretHash: before.flowSecretHash }
    }
    if (fault === 'the choices are not kept') return { ...session, follow: false, message: false }
    if (fault === 'the way back is not kept') return { ...rest, tracked: { ...tracked } }
    if (fault === 'a put keeps the way back that was there') return { ...before, ...structuredClone(session) }
    if (fault === 'numbers in tracked data lose digits') return { ...session, tracked: throughNumbers(tracked) }
    return structuredClone(session)
  }

  function hasExpired({ session: { expiresAt }, usedAt }: Row, now: number): boolean {
    if (fault === 'a session never expires') return false
    if (fault === 'used is remembered for good' && usedAt !== undefined) return false
    if (fault === 'a session is there at the moment that it expires') return now > expiresAt
    if (fault === 'a session expires with the second before its end') {
      return Math.floor(now / 1_000) >= Math.floor(expiresAt / 1_000)
    }
    return now >= expiresAt
  }

  function isRight(browser: string, { flowSecretHash }: Session): boolean {
    if (fault === 'any browser will do') return true
    if (fault === 'browsers are compared without their case')
      return browser.toLowerCase() === flowSecretHash.toLowerCase()
    if (fault === 'a browser need only begin alike') return browser.startsWith(flowSecretHash)
    if (fault === 'a browser need only be known') return [...rows.values()].some((row) => isOf(browser, row))
    return browser === flowSecretHash
  }

  /** What a caller gets, by what is there. */
  function told(row: Row | undefined, browser: string, now: number): ConsumeResult {
    if (row === undefined)
      return { kind: fault === 'what nobody knows is of another browser' ? 'wrong-browser' : 'unknown' }
    const { session, usedAt } = row
    const browserFirst = fault === 'of an expired session the browser is told first'
    if (browserFirst && !isRight(browser, session)) return { kind: 'wrong-browser' }
    if (hasExpired(row, now)) return { kind: 'expired' }
    const usedFirst = fault === 'another browser is told that a session was used'
    if (usedFirst && usedAt !== undefined) return { kind: 'used' }
    if (!isRight(browser, session)) return { kind: 'wrong-browser' }
    if (usedAt === undefined) return { kind: 'consumed', session }
    if (fault === 'used is forgotten after a minute' && now > usedAt + 60_000) return { kind: 'unknown' }
    return fault === 'a used session comes along with the news'
      ? Object.assign({ kind: 'used' as const }, { session })
      : { kind: 'used' }
  }

  function write(name: string, row: Row, result: ConsumeResult, now: number): void {
    if (result.kind === 'expired' && fault === 'a session that expires empties the store') rows.clear()
    const spoilt = fault === 'another browser uses the session up' && result.kind === 'wrong-browser'
    if (result.kind !== 'consumed' && !spoilt) return
    if (fault === 'consume leaves nothing') rows.delete(name)
    else if (fault !== 'consume leaves the session') rows.set(name, { ...row, usedAt: row.usedAt ?? now })
    if (fault !== 'consume removes every token that begins alike') return
    for (const other of rows.keys()) if (other !== name && other.startsWith(name)) rows.delete(other)
  }

  return {
    async put(session) {
      const name = nameOf(session.requestToken)
      const before = rows.get(name)
      if (closed || (fault === 'a used token stays used' && before?.usedAt !== undefined)) return
      rows.set(name, { session: kept(session, before?.session) })
    },
    async consume(requestToken, browser, now) {
      const name = nameOf(requestToken)
      const row = rows.get(name)
      const result = told(row, browser, now)
      if (fault === 'consume waits between reading and writing') await Promise.resolve()
      if (row === undefined) return result
      if (fault === 'another browser puts back what it took' && result.kind === 'wrong-browser') {
        rows.delete(name)
        await Promise.resolve()
        rows.set(name, row)
      }
      write(name, row, result, now)
      return result
    },
    async removeAll() {
      if (fault === 'removing all does nothing') return
      const names = [...rows.keys()].filter(
        (name) => fault !== 'removing all leaves what was used' || rows.get(name)?.usedAt === undefined,
      )
      for (const name of fault === 'removing all removes a hundred' ? names.slice(0, 100) : names) rows.delete(name)
      closed = fault === 'removing all closes the store'
    },
  }
}

const isOf = (browser: string, { session }: Row) => session.flowSecretHash === browser

const throughNumbers = (tracked: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(tracked).map(([name, value]) => [name, /^\d+$/.test(value) ? `${Number(value)}` : value]),
  )
