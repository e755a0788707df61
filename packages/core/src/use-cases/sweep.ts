import type { NotYet } from '../outcome.js'
import type { Ports } from '../ports/index.js'
import { dayCharges } from '../spending.js'
import { TIMES } from '../times.js'
import type { Bounds } from './look-up.js'
import { spend, stop, stoppedBy } from './look-up.js'

/** What a sweep did. `found` are mentions that are in the inbox now; most of them were answered long ago. */
export type Swept =
  | { readonly kind: 'swept'; readonly found: number; readonly unreadable: number }
  | { readonly kind: 'over-budget'; readonly detail: string }
  | Pick<NotYet, 'kind' | 'reason' | 'detail'>

/**
 * Asks X for the mentions since the last sweep and puts them into the inbox, answered or not: the ledger knows. Nothing
 * is passed over: the sweep goes forward only when the inbox has what it found.
 */
export async function sweep(
  ports: Pick<Ports, 'mentions' | 'cursor' | 'inbox' | 'budget' | 'breaker' | 'now'>,
  { limits, platform }: Bounds,
): Promise<Swept> {
  const { mentions, cursor, inbox, budget, breaker, now } = ports
  const stopped = await breaker.state()
  if (stopped) return stoppedBy(stopped.reason, now())
  const price = platform.prices.ownedRead
  const charges = dayCharges(price, limits, now())
  const refused = await spend(ports, charges)
  if (refused) return { kind: 'over-budget', detail: refused.detail ?? '' }

  const sinceId = await cursor.read()
  const found = await mentions.since({ from: now() - TIMES.tooOld, ...(sinceId !== undefined && { sinceId }) })
  switch (found.kind) {
    case 'later':
      await budget.refund(charges, now())
      return found
    case 'locked':
      return stop(ports, found)
    case 'found': {
      const { tweets } = found
      // What X has listed is to be paid, whether there is room or not; the next paid call finds none.
      if (tweets.length > 1) await budget.spend(dayCharges(price * (tweets.length - 1), limits, now()), now())
      if (tweets.length > 0) await inbox.put(tweets.map((tweet) => ({ kind: 'tweet', tweet })))
      const last = tweets.at(-1)
      if (last) await cursor.advance(last.id)
      return { kind: 'swept', found: tweets.length, unreadable: found.unreadable }
    }
  }
}
