import type { Tweet } from '../domain/tweet.js'
import { TIMES } from '../policy/times.js'
import type { Ports, XCall } from '../ports/index.js'
import type { KillSwitchState } from '../ports/kill-switch.js'
import type { Deferral, Locked } from '../ports/social-client.js'
import type { Deferred } from './outcome.js'

/** Returns why this call to X must wait, or `undefined` if it need not. */
export function waitOf({ stopped, waits }: KillSwitchState, call: XCall, about: { id: string }, now: number) {
  if (stopped) return stoppedBy(stopped.reason, now)
  const until = waits[call] ?? 0
  if (now >= until) return undefined
  const detail = `Calls of this kind (${call}) wait until ${new Date(until).toISOString()}.`
  return deferred('rate-limited', until + jitterOf(about, until - now), detail)
}

/** Stops all posting, because X locked the account or the app. A person has to check and reset the kill switch. */
export async function stop({ killSwitch, now }: Pick<Ports, 'killSwitch' | 'now'>, locked: Locked): Promise<Deferred> {
  const reason = `X answered with code ${locked.code}: ${locked.detail}`
  await killSwitch.trip(reason, now())
  return stoppedBy(reason, now())
}

export const stoppedBy = (reason: string, now: number): Deferred =>
  deferred('stopped', now + TIMES.retryAfter, `Posting is stopped until a person resumes it. ${reason}`)

/**
 * Defers after X or the network refused a call for now. If X named a time, every worker waits until then. If X could
 * not be reached, the first retry comes within seconds, and later ones back off. What a person has to fix is retried
 * after minutes.
 */
export async function defer(
  { killSwitch, now }: Pick<Ports, 'killSwitch' | 'now'>,
  call: XCall,
  { reason, until, detail }: Omit<Deferral, 'kind'>,
  about: Pick<Tweet, 'id' | 'createdAt'>,
): Promise<Deferred> {
  if (until !== undefined) await killSwitch.wait(call, until)
  const at = now()
  if (until !== undefined) return deferred(reason, until + jitterOf(about, until - at), detail)
  const age = at - about.createdAt
  const wait = reason === 'unreachable' ? retryIn(age, about) : Math.max(TIMES.retryAfter, Math.floor(age / 4))
  return deferred(reason, at + wait, detail)
}

/**
 * Returns the delay before the next retry: half of the time that has passed so far, at least two seconds, plus jitter.
 */
export const retryIn = (elapsed: number, about: { readonly id: string }): number => {
  const wait = Math.max(TIMES.firstRetry, Math.floor(elapsed / 2))
  return wait + jitterOf(about, wait)
}

/**
 * Adds up to a quarter of the wait, at most 15 s. It depends on the tweet, so that not all tweets are retried at once.
 */
function jitterOf({ id }: { readonly id: string }, wait: number): number {
  const part = (Number(id.slice(-6)) * 7_919) % 1_000
  return Math.floor((Math.min(wait, MOST_SPREAD_WAIT) / 4) * (part / 1_000))
}

const MOST_SPREAD_WAIT = 60_000

/** Defers because another run holds the claim. It usually finishes long before its lease ends, so retry sooner. */
export function busy({ until }: { readonly until: number }, about: { id: string }, now: number, detail: string) {
  return deferred('busy', Math.min(until, now + retryIn(now - (until - TIMES.lease), about)), detail)
}

export const deferred = (reason: Deferred['reason'], until: number, detail: string): Deferred => ({
  kind: 'deferred',
  reason,
  until,
  detail,
})
