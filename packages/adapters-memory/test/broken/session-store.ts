import type { Session, SessionStore } from '@hexbird/core'

const ROUND_TRIP = 'a session comes back as it was put'
const UNKNOWN = 'a token that was never put is not there'
const REPLACED = 'a session put under the same token replaces the one that was there'
const ONCE = 'a session is taken once'
const OTHERS = 'taking one session leaves the others'
const RACE = 'of many concurrent takes exactly one gets the session'
const EXPIRY = 'a session is there until one millisecond before it expires, and not from then on'
const ALONE = 'a session that expires takes no other with it'
const COPY = 'changing what was put changes nothing inside'
const MODEL = 'any sequence of puts and takes does what one map of sessions does'

export const SESSION_STORE_FAULTS = {
  'numbers in tracked data lose digits': [ROUND_TRIP],
  'the choices are not kept': [ROUND_TRIP],
  'tokens are compared without their case': [UNKNOWN],
  'the first put is kept': [REPLACED, MODEL],
  'a put adds to the tracked data that was there': [REPLACED],
  'take does not remove': [ONCE, RACE],
  'take removes every token that begins alike': [OTHERS],
  'take waits between reading and removing': [RACE],
  'a session never expires': [EXPIRY, ALONE, MODEL],
  'a session is there at the moment that it expires': [EXPIRY, ALONE, MODEL],
  'a session expires with the second before its end': [EXPIRY],
  'a session that expires empties the store': [ALONE],
  'put keeps what it was given': [COPY],
  'put keeps the tracked data that it was given': [COPY],
} as const

export type SessionStoreFault = keyof typeof SESSION_STORE_FAULTS

export function faultySessionStore(fault?: SessionStoreFault): SessionStore {
  const sessions = new Map<string, Session>()
  const nameOf = (token: string) => (fault === 'tokens are compared without their case' ? token.toLowerCase() : token)

  function kept(session: Session, before: Session | undefined): Session {
    const { tracked } = session
    if (fault === 'put keeps what it was given') return session
    if (fault === 'put keeps the tracked data that it was given') return { ...session }
    if (fault === 'the first put is kept' && before) return before
    if (fault === 'a put adds to the tracked data that was there') {
      return { ...session, tracked: { ...before?.tracked, ...tracked } }
    }
    if (fault === 'the choices are not kept')
      return { ...session, follow: false, message: false, tracked: { ...tracked } }
    if (fault === 'numbers in tracked data lose digits') return { ...session, tracked: throughNumbers(tracked) }
    return { ...session, tracked: { ...tracked } }
  }

  function isThere({ expiresAt }: Session, now: number): boolean {
    if (fault === 'a session never expires') return true
    if (fault === 'a session is there at the moment that it expires') return now <= expiresAt
    if (fault === 'a session expires with the second before its end') {
      return Math.floor(now / 1_000) < Math.floor(expiresAt / 1_000)
    }
    return now < expiresAt
  }

  return {
    async put(session) {
      const name = nameOf(session.requestToken)
      sessions.set(name, kept(session, sessions.get(name)))
    },
    async take(requestToken, now) {
      const name = nameOf(requestToken)
      const session = sessions.get(name)
      if (fault === 'take waits between reading and removing') await Promise.resolve()
      if (fault !== 'take does not remove') sessions.delete(name)
      if (fault === 'take removes every token that begins alike') {
        for (const other of sessions.keys()) if (other.startsWith(name)) sessions.delete(other)
      }
      if (session === undefined || isThere(session, now)) return session
      if (fault === 'a session that expires empties the store') sessions.clear()
      return undefined
    },
  }
}

const throughNumbers = (tracked: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(tracked).map(([name, value]) => [name, /^\d+$/.test(value) ? `${Number(value)}` : value]),
  )
