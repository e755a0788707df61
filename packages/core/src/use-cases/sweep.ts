import type { Event } from '../event.js'
import type { NotYet } from '../outcome.js'
import type { Ports } from '../ports/index.js'
import { sweepCharges } from '../spending.js'
import { TIMES } from '../times.js'
import type { Tweet } from '../tweet.js'
import type { Bounds } from './look-up.js'
import { spend, stop, stoppedBy } from './look-up.js'

/** What a sweep did. `found` are mentions that are in the inbox now; most of them were answered long ago. */
export type Swept =
  | { readonly kind: 'swept'; readonly found: number; readonly unreadable: number }
  | { readonly kind: 'over-budget'; readonly detail: string }
  | Pick<NotYet, 'kind' | 'reason' | 'detail'>

/** As many as X gives on a page; and it lists the newest 800, so there are never more pages. */
const PAGE = 100
const MOST_PAGES = 8

/**
 * Asks X for the mentions since the last sweep and puts them into the inbox, answered or not: the ledger knows. Nothing
 * is passed over: the sweep goes forward only when the inbox has all that there is. Each page is paid for before it is
 * asked for, as if it were full, and what it lacks is taken back.
 */
export async function sweep(
  ports: Pick<Ports, 'mentions' | 'cursor' | 'inbox' | 'budget' | 'breaker' | 'now'>,
  { limits, platform }: Bounds,
): Promise<Swept> {
  const { mentions, cursor, inbox, budget, breaker, now } = ports
  const [stopped, sinceId] = await Promise.all([breaker.state(), cursor.read()])
  if (stopped) return stoppedBy(stopped.reason, now())
  const after = { from: now() - TIMES.tooOld, most: PAGE, ...(sinceId !== undefined && { sinceId }) }
  const tweets: Tweet[] = []
  let unreadable = 0
  let page: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const at = now()
    const chargesOf = (count: number) => sweepCharges(platform.prices.ownedRead * count, limits, at)
    const refused = await spend(ports, chargesOf(PAGE))
    if (refused) {
      if (tweets.length > 0) await inbox.put(eventsOf(tweets))
      return { kind: 'over-budget', detail: refused.detail ?? '' }
    }
    const found = await mentions.since(page === undefined ? after : { ...after, page })
    if (found.kind === 'locked') return stop(ports, found)
    const listed = found.kind === 'later' ? 0 : found.tweets.length + found.unreadable
    if (listed < PAGE) await budget.refund(chargesOf(PAGE - listed), now())
    if (found.kind === 'later') return found
    tweets.push(...found.tweets)
    unreadable += found.unreadable
    page = found.next
    if (page === undefined) break
  }
  const newest = tweets.sort(byId).at(-1)
  if (newest) {
    await inbox.put(eventsOf(tweets))
    await cursor.advance(newest.id)
  }
  return { kind: 'swept', found: tweets.length, unreadable }
}

const byId = (a: Tweet, b: Tweet) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)

/** Oldest first. */
const eventsOf = (tweets: Tweet[]): readonly Event[] => tweets.sort(byId).map((tweet) => ({ kind: 'tweet', tweet }))
