import type { Event } from '../domain/event.js'
import type { Tweet } from '../domain/tweet.js'
import { idOfTime, timeOfId } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import { dayOf, sweepCharges } from '../policy/charges.js'
import type { BotAccount } from '../policy/should-reply.js'
import { TIMES } from '../policy/times.js'
import type { Charge } from '../ports/budget.js'
import type { CursorState } from '../ports/cursor.js'
import type { Ports } from '../ports/index.js'
import { defined } from '../util/defined.js'
import { reserve } from './bill.js'
import type { Deferred } from './outcome.js'
import { ownStore } from './own-store.js'
import { defer, stop, waitOf } from './waiting.js'

/** The result of a sweep. `found` counts the mentions that it put into the inbox, most of them already answered. */
export type Swept =
  | { readonly kind: 'swept'; readonly found: number; readonly unreadable: number }
  /** Today's budget for sweeps is used up: mentions that X does not deliver go unanswered. Alert a person. */
  | { readonly kind: 'over-budget'; readonly detail: string }
  | Pick<Deferred, 'kind' | 'reason' | 'detail'>

/** Whose mentions to list, and what that may cost. */
export interface SweepOptions extends Bounds {
  readonly bot: Pick<BotAccount, 'id'>
  /** How many mentions to request on the first page, 5 to 100. Default: 100. Later pages have 100. */
  readonly firstPage?: number
  /** How far before the newest known mention to list again, in milliseconds. Default `TIMES.sweepOverlap`. */
  readonly overlap?: number
}

/** The most mentions that X lists per page, and in all. */
export const PAGE = 100
const MOST_LISTED = 800

/**
 * Lists the mentions since the last sweep, and those from the minutes before it, some of which X lists late. Puts them
 * into the inbox, except those that an earlier sweep has put there. Some may be answered already: the ledger knows
 * which. The cursor moves only after the inbox has accepted all of them.
 *
 * The cost of a full page is reserved before each request, under the cursor and the page's number. So a repeat of an
 * interrupted sweep uses the same reservations, unless the sweep ended because the budget had no room.
 *
 * @throws StoreError `STORE_OF_ANOTHER_BOT`
 */
export async function sweep(
  ports: Pick<Ports, 'mentions' | 'cursor' | 'inbox' | 'budget' | 'killSwitch' | 'now'>,
  { limits, platform, bot, firstPage = PAGE, overlap = TIMES.sweepOverlap }: SweepOptions,
): Promise<Swept> {
  const { mentions, cursor, inbox, budget, killSwitch, now } = ports
  await ownStore(ports, bot.id)()
  const startedAt = now()
  const about = { id: idOfTime(startedAt), createdAt: startedAt }
  const known = await cursor.read()
  const after = { from: startedAt - TIMES.tooOld, ...sinceOf(known, startedAt, overlap) }
  const isNew = newSince(known)
  const tweets: Tweet[] = []
  const listed: { readonly charge: Charge; readonly billed: number }[] = []
  let [unreadable, again] = [0, 0]
  let page: string | undefined
  for (let pages = 0, reach = 0; reach < MOST_LISTED; pages++) {
    const call = `mentions:${known?.id ?? 'first'}:${pages}`
    const most = pages === 0 ? firstPage : PAGE
    const charges = sweepCharges(call, platform.prices.ownedRead * most, limits, now())
    const refused = await reserve(ports, charges)
    if (refused) {
      await put(tweets)
      // The cursor stays, and the next sweep will find newer mentions on the same pages, so it must pay for them again.
      await settleListed(({ charge }) => charge.amount)
      return { kind: 'over-budget', detail: refused.detail ?? '' }
    }
    const waiting = waitOf(await killSwitch.state(), 'mentions', about, now())
    if (waiting) return waiting
    const found = await mentions.since({ ...after, most, ...defined({ page }) })
    if (found.kind === 'locked') return stop(ports, found)
    if (found.kind === 'deferred') return defer(ports, 'mentions', found, about)
    const fresh = found.tweets.filter(isNew)
    const billed = platform.prices.ownedRead * fresh.length
    listed.push(...charges.map((charge) => ({ charge, billed })))
    tweets.push(...fresh)
    const wasBilled = dayOf(timeOfId(known?.id ?? '') ?? 0) === dayOf(now())
    again += found.unreadable + (wasBilled ? 0 : found.tweets.length - fresh.length)
    unreadable += found.unreadable
    page = found.next
    reach += most
    if (page === undefined) break
  }
  await put(tweets)
  const charged = await chargeListed()
  if (tweets.length > 0) await cursor.advance(stateAfter(known, tweets))
  if (charged.length > 0) await budget.settle(charged, now())
  if (again > 0) {
    // X bills tweets that every sweep lists again once a day. This call is never settled, and so is charged once a day.
    const call = `mentions:${known?.id ?? 'first'}:again`
    await budget.reserve(sweepCharges(call, platform.prices.ownedRead * again, limits, now()), now())
  }
  return { kind: 'swept', found: tweets.length, unreadable }

  /**
   * Replaces the reservations of full pages by one for what X bills. If the sweep dies before the cursor moves, the
   * repeated sweep does not charge the same tweets twice; if it dies after that, no page stays reserved. Returns the
   * charges to settle.
   */
  async function chargeListed(): Promise<readonly Charge[]> {
    const amount = platform.prices.ownedRead * tweets.length
    const call = `mentions:${known?.id ?? 'first'}:${known?.seen.length ?? 0}:listed`
    const charges = amount === 0 ? [] : sweepCharges(call, amount, limits, now())
    const refused = charges.length > 0 && (await reserve(ports, charges))
    await settleListed(({ billed }) => (refused ? billed : 0))
    // The sweeps' share may have granted what the day refused. The pages have paid for it.
    return refused ? charges.map((charge) => ({ ...charge, amount: 0 })) : charges
  }

  function settleListed(amountOf: (page: (typeof listed)[number]) => number): Promise<void> {
    const settled = listed.map((page) => ({ ...page.charge, amount: amountOf(page), reserved: page.charge.amount }))
    return budget.settle(settled, now())
  }

  async function put(found: readonly Tweet[]): Promise<void> {
    if (found.length > 0) await inbox.put(eventsOf(found))
  }
}

/**
 * Starts some minutes before the newest known mention, to find those that X listed late. If that is too old to be
 * answered, or its id contains no time (as on another network), the sweep lists everything since `from` instead.
 */
function sinceOf(known: CursorState | undefined, now: number, overlap: number): { readonly sinceId?: string } {
  const time = timeOfId(known?.id ?? '')
  if (known === undefined || time === undefined || time - overlap < now - TIMES.tooOld) return {}
  return { sinceId: overlap === 0 ? known.id : idOfTime(time - overlap) }
}

function newSince(known: CursorState | undefined): (tweet: Tweet) => boolean {
  const seen = new Set(known && [known.id, ...known.seen])
  return ({ id }) => !seen.has(id)
}

function stateAfter(known: CursorState | undefined, tweets: readonly Tweet[]): CursorState {
  const ids = [...new Set([...(known ? [known.id, ...known.seen] : []), ...tweets.map(({ id }) => id)])].sort(
    newestFirst,
  )
  const [id = '0'] = ids
  const since = idOfTime((timeOfId(id) ?? 0) - TIMES.sweepOverlap)
  return { id, seen: ids.filter((each) => newestFirst(each, since) <= 0).slice(1, MOST_LISTED) }
}

const newestFirst = (a: string, b: string) => (BigInt(a) > BigInt(b) ? -1 : BigInt(a) < BigInt(b) ? 1 : 0)

/** Returns the tweets as events, oldest first. */
const eventsOf = (tweets: readonly Tweet[]): readonly Event[] =>
  [...tweets].sort((a, b) => newestFirst(b.id, a.id)).map((tweet) => ({ kind: 'tweet', tweet }))
