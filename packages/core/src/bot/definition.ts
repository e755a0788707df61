import type { Limits } from '../policy/charges.js'
import type { Platform } from '../policy/platform.js'
import type { AllowedContent } from '../reply/content.js'
import type { Context, PhotoContext } from './context.js'
import { BotError } from './error.js'

/**
 * Which tweets a handler is for: all, those with a photo (their own, or of the tweet that they ask about), those without.
 * The last two look the tweet up at X where its event does not tell, which costs money.
 */
export type Filter = 'tweet' | 'tweet:photo' | 'tweet:text'

/** What comes after: the handlers that were added later. */
export type Next = () => Promise<void>

/** Answers a tweet, or passes it on with `next()`. One that does neither has decided that there is nothing to say. */
export interface Handler<Of extends Filter = 'tweet'> {
  (ctx: Of extends 'tweet:photo' ? PhotoContext : Context, next: Next): unknown
  /** How many photos it may have labelled: what they cost is reserved before the tweet is looked up. */
  readonly labels?: number
  /** Whether it brings a labeler of its own. */
  readonly hasLabeler?: boolean
}

/** Work that is done later, for one tweet. Its name is stored with it. */
export interface Job<Data> {
  /** What it is stored under. */
  readonly name: string
  /** Runs once the job is stored, with what `ctx.defer` was given; again after a throw, and perhaps after a crash. */
  readonly run: (ctx: Context, data: Data) => unknown
}

/** What the bot may spend, what X allows, and what its replies may contain. What an operator sets goes before it. */
export interface DefinitionOptions {
  readonly limits?: Partial<Limits>
  readonly platform?: Platform
  /** Default: no link, no mention, no hashtag. X charges far more for a reply with a link. */
  readonly allow?: AllowedContent
}

/**
 * A bot, as its author wrote it: plain data, so that a bot and what runs it may each have their own copy of this package.
 */
export interface Definition {
  readonly v: 1
  readonly options: DefinitionOptions
  readonly steps: readonly Step[]
  readonly jobs: readonly Job<never>[]
  /** Runs for each tweet: `await next()` runs all that was added later. Another bot is added as a whole. */
  use(step: Handler | Definition): this
  /** Runs for the tweets that the filter lets through. */
  on<Of extends Filter>(filter: Of, handler: Handler<Of>): this
  /** Runs for a tweet that begins with this word, whatever its case, with or without a slash. */
  command(name: string, handler: Handler): this
  /** Makes known what `ctx.defer` may store. */
  job<Data>(job: Job<Data>): this
}

/** One thing that a bot does with a tweet. */
export type Step =
  | { readonly kind: 'use'; readonly run: Handler }
  | { readonly kind: 'command'; readonly name: string; readonly run: Handler }
  | { readonly kind: 'on'; readonly filter: Filter; readonly run: Handler<never> }

/** Begins a bot. Each handler is tried in the order in which it was added; the first that ends the matter wins. */
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
        throw new BotError('DEFINITION', `There are two jobs of the name ${JSON.stringify(job.name)}.`)
      }
      if (!known) jobs.push(job)
      return definition
    },
  }
  return definition
}

const FILTERS: readonly Filter[] = ['tweet', 'tweet:photo', 'tweet:text']

/**
 * Names work that is done later. Add it to the bot with `.job(…)`, and store it with `ctx.defer(…)`.
 *
 * @param name letters, digits and dashes: it is part of what is stored
 */
export function job<Data>(name: string, run: Job<Data>['run']): Job<Data> {
  if (!/^[a-z0-9-]{1,40}$/.test(name)) {
    throw new BotError(
      'DEFINITION',
      `A job's name is of letters a to z, digits and dashes, not ${JSON.stringify(name)}.`,
    )
  }
  mustBeFunction(run, `of job('${name}', …)`)
  return { name, run }
}

/** JavaScript is not checked before it runs, and the first tweet is too late. */
function mustBeFunction(run: unknown, where: string): void {
  if (typeof run !== 'function') throw new BotError('DEFINITION', `The handler ${where} is not a function.`)
}

/** A bot by its shape: it may be of another copy of this package. @throws BotError `DEFINITION` */
export function readDefinition(value: unknown): Definition {
  const { v, options, steps, jobs } = (value ?? {}) as Partial<Definition>
  if (typeof v !== 'number' || typeof (options ?? 0) !== 'object' || !Array.isArray(steps) || !Array.isArray(jobs)) {
    throw new BotError('DEFINITION', 'This is no bot. A bot file has `export default defineBot()…` in it.')
  }
  if (v !== 1) throw new BotError('DEFINITION', `This bot is of version ${v}, and only 1 is known: update hexbird.`)
  return value as Definition
}
