import type { Limits } from '../policy/charges.js'
import type { Platform } from '../policy/platform.js'
import type { AllowedContent } from '../reply/content.js'
import type { Context, PhotoContext } from './context.js'
import { BotError } from './error.js'

/**
 * The tweets that a handler gets: all of them, only those with a photo (their own, or that of the tweet that they reply
 * to or quote), or only those without one. The last two may need look-ups at X, which cost money: of the tweet if its
 * event does not say whether it has photos, and of the tweet that it replies to or quotes.
 */
export type Filter = 'tweet' | 'tweet:photo' | 'tweet:text'

/** Runs the handlers that were added later. */
export type Next = () => Promise<void>

/** Answers a tweet, or passes it on with `next()`. A handler that does neither has decided not to reply. */
export interface Handler<Of extends Filter = 'tweet'> {
  (ctx: Of extends 'tweet:photo' ? PhotoContext : Context, next: Next): unknown
  /** The most photos that it labels per tweet. Their cost is reserved before the tweet is looked up. */
  readonly labels?: number
  /** Whether it has its own labeler. */
  readonly hasLabeler?: boolean
}

/** Work that a handler defers, for one tweet. */
export interface Job<Data> {
  /** The name, which is stored with the job. */
  readonly name: string
  /**
   * Runs after the job is stored, with the data from `ctx.defer`. Runs again if it throws, and perhaps after a crash.
   */
  readonly run: (ctx: Context, data: Data) => unknown
}

/** What the bot may spend, what X allows, and what its replies may contain. The operator's settings take precedence. */
export interface DefinitionOptions {
  readonly limits?: Partial<Limits>
  readonly platform?: Platform
  /** Default: no links, mentions or hashtags. X charges far more for a reply with a link. */
  readonly allow?: AllowedContent
}

/**
 * A bot, as its author wrote it. It is a plain object, so that a bot and its host can each have their own copy of this
 * package.
 */
export interface Definition {
  readonly v: 1
  readonly options: DefinitionOptions
  readonly steps: readonly Step[]
  readonly jobs: readonly Job<never>[]
  /**
   * Adds middleware, which runs for each tweet; in it, `await next()` runs everything added later. Given another bot,
   * adds its handlers and jobs, but not its options.
   */
  use(step: Handler | Definition): this
  /** Adds a handler for the tweets that match the filter. */
  on<Of extends Filter>(filter: Of, handler: Handler<Of>): this
  /** Adds a handler for tweets whose first word is this name, ignoring case and a leading `/` or `!`. */
  command(name: string, handler: Handler): this
  /** Registers a job, so that `ctx.defer` can store it. */
  job<Data>(job: Job<Data>): this
}

/** One step of a bot: middleware or a handler. */
export type Step =
  | { readonly kind: 'use'; readonly run: Handler }
  | { readonly kind: 'command'; readonly name: string; readonly run: Handler }
  | { readonly kind: 'on'; readonly filter: Filter; readonly run: Handler<never> }

/**
 * Starts a bot's definition. Handlers run in the order in which they were added, until one does not call `next()`.
 */
export function defineBot(options: DefinitionOptions = {}): Definition {
  const steps: Step[] = []
  const jobs: Job<never>[] = []
  const definition: Definition = {
    v: 1,
    options,
    steps,
    jobs,
    use(step) {
      if (typeof step === 'function') steps.push({ kind: 'use', run: step })
      else {
        const { steps: theirs, jobs: work } = readDefinition(step)
        steps.push(...theirs)
        for (const each of work) definition.job(each)
      }
      return definition
    },
    on(filter, run) {
      if (!FILTERS.includes(filter)) throw new BotError('DEFINITION', `There is no filter ${JSON.stringify(filter)}.`)
      mustBeFunction(run, `of .on('${filter}', …)`)
      steps.push({ kind: 'on', filter, run })
      return definition
    },
    command(name, run) {
      if (!/^[\p{L}\p{N}_-]+$/u.test(name)) {
        throw new BotError('DEFINITION', `A command is one word of letters and digits, not ${JSON.stringify(name)}.`)
      }
      mustBeFunction(run, `of .command('${name}', …)`)
      steps.push({ kind: 'command', name: name.toLowerCase(), run })
      return definition
    },
    job(job) {
      const known = jobs.find(({ name }) => name === job.name)
      if (known && known.run !== job.run) {
        throw new BotError('DEFINITION', `There are two jobs with the name ${JSON.stringify(job.name)}.`)
      }
      if (!known) jobs.push(job)
      return definition
    },
  }
  return definition
}

const FILTERS: readonly Filter[] = ['tweet', 'tweet:photo', 'tweet:text']

/**
 * Defines a job. Add it to the bot with `.job(…)`, and store it with `ctx.defer(…)`.
 *
 * @param name up to 40 of the letters a to z, digits and dashes; stored with each job
 */
export function job<Data>(name: string, run: Job<Data>['run']): Job<Data> {
  if (!/^[a-z0-9-]{1,40}$/.test(name)) {
    throw new BotError(
      'DEFINITION',
      `A job's name consists of the letters a to z, digits and dashes, unlike ${JSON.stringify(name)}.`,
    )
  }
  mustBeFunction(run, `of job('${name}', …)`)
  return { name, run }
}

/** Plain JavaScript has no type check, and the first tweet is too late to find out. */
function mustBeFunction(run: unknown, where: string): void {
  if (typeof run !== 'function') throw new BotError('DEFINITION', `The handler ${where} is not a function.`)
}

/**
 * Checks that a value is a bot, and returns it. Goes by its shape, because it may come from another copy of this
 * package.
 *
 * @throws BotError `DEFINITION` if it is not a bot
 */
export function readDefinition(value: unknown): Definition {
  const { v, options, steps, jobs } = (value ?? {}) as Partial<Definition>
  if (typeof v !== 'number' || typeof (options ?? 0) !== 'object' || !Array.isArray(steps) || !Array.isArray(jobs)) {
    throw new BotError('DEFINITION', 'This is not a bot. A bot file has `export default defineBot()…` in it.')
  }
  if (v !== 1)
    throw new BotError('DEFINITION', `This bot has version ${v}, but only version 1 is supported: update hexbird.`)
  return value as Definition
}
