import type { Log, Signal } from './bot/context.js'
import type { Definition } from './bot/definition.js'
import { readDefinition } from './bot/definition.js'
import { BotError } from './bot/error.js'
import type { Event } from './domain/event.js'
import type { Tweet } from './domain/tweet.js'
import type { Bounds, Limits } from './policy/charges.js'
import { defaultLimits } from './policy/charges.js'
import type { Platform } from './policy/platform.js'
import { selfServe2026 } from './policy/platform.js'
import type { BotAccount } from './policy/should-reply.js'
import type { Ports } from './ports/index.js'
import { handleMessage } from './use-cases/handle-message.js'
import { handleRevoked } from './use-cases/handle-revoked.js'
import { handleTweet } from './use-cases/handle-tweet.js'
import type { EventOutcome, Outcome } from './use-cases/outcome.js'
import { ownStore } from './use-cases/own-store.js'
import type { AnswerOptions, HandlePorts } from './use-cases/run.js'
import { runJob } from './use-cases/run-job.js'
import { storedJobs } from './use-cases/stored-jobs.js'
import { defined } from './util/defined.js'

/** A bot that is connected to its ports. Each method throws `StoreError` if the stores belong to another bot. */
export interface Bot {
  /** Handles any event from a delivery. Events that do not concern the bot are passed over. */
  handleEvent(event: Event, signal?: Signal): Promise<EventOutcome>
  /** Runs the handlers for a tweet, if it may be answered. */
  handleTweet(tweet: Tweet, signal?: Signal): Promise<Outcome>
  /** Runs a deferred job, and removes it once its outcome is on record. */
  runJob(jobKey: string, signal?: Signal): Promise<Outcome>
}

/**
 * The ports that a bot needs. `accounts` is needed only if people sign in, `jobs` only if the blob store does not
 * announce stored jobs, and `labeler` only if the bot labels photos without a labeler of its own.
 */
export type BotPorts = Omit<HandlePorts, 'jobs' | 'labeler'> & Partial<Pick<Ports, 'accounts' | 'jobs' | 'labeler'>>

/** Which account the bot has, and what it may spend. */
export interface BotOptions {
  /** The account that answers. Events for other accounts are ignored. */
  readonly bot: BotAccount
  /** What the bot may spend. Overrides the definition's limits. Default: `defaultLimits`. */
  readonly limits?: Partial<Limits>
  /** What X allows and charges. Overrides the definition's platform. Default: `selfServe2026`. */
  readonly platform?: Platform
  /** Where the handlers' `ctx.log` writes. Default: nowhere. */
  readonly log?: Log
}

/**
 * Creates a bot from a definition and your own ports.
 *
 * @throws BotError `DEFINITION` if this is not a definition, or if it allows links but its limits are too low for one;
 *   `PORT_MISSING` if it labels photos and there is no labeler
 */
export function createBot(definition: Definition, given: BotPorts, options: BotOptions): Bot {
  const answer = answerOptions(definition, options)
  const ports = { ...given, labeler: labelerOf(given, answer), jobs: given.jobs ?? storedJobs(given.blobs) }
  const own = ownStore(ports, options.bot.id)
  return {
    async handleEvent(event, signal) {
      await own()
      switch (event.kind) {
        case 'tweet':
          return handleTweet(ports, answer, event.tweet, signal)
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
    async handleTweet(tweet, signal) {
      await own()
      return handleTweet(ports, answer, tweet, signal)
    },
    async runJob(jobKey, signal) {
      await own()
      return runJob(ports, answer, jobKey, signal)
    },
  }
}

/** Returns a bot's limits and platform. The options override the definition, which overrides the defaults. */
export function boundsOf(
  { options }: Definition,
  { limits, platform }: Pick<BotOptions, 'limits' | 'platform'> = {},
): Bounds {
  return {
    limits: { ...defaultLimits, ...defined(options.limits ?? {}), ...defined(limits ?? {}) },
    platform: platform ?? options.platform ?? selfServe2026,
  }
}

function answerOptions(definition: Definition, given: BotOptions): AnswerOptions {
  const { steps, jobs, options } = readDefinition(definition)
  const answer: AnswerOptions = {
    bot: given.bot,
    definition: { steps },
    jobs: new Map(jobs.map((job) => [job.name, job])),
    allow: options.allow ?? {},
    ...boundsOf(definition, given),
    log: given.log ?? SILENT,
  }
  if (answer.allow.links) mustAffordLinks(answer)
  return answer
}

/** Fail at the start, not at the first reply with a link that the limits do not allow. */
function mustAffordLinks({ limits, platform: { prices } }: AnswerOptions): void {
  const cost = prices.replyWithLink + prices.ownedRead
  for (const name of ['perDay', 'perAuthorPerDay'] as const) {
    if (limits[name] >= cost) continue
    const message = `This bot allows links, but limits.${name} is too low for a reply with one, which costs ${cost} micro-dollars. Raise it, for example to ${3 * cost} for three such replies with \`defineBot({ allow: { links: true }, limits: { ${name}: ${3 * cost} } })\`, or do not allow links.`
    throw new BotError('DEFINITION', message)
  }
}

const SILENT: Log = { info() {}, warn() {} }

function labelerOf({ labeler }: BotPorts, { definition }: AnswerOptions): HandlePorts['labeler'] {
  if (labeler) return labeler
  if (definition.steps.some(({ run }) => run.labels && !run.hasLabeler)) {
    throw new BotError('PORT_MISSING', 'This bot labels photos: give it a labeler, in its ports or by photoReplies.')
  }
  return { label: () => Promise.reject(new BotError('PORT_MISSING', 'This bot has no labeler.')) }
}
