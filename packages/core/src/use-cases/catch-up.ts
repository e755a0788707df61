import { idOfTime, timeOfId } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import { dayCharge, dayOverCharge } from '../policy/charges.js'
import type { BotAccount } from '../policy/should-reply.js'
import { TIMES } from '../policy/times.js'
import type { Settlement } from '../ports/budget.js'
import type { Ports } from '../ports/index.js'
import type { OwnTweet } from '../ports/own-tweets.js'
import type { LedgerEntry } from '../ports/reply-ledger.js'
import { defined } from '../util/defined.js'
import type { Deferred } from './outcome.js'
import { ownStore } from './own-store.js'
import { defer, stop, waitOf } from './waiting.js'

/** The result of a catch-up. */
export type CaughtUp =
  | {
      readonly kind: 'caught-up'
      /** How many replies the ledger had lost. If any, today's budget counts as spent. */
      readonly lost: number
      /** Tweets from before this time (epoch milliseconds) get no reply if the ledger does not know them. */
      readonly gapBefore?: number
    }
  | CatchUpDeferred

/** X cannot be read now, or the budget has no room for it. The bot must answer nothing until a catch-up succeeds. */
export interface CatchUpDeferred extends Pick<Deferred, 'kind' | 'until' | 'detail'> {
  readonly reason: Deferred['reason'] | 'over-budget'
}

/** Whose replies to list, and what that may cost. */
export interface CatchUpOptions extends Bounds {
  readonly bot: Pick<BotAccount, 'id'>
}

type CatchUpPorts = Pick<Ports, 'ownTweets' | 'social' | 'ledger' | 'budget' | 'killSwitch' | 'now'>

/** The call that uses up the day's budget if the ledger had lost replies. */
export const LOST_REPLIES = 'lost-replies'

/** The size of the first page. Usually the ledger knows the newest reply, and no more pages are needed. */
const FIRST_PAGE = 5
const PAGE = 100
/** After this many tweets, assume that X may not list older ones. It lists the newest 3,200, minus hidden ones. */
const REACH = 3_000

/**
 * Restores the ledger's entries for replies that it has lost, because its file was lost or replaced by a backup. Call
 * this at each start, before the bot answers anything.
 *
 * Reads the bot's own timeline, newest first, and stops at a reply that the ledger has settled: it knows all earlier
 * ones too. Writes no reply until all are read, and then the oldest first, so that a catch-up after a crash finds the
 * others again.
 *
 * @throws StoreError `STORE_OF_ANOTHER_BOT`
 */
export async function catchUp(ports: CatchUpPorts, { limits, platform, bot }: CatchUpOptions): Promise<CaughtUp> {
  const { ownTweets, social, ledger, budget, killSwitch, now } = ports
  await ownStore(ports, bot.id)()
  const startedAt = now()
  const about = { id: idOfTime(startedAt), createdAt: startedAt }
  const paid: Settlement[] = []
  const read = await readBack()
  if (read.kind === 'deferred') return read
  const { replies, gapBefore } = read
  const lost = replies.filter(({ isLost }) => isLost).length
  if (lost > 0) await budget.reserve([dayOverCharge(LOST_REPLIES, limits, now())], now())
  if (gapBefore !== undefined) await killSwitch.answerFrom(gapBefore)
  for (const { id, about } of replies.reverse()) {
    for (const each of about) await ledger.settle(keyOf(each), { kind: 'replied', replyId: id }, now())
  }
  await budget.settle(paid, now())
  return { kind: 'caught-up', lost, ...defined({ gapBefore }) }

  async function readBack(): Promise<ReadBack | CatchUpDeferred> {
    const replies: Found[] = []
    const from = startedAt - TIMES.tooOld - TIMES.clockSkew
    let oldest = startedAt
    let page: string | undefined
    for (let pages = 0, listed = 0; ; pages++) {
      const most = pages === 0 ? FIRST_PAGE : PAGE
      const refused = await pay(`own-tweets:${pages}`, platform.prices.ownedRead * most)
      // If the budget has no room for one page, it has none for a reply either.
      if (refused && pages === 0) return { kind: 'deferred', reason: 'over-budget', ...refused }
      if (refused) return { kind: 'read', replies, gapBefore: oldest + 1 }
      const waiting = waitOf(await killSwitch.state(), 'timeline', about, now())
      if (waiting) return waiting
      const found = await ownTweets.ownTweets({ from, most, ...defined({ page }) })
      if (found.kind === 'locked') return stop(ports, found)
      if (found.kind === 'deferred') return defer(ports, 'timeline', found, about)
      for (const tweet of found.tweets) {
        oldest = timeOfId(tweet.id) ?? oldest
        const reply = await examine(tweet)
        if (reply === 'no-reply') continue
        if (reply.kind === 'deferred') return reply
        replies.push(reply)
        if (reply.kind === 'unpaid') return { kind: 'read', replies, gapBefore: oldest + 1 }
        if (reply.isKnown) return { kind: 'read', replies }
      }
      listed += found.tweets.length
      // Every start lists the first five again, and X bills them once a day. So that call is never settled.
      if (pages > 0) settleLater(`own-tweets:${pages}`, platform.prices.ownedRead * found.tweets.length)
      page = found.next
      if (page === undefined) return { kind: 'read', replies, ...(listed >= REACH && { gapBefore: oldest + 1 }) }
    }
  }

  /** The ledger's keys have the first id of a tweet's edits, but X names the version that the bot replied to. */
  async function examine({ id, inReplyToId }: OwnTweet): Promise<Found | CatchUpDeferred | 'no-reply'> {
    if (inReplyToId === undefined) return 'no-reply'
    const entry = await ledger.find(keyOf(inReplyToId))
    if (entry) return foundOf(id, [inReplyToId], entry)
    const call = `own-tweets:replied-to:${inReplyToId}`
    const refused = await pay(call, platform.prices.tweetRead)
    if (refused) return { ...foundOf(id, [inReplyToId], undefined), kind: 'unpaid' }
    const waiting = waitOf(await killSwitch.state(), 'tweet', about, now())
    if (waiting) return waiting
    const lookup = await social.tweet(inReplyToId)
    if (lookup.kind === 'locked') return stop(ports, lookup)
    if (lookup.kind === 'deferred') return defer(ports, 'tweet', lookup, about)
    settleLater(call, platform.prices.tweetRead)
    const firstId = lookup.kind === 'found' ? lookup.tweet.firstId : inReplyToId
    if (firstId === inReplyToId) return foundOf(id, [inReplyToId], undefined)
    // The first id comes first: once the other is settled, a later catch-up stops there.
    return foundOf(id, [firstId, inReplyToId], await ledger.find(keyOf(firstId)))
  }

  async function pay(
    call: string,
    amount: number,
  ): Promise<{ readonly until: number; readonly detail: string } | undefined> {
    const reserved = await budget.reserve([dayCharge(call, amount, limits, now())], now())
    if (reserved.kind === 'granted') return undefined
    const { until, charge } = reserved
    return { until, detail: `The window ${charge.window} has no room until ${new Date(until).toISOString()}.` }
  }

  function settleLater(call: string, amount: number): void {
    paid.push(dayCharge(call, amount, limits, now()))
  }

  function keyOf(each: string) {
    return { botId: bot.id, about: each }
  }
}

interface ReadBack {
  readonly kind: 'read'
  /** Newest first. */
  readonly replies: Found[]
  readonly gapBefore?: number
}

/** One of the bot's replies, and the tweet ids under which the ledger must have it. */
interface Found {
  /** `unpaid` if the budget had no room to look up whether the tweet is an edit. */
  readonly kind: 'found' | 'unpaid'
  readonly id: string
  readonly about: readonly string[]
  /** Whether this ledger has settled the reply. If so, it has all earlier replies too. */
  readonly isKnown: boolean
  /** Whether this ledger has no entry for the reply, not even a claim. */
  readonly isLost: boolean
}

const foundOf = (id: string, about: readonly string[], entry: LedgerEntry | undefined): Found => ({
  kind: 'found',
  id,
  about,
  isKnown: entry?.kind === 'settled' && entry.outcome.kind === 'replied' && entry.outcome.replyId === id,
  isLost: entry === undefined,
})
