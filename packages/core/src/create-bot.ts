import type { Event } from './domain/event.js'
import type { Tweet } from './domain/tweet.js'
import type { Limits } from './policy/charges.js'
import { defaultLimits } from './policy/charges.js'
import type { Platform } from './policy/platform.js'
import { selfServe2026 } from './policy/platform.js'
import type { BotAccount } from './policy/should-reply.js'
import type { Ports } from './ports/index.js'
import type { ReplyRules } from './reply/rules.js'
import { animalRules, checkRules } from './reply/rules.js'
import { handleMessage } from './use-cases/handle-message.js'
import { handleRevoked } from './use-cases/handle-revoked.js'
import { handleTweet } from './use-cases/handle-tweet.js'
import type { EventOutcome, Outcome } from './use-cases/outcome.js'
import { ownStore } from './use-cases/own-store.js'
import { replyWithLabels } from './use-cases/reply-with-labels.js'
import { storedJobs } from './use-cases/stored-jobs.js'
import { defined } from './util/defined.js'

/** What a bot can do: give it its driven ports, get its use cases. Each throws `StoreError` where the stores are another bot's. */
export interface Bot {
  /** Whatever a delivery brought. What is not of the bot's concern is passed over. */
  handleEvent(event: Event): Promise<EventOutcome>
  /** Replies to a tweet without a photo; stores the photos of one that has some, and the job of answering them. */
  handleTweet(tweet: Tweet): Promise<Outcome>
  /** Labels the photos of a stored job, replies once, removes them. */
  replyWithLabels(jobKey: string): Promise<Outcome>
}

/**
 * The driven ports that a bot needs: `accounts` where people sign in, `jobs` where the blob store does not tell of stored
 * jobs, `gap` where its stores may be older than what it has posted (see `catchUp`).
 */
export type BotPorts = Pick<
  Ports,
  'social' | 'media' | 'blobs' | 'labeler' | 'ledger' | 'budget' | 'killSwitch' | 'optOuts' | 'now' | 'newId'
> &
  Partial<Pick<Ports, 'accounts' | 'gap' | 'jobs'>>

/** Whose bot it is, and what it is allowed to say and to spend. */
export interface BotOptions {
  /** The account that answers. Events for another are ignored. */
  readonly bot: BotAccount
  /** What counts and what is said. Default: `animalRules`. */
  readonly rules?: ReplyRules
  /** What may be spent. Default: `defaultLimits`. */
  readonly limits?: Partial<Limits>
  /** What X allows and charges, dated. Default: `selfServe2026`. */
  readonly platform?: Platform
}

/**
 * The hexagon's constructor.
 *
 * @throws RulesError with every fault in `rules`, each with its place and what to do.
 */
export function createBot(given: BotPorts, options: BotOptions): Bot {
  const ports = { ...given, jobs: given.jobs ?? storedJobs(given.blobs) }
  const answer = {
    bot: options.bot,
    rules: checkRules(options.rules ?? animalRules),
    limits: { ...defaultLimits, ...defined(options.limits ?? {}) },
    platform: options.platform ?? selfServe2026,
  }
  const own = ownStore(ports, options.bot.id)
  const bot: Bot = {
    async handleEvent(event) {
      await own()
      switch (event.kind) {
        case 'tweet':
          return handleTweet(ports, answer, event.tweet)
        case 'message':
          return handleMessage(ports, options.bot, event)
        case 'revoked':
          return handleRevoked(ports, event)
        case 'unknown':
        case 'malformed':
          return { kind: 'passed-over', name: event.name }
        default:
          return { kind: 'passed-over', name: event.kind }
      }
    },
    async handleTweet(tweet) {
      await own()
      return handleTweet(ports, answer, tweet)
    },
    async replyWithLabels(jobKey) {
      await own()
      return replyWithLabels(ports, answer, jobKey)
    },
  }
  return bot
}
