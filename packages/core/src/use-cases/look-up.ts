import type { Final, NotYet } from '../outcome.js'
import type { Platform } from '../platform.js'
import type { Charge, Ports } from '../ports/index.js'
import type { Later, Locked } from '../ports/social-client.js'
import type { Limits } from '../spending.js'
import { meaningOfRefusal, moneyCharges } from '../spending.js'
import { TIMES } from '../times.js'
import type { Tweet } from '../tweet.js'

/** What may be spent, and what X allows and charges. */
export interface Bounds {
  readonly limits: Limits
  readonly platform: Platform
}

type Refusal = Extract<Final, { kind: 'ignored' }> | NotYet

/** Pays for a look-up, asks for it, and takes the money back where X certainly did not answer. */
export async function lookUp(
  ports: Pick<Ports, 'social' | 'budget' | 'breaker' | 'now'>,
  { limits, platform }: Bounds,
  asking: Tweet,
  id: string,
): Promise<Tweet | Refusal> {
  const charges = moneyCharges(platform.prices.tweetRead, asking, limits, ports.now())
  const refused = await spend(ports, charges)
  if (refused) return refused
  const lookup = await ports.social.tweet(id)
  switch (lookup.kind) {
    case 'found':
      return lookup.tweet
    case 'gone':
      return { kind: 'ignored', reason: 'tweet-gone', detail: lookup.detail }
    case 'later':
      await ports.budget.refund(charges, ports.now())
      return notYet(lookup, asking, ports.now())
    case 'locked':
      return stop(ports, lookup)
  }
}

/** Why nothing may be spent on this now; `undefined` where it was spent. */
export async function spend(
  { budget, now }: Pick<Ports, 'budget' | 'now'>,
  charges: readonly Charge[],
  how: 'spend' | 'allows' = 'spend',
): Promise<Refusal | undefined> {
  const spent = await budget[how](charges, now())
  if (spent.kind === 'granted') return undefined
  const meaning = meaningOfRefusal(spent)
  const detail = `The window ${spent.window} has no room until ${new Date(spent.until).toISOString()}.`
  return meaning === 'wait'
    ? { kind: 'later', reason: 'post-limit', until: spent.until, detail }
    : { kind: 'ignored', reason: meaning, detail }
}

/** X locked the account or the app: nothing is asked of it until a person has looked. */
export async function stop({ breaker, now }: Pick<Ports, 'breaker' | 'now'>, locked: Locked): Promise<NotYet> {
  const reason = `X answered with code ${locked.code}: ${locked.detail}`
  await breaker.trip(reason, now())
  return stoppedBy(reason, now())
}

export const stoppedBy = (reason: string, now: number): NotYet => ({
  kind: 'later',
  reason: 'stopped',
  until: now + TIMES.retryAfter,
  detail: `Posting is stopped until a person resets it. ${reason}`,
})

/** Where X named no time: the older the tweet, the rarer it is tried again. */
export const notYet = ({ reason, until, detail }: Omit<Later, 'kind'>, tweet: Tweet, now: number): NotYet => ({
  kind: 'later',
  reason,
  until: until ?? now + Math.max(TIMES.retryAfter, Math.floor((now - tweet.createdAt) / 4)),
  detail,
})
