import type { Tweet } from '../domain/tweet.js'
import type { Charge } from '../ports/budget.js'
import type { Platform } from './platform.js'
import type { IgnoreReason } from './should-reply.js'

/** What a bot may spend. Money is in micro-dollars (1 USD = 1,000,000); days are UTC. */
export interface Limits {
  /** The most that the bot spends in a day. */
  readonly perDay: number
  /** The most that it spends on one author's tweets in a day, within `perDay`. */
  readonly perAuthorPerDay: number
  /** The share of the day's budget for sweeps. Listing a flood of mentions must leave enough money to answer them. */
  readonly sweepPerDay: number
  /**
   * Replies per conversation per day, so that two bots do not reply to each other forever. All of an author's replies
   * to the bot and quotes of it count as one conversation.
   */
  readonly repliesPerConversation: number
}

/** What a bot may spend, and what X allows and charges. */
export interface Bounds {
  readonly limits: Limits
  readonly platform: Platform
}

/** Per day: five dollars, at most one of them for sweeps; twenty cents per author; eight replies per conversation. */
export const defaultLimits: Limits = {
  perDay: 5_000_000,
  perAuthorPerDay: 200_000,
  sweepPerDay: 1_000_000,
  repliesPerConversation: 8,
}

const HOUR = 60 * 60 * 1000
const DAY = 24 * 60 * 60 * 1000

/**
 * Returns the charges for everything that one call costs, such as the handling of a tweet: to the author's share of the
 * day, and to the day.
 */
export function moneyCharges(
  call: string,
  amount: number,
  authorId: string,
  limits: Limits,
  now: number,
): readonly Charge[] {
  const window = `author:${authorId}:${dayOf(now)}`
  const author: Charge = {
    kind: 'author',
    window,
    call,
    amount,
    limit: limits.perAuthorPerDay,
    endsAt: endOf(now, DAY),
  }
  return [author, dayCharge(call, amount, limits, now)]
}

/** Returns the charges for a page of a sweep: to the sweeps' share of the day's budget, and to the whole budget. */
export function sweepCharges(
  call: string,
  amount: number,
  limits: Limits,
  now: number,
): readonly [share: Charge, day: Charge] {
  const window = `sweep:${dayOf(now)}`
  const share: Charge = { kind: 'sweep', window, call, amount, limit: limits.sweepPerDay, endsAt: endOf(now, DAY) }
  return [share, dayCharge(call, amount, limits, now)]
}

/** Returns a charge to the day's budget. */
export const dayCharge = (call: string, amount: number, limits: Limits, now: number): Charge => ({
  kind: 'day',
  window: `day:${dayOf(now)}`,
  call,
  amount,
  limit: limits.perDay,
  endsAt: endOf(now, DAY),
})

/** Returns a charge that uses up the whole day's budget, because the amount spent is unknown. It is always granted. */
export const dayOverCharge = (call: string, limits: Limits, now: number): Charge => ({
  ...dayCharge(call, limits.perDay, limits, now),
  limit: Number.MAX_SAFE_INTEGER,
})

/** Returns the charges for an action in a person's name: to that person's share of the day, and to the day. */
export function personCharges(
  action: string,
  uid: string,
  amount: number,
  limits: Limits,
  now: number,
): readonly Charge[] {
  return moneyCharges(`${action}:${uid}`, amount, uid, limits, now)
}

/** Returns the charge for the start of a sign-in, to the network address that it came from. */
export function startCharges(address: string, limit: number, now: number): readonly Charge[] {
  const window = `sign-in:${address}:${Math.floor(now / HOUR)}`
  return [{ kind: 'sign-in', window, amount: 1, limit, endsAt: endOf(now, HOUR) }]
}

/** Returns the charges for a post to X's own rate limits, where each try counts. */
export function postCharges({ postWindows }: Platform, now: number): readonly Charge[] {
  return postWindows.map(({ name, limit, milliseconds }) => ({
    kind: 'posts',
    window: `posts:${name}:${Math.floor(now / milliseconds)}`,
    amount: 1,
    limit,
    endsAt: endOf(now, milliseconds),
  }))
}

/** Returns the charges for a reply, to its conversation. */
export function conversationCharges(call: string, tweet: Tweet, limits: Limits, now: number): readonly Charge[] {
  return conversationsOf(tweet).map((conversation) => ({
    kind: 'conversation',
    window: `conversation:${conversation}:${dayOf(now)}`,
    call,
    amount: 1,
    limit: limits.repliesPerConversation,
    endsAt: endOf(now, DAY),
  }))
}

/**
 * Returns the conversation id that X Activity sends, and one that can be derived in both dialects: an author who
 * replies to the bot or quotes it has one conversation with the bot; for all others it is the tweet that they reply to.
 * X's id alone would count a conversation that arrives in both dialects as two.
 */
function conversationsOf({
  conversationId,
  inReplyToId,
  inReplyToUserId,
  quotedAuthorId,
  botId,
  author,
  firstId,
}: Tweet) {
  const withBot = inReplyToUserId === botId || quotedAuthorId === botId
  const known = withBot ? `with-${author.id}` : (inReplyToId ?? firstId)
  return [...new Set([conversationId ?? known, known])]
}

/** What a refused charge means. X's own limits are worth waiting for; any other refusal means no reply. */
export function meaningOfRefusal({ kind }: Charge): 'wait' | IgnoreReason {
  if (kind === 'posts') return 'wait'
  return kind === 'conversation' ? 'conversation-limit' : 'over-budget'
}

const endOf = (now: number, window: number) => (Math.floor(now / window) + 1) * window

/** Returns the UTC day of a time (epoch milliseconds), in ISO 8601. */
export const dayOf = (now: number) => new Date(now).toISOString().slice(0, 10)
