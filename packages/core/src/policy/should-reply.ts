import type { Tweet } from '../domain/tweet.js'
import type { Summons } from './platform.js'
import { TIMES } from './times.js'

/** Why a tweet gets no reply. Each is a decision, not an error. */
export type IgnoreReason =
  | 'not-for-this-bot'
  | 'own-tweet'
  | 'retweet'
  | 'too-old'
  | 'from-the-future'
  | 'not-summoned'
  | 'replies-closed'
  | 'opted-out'
  | 'already-handled'
  | 'follow-up'
  /** The ledger may have lost a reply to it. */
  | 'gap'
  | 'tweet-gone'
  | 'over-budget'
  | 'conversation-limit'
  | 'job-gone'
  /** A handler ended without replying, or called `ctx.skip`. */
  | 'skipped'
  /** The bot has no handler for this kind of tweet, or all of them passed it on. */
  | 'no-handler'

/** The account that answers. */
export interface BotAccount {
  readonly id: string
  /** Without the `@`. */
  readonly username: string
}

/** Returns why the bot must not answer this tweet, judging by the tweet alone, or `undefined` if it may. */
export function reasonToIgnore(tweet: Tweet, bot: BotAccount, summons: Summons, now: number): IgnoreReason | undefined {
  if (tweet.botId !== bot.id) return 'not-for-this-bot'
  if (tweet.author.id === bot.id) return 'own-tweet'
  if (tweet.isRetweet) return 'retweet'
  if (isTooOld(tweet, now)) return 'too-old'
  if (tweet.createdAt > now + TIMES.clockSkew) return 'from-the-future'
  if (!isSummoned(tweet, bot.id, summons)) return 'not-summoned'
  if (repliesAreClosed(tweet, bot.id)) return 'replies-closed'
  return undefined
}

/**
 * Whether the author opts out: the tweet mentions the bot and says only "stop". In a reply to the bot, the mention that
 * X adds in front is enough: people need not summon the bot to opt out.
 */
export function asksToStop(tweet: Tweet, botId: string): boolean {
  if (tweet.botId !== botId || tweet.author.id === botId || tweet.isRetweet) return false
  if (!tweet.mentions.some(({ id }) => id === botId)) return false
  return saysStop(tweet.text.replace(/@\w+/g, ''))
}

/** Whether a text says only "stop". Ignores the links that X appends for photos, videos and quoted tweets. */
export const saysStop = (text: string): boolean => /^stop[.!]*$/i.test(text.replace(/https:\/\/t\.co\/\w+/g, '').trim())

export const isTooOld = (tweet: Tweet, now: number): boolean => now - tweet.createdAt > TIMES.tooOld

function isSummoned(tweet: Tweet, botId: string, summons: Summons): boolean {
  if (summons.quote && tweet.quotedAuthorId === botId) return true
  return tweet.mentions.some(
    ({ id, explicit }) => id === botId && (explicit ? summons.explicitMention : summons.implicitMention),
  )
}

/** Accounts that the author mentions may always reply, whatever the setting. */
function repliesAreClosed(tweet: Tweet, botId: string): boolean {
  if (tweet.replySettings === undefined || tweet.replySettings === 'everyone') return false
  return !tweet.mentions.some(({ id, explicit }) => id === botId && explicit)
}
