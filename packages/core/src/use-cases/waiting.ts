import type { Tweet } from '../domain/tweet.js'
import { TIMES } from '../policy/times.js'
import type { Ports, XCall } from '../ports/index.js'
import type { KillSwitchState } from '../ports/kill-switch.js'
import type { Deferral, Locked } from '../ports/social-client.js'
import type { Deferred } from './outcome.js'

/** Why X may not be asked this now; `undefined` where it may. */
export function waitOf({ stopped, waits }: KillSwitchState, call: XCall, about: { id: string }, now: number) {
  if (stopped) return stoppedBy(stopped.reason, now)
  const until = waits[call] ?? 0
  if (now >= until) return undefined
  const detail = `X is not asked for this (${call}) before ${new Date(until).toISOString()}.`
  return deferred('rate-limited', until + jitterOf(about, until - now), detail)
}

/** X locked the account or the app: nothing is asked of it until a person has looked. */
export async function stop({ killSwitch, now }: Pick<Ports, 'killSwitch' | 'now'>, locked: Locked): Promise<Deferred> {
  const reason = `X answered with code ${locked.code}: ${locked.detail}`
  await killSwitch.trip(reason, now())
  return stoppedBy(reason, now())
}

export const stoppedBy = (reason: string, now: number): Deferred =>
  deferred('stopped', now + TIMES.retryAfter, `Posting is stopped until a person resets it. ${reason}`)

/**
 * X, or the way to it, says: not now. A time that X named holds for every worker. What did not come through is tried
 * again within seconds, and the less often the longer it lasts; what a person has to mend, within minutes.
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

/** How long to wait with a retry of what has been tried for so long: two seconds at first, half as long again each time. */
export const retryIn = (elapsed: number, about: { readonly id: string }): number => {
  const wait = Math.max(TIMES.firstRetry, Math.floor(elapsed / 2))
  return wait + jitterOf(about, wait)
}

/** Up to a quarter of a wait, and up to 15 s: other for other tweets, so that they do not all come back at once. */
function jitterOf({ id }: { readonly id: string }, wait: number): number {
  const part = (Number(id.slice(-6)) * 7_919) % 1_000
  return Math.floor((Math.min(wait, MOST_SPREAD_WAIT) / 4) * (part / 1_000))
}

const MOST_SPREAD_WAIT = 60_000

/** Whoever holds the claim is mostly done long before the lease ends. */
export function busy({ until }: { readonly until: number }, about: { id: string }, now: number, detail: string) {
  return deferred('busy', Math.min(until, now + retryIn(now - (until - TIMES.lease), about)), detail)
}

export const deferred = (reason: Deferred['reason'], until: number, detail: string): Deferred => ({
  kind: 'deferred',
  reason,
  until,
  detail,
})
