import type { Platform } from './platform.js'
import type { IgnoreReason } from './policy.js'
import type { Charge, Spend } from './ports/budget.js'
import type { Tweet } from './tweet.js'

/** What the bot's author is willing to spend. Money is in micro-dollars (1 USD = 1,000,000), days are UTC. */
export interface Limits {
  readonly perDay: number
  readonly perAuthorPerDay: number
  /** Replies in one conversation and day: where two bots talking to each other stop. */
  readonly repliesPerConversation: number
}

/** Five dollars a day, twenty cents for one author, eight replies in a conversation. */
export const defaultLimits: Limits = { perDay: 5_000_000, perAuthorPerDay: 200_000, repliesPerConversation: 8 }

const DAY = 24 * 60 * 60 * 1000

/** Charges money alone: a look-up, labels. */
export function moneyCharges(amount: number, tweet: Tweet, limits: Limits, now: number): readonly Charge[] {
  const day = dayOf(now)
  const endsAt = endOf(now, DAY)
  return [
    { window: `author:${tweet.author.id}:${day}`, amount, limit: limits.perAuthorPerDay, endsAt },
    { window: `day:${day}`, amount, limit: limits.perDay, endsAt },
  ]
}

/** Charges a reply: the conversation, the money (with `besides` for what comes along), then X's own windows. */
export function replyCharges(
  tweet: Tweet,
  { limits, platform }: { readonly limits: Limits; readonly platform: Platform },
  now: number,
  besides = 0,
): readonly Charge[] {
  const conversation = tweet.conversationId ?? tweet.firstId
  return [
    {
      window: `conversation:${conversation}:${dayOf(now)}`,
      amount: 1,
      limit: limits.repliesPerConversation,
      endsAt: endOf(now, DAY),
    },
    ...moneyCharges(platform.prices.reply + besides, tweet, limits, now),
    ...platform.postWindows.map(({ name, limit, milliseconds }) => ({
      window: `posts:${name}:${Math.floor(now / milliseconds)}`,
      amount: 1,
      limit,
      endsAt: endOf(now, milliseconds),
    })),
  ]
}

/** What a refusal means: X's own windows open again and are waited for, the others end the matter. */
export function meaningOfRefusal({ window }: Extract<Spend, { kind: 'refused' }>): 'wait' | IgnoreReason {
  if (window.startsWith('posts:')) return 'wait'
  return window.startsWith('conversation:') ? 'conversation-limit' : 'over-budget'
}

const endOf = (now: number, window: number) => (Math.floor(now / window) + 1) * window

/** ISO 8601, UTC. */
const dayOf = (now: number) => new Date(now).toISOString().slice(0, 10)
