import type { Platform } from './platform.js'
import type { IgnoreReason } from './policy.js'
import type { Charge, Spend } from './ports/budget.js'
import type { Tweet } from './tweet.js'

/** What the bot's author is willing to spend. Money is in micro-dollars (1 USD = 1,000,000), days are UTC. */
export interface Limits {
  readonly perDay: number
  readonly perAuthorPerDay: number
  /** Of the day's money, what sweeps may spend: a flood of mentions, listed, must leave enough to answer with. */
  readonly sweepPerDay: number
  /** Replies in one conversation and day, all under the bot's own replies to one author being one: where two bots stop. */
  readonly repliesPerConversation: number
}

/** Five dollars a day, one of them for sweeps; twenty cents for one author; eight replies in a conversation. */
export const defaultLimits: Limits = {
  perDay: 5_000_000,
  perAuthorPerDay: 200_000,
  sweepPerDay: 1_000_000,
  repliesPerConversation: 8,
}

const HOUR = 60 * 60 * 1000
const DAY = 24 * 60 * 60 * 1000

/** Charges money alone: a look-up, labels. */
export function moneyCharges(amount: number, tweet: Tweet, limits: Limits, now: number): readonly Charge[] {
  return moneyOf(tweet.author.id, amount, limits, now)
}

/** Charges what a sweep lists: to its own share of the day's money, and to the day. */
export function sweepCharges(amount: number, limits: Limits, now: number): readonly Charge[] {
  const window = `sweep:${dayOf(now)}`
  return [{ window, amount, limit: limits.sweepPerDay, endsAt: endOf(now, DAY) }, dayCharge(amount, limits, now)]
}

const dayCharge = (amount: number, limits: Limits, now: number): Charge => ({
  window: `day:${dayOf(now)}`,
  amount,
  limit: limits.perDay,
  endsAt: endOf(now, DAY),
})

function moneyOf(userId: string, amount: number, limits: Limits, now: number): readonly Charge[] {
  const window = `author:${userId}:${dayOf(now)}`
  return [{ window, amount, limit: limits.perAuthorPerDay, endsAt: endOf(now, DAY) }, dayCharge(amount, limits, now)]
}

/** Charges what is done in a person's name: money of the day and, as everybody's, of that person. */
export function personCharges(uid: string, amount: number, limits: Limits, now: number): readonly Charge[] {
  return moneyOf(uid, amount, limits, now)
}

/** Charges the start of a sign-in to the address that it came from. */
export function startCharges(address: string, limit: number, now: number): readonly Charge[] {
  return [{ window: `sign-in:${address}:${Math.floor(now / HOUR)}`, amount: 1, limit, endsAt: endOf(now, HOUR) }]
}

/**
 * Charges a reply: X's own windows first, since they are waited for and a wait must not use up the others; then the
 * conversation and the money, with `besides` for what comes along.
 */
export function replyCharges(
  tweet: Tweet,
  { limits, platform }: { readonly limits: Limits; readonly platform: Platform },
  now: number,
  besides = 0,
): readonly Charge[] {
  return [
    ...platform.postWindows.map(({ name, limit, milliseconds }) => ({
      window: `posts:${name}:${Math.floor(now / milliseconds)}`,
      amount: 1,
      limit,
      endsAt: endOf(now, milliseconds),
    })),
    ...conversationsOf(tweet).map((conversation) => ({
      window: `conversation:${conversation}:${dayOf(now)}`,
      amount: 1,
      limit: limits.repliesPerConversation,
      endsAt: endOf(now, DAY),
    })),
    ...moneyCharges(platform.prices.reply + besides, tweet, limits, now),
  ]
}

/**
 * The conversation that X Activity names, and the one that both dialects know of: who talks to the bot under its own
 * replies has one with it, everybody else one under the tweet replied to. With the first alone, a conversation that comes
 * in both dialects would be counted as two.
 */
function conversationsOf({ conversationId, inReplyToId, inReplyToUserId, botId, author, firstId }: Tweet) {
  const known = inReplyToUserId === botId ? `with-${author.id}` : (inReplyToId ?? firstId)
  return [...new Set([conversationId ?? known, known])]
}

/** What a refusal means: X's own windows open again and are waited for, the others end the matter. */
export function meaningOfRefusal({ window }: Extract<Spend, { kind: 'refused' }>): 'wait' | IgnoreReason {
  if (window.startsWith('posts:')) return 'wait'
  return window.startsWith('conversation:') ? 'conversation-limit' : 'over-budget'
}

const endOf = (now: number, window: number) => (Math.floor(now / window) + 1) * window

/** ISO 8601, UTC. */
const dayOf = (now: number) => new Date(now).toISOString().slice(0, 10)
