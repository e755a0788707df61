import type { Context, HandlerOutcome, ReplyContent } from '../bot/context.js'
import type { Filter, Handler, Job, Next, Step } from '../bot/definition.js'
import { BotError } from '../bot/error.js'
import { jobKey, type StoredJob } from '../domain/job.js'
import { type ImageType, imageType } from '../domain/photo-type.js'
import type { Tweet } from '../domain/tweet.js'
import { type AllowedContent, contentFaults, priceOfReply, ReplyContentError, variantOf } from '../reply/content.js'
import { imageFaults } from '../reply/images.js'
import { encodeJson } from '../util/ascii-json.js'
import { billForJob } from './bill.js'
import type { Deferred, Final, Outcome } from './outcome.js'
import { replyKey } from './reply-key.js'
import { type ReplyVariants, replyOnce } from './reply-once.js'
import { variantFor } from './reply-variants.js'
import type { Run } from './run.js'
import { seePhotos } from './see.js'
import { deferred } from './waiting.js'

/**
 * Where this package's own handlers find their run. `Symbol.for`, because there may be several copies of this package.
 */
const RUN = Symbol.for('hexbird.run')

/** Returns the run of a handler's context. */
export const runOf = (ctx: Context): Run => (ctx as unknown as Record<typeof RUN, Run>)[RUN]

/** Runs a bot's handlers on a tweet, in order, until one of them ends the handling. */
export async function dispatch(run: Run): Promise<void> {
  const { steps } = run.options.definition
  const ctx = contextOf(run)
  await from(0)

  async function from(first: number): Promise<void> {
    for (let at = first; at < steps.length; at++) {
      const step = steps[at] as Step
      const input = step.kind === 'on' ? await photosFor(step.filter, run) : inputOf(step, ctx)
      if (run.outcome) return
      if (input === undefined) continue
      let isPassedOn = false
      const next: Next = async () => {
        if (isPassedOn) throw new BotError('NEXT_TWICE', 'A handler called next() twice. Call it once, with await.')
        isPassedOn = true
        await from(at + 1)
      }
      run.isHandled = true
      await (step.run as Handler)(input === NONE ? ctx : withInput(ctx, input), next)
      if (!isPassedOn) run.outcome ??= skipped('The handler did not reply.')
      return
    }
  }
}

type Input = Readonly<Record<string, unknown>>

const NONE: Input = {}

/** Returns what a step gets in addition to the context, or `undefined` if the step is not for this tweet. */
function inputOf(step: Exclude<Step, { kind: 'on' }>, { text }: Context): Input | undefined {
  if (step.kind === 'use') return NONE
  const args = argsOf(step.name, text)
  return args === undefined ? undefined : { args }
}

/** The same for a filter. Looks up the tweet if necessary. */
async function photosFor(filter: Filter, run: Run): Promise<Input | undefined> {
  if (filter === 'tweet') return NONE
  run.outcome = await seePhotos(run)
  const { photos = [] } = run
  if (run.outcome || photos.length > 0 !== (filter === 'tweet:photo')) return undefined
  return filter === 'tweet:text' ? NONE : { photos: photos.map((photo) => contextPhoto(run, photo)) }
}

const withInput = (ctx: Context, input: Input): Context =>
  Object.create(ctx, Object.getOwnPropertyDescriptors(input)) as Context

function contextPhoto({ ports }: Run, photo: Tweet['photos'][number]) {
  return {
    url: photo.url,
    ...(photo.altText !== undefined && { alt: photo.altText }),
    async bytes(): Promise<Uint8Array> {
      const fetched = await ports.media.fetch(photo)
      if (fetched.kind === 'fetched') return fetched.bytes
      throw new BotError('PHOTO_GONE', `The photo cannot be used: ${fetched.detail.replace(/\.$/, '')}.`)
    },
  }
}

/** Creates the context of handlers and jobs. */
export function contextOf(run: Run): Context {
  let draws = 0
  let said: { readonly of: Tweet; readonly text: string } | undefined
  const context: Context & Record<typeof RUN, Run> = {
    [RUN]: run,
    get tweet() {
      return run.tweet
    },
    get author() {
      return run.tweet.author
    },
    get text() {
      if (said?.of !== run.tweet) said = { of: run.tweet, text: textOf(run.tweet, run.options.bot.username) }
      return said.text
    },
    get args() {
      return context.text
    },
    get outcome() {
      return run.outcome as HandlerOutcome | undefined
    },
    log: run.options.log,
    signal: run.signal,
    now: () => run.ports.now(),
    random: (n) => draw(run.event.firstId, draws++, n),
    async reply(content) {
      mustBeOpen(run)
      const { allow, platform } = run.options
      const variants = variantsOf(content, allow, run)
      const linkCost = priceOfReply(variants(0).text, platform) - platform.prices.reply
      run.outcome = await replyTo(run, async () => variants, linkCost)
    },
    async defer(job, data) {
      mustBeOpen(run)
      run.outcome = await endWith(run, storeJob(run, jobOf(run, job as Job<unknown>, data)))
    },
    skip(reason) {
      mustBeOpen(run)
      run.outcome = skipped(reason)
    },
  }
  return context
}

/** A placeholder while a reply or a job is in progress. */
const ENDING: Outcome = { kind: 'deferred', reason: 'busy', until: 0, detail: 'A reply is in progress.' }

/** Notes that this reply or job ends the run. If it is called again, the later one does. */
export function endWith<T extends Outcome>(run: Run, ending: Promise<T>): Promise<T> {
  run.outcome = ENDING
  run.ending = ending
  return ending
}

/**
 * Returns the outcome once the handlers are done. A reply or a job that they did not wait for is waited for here. If it
 * failed, the run fails, even if a handler caught the error: only a retry can find out what was posted. If a handler
 * fails after its reply or job, that stays the outcome, because a retry would not run the handler again.
 */
export async function outcomeOf(run: Run, handling: Promise<void>): Promise<Outcome | undefined> {
  const failed = await handling.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  const ended = await run.ending
  if (failed) {
    if (!ended) throw failed.error
    run.options.log.warn('A handler failed after its reply or job. The outcome stays the same.', failed.error)
  }
  return ended ?? run.outcome
}

function mustBeOpen(run: Run): void {
  if (!run.outcome) return
  throw new BotError(
    'ALREADY_REPLIED',
    'This tweet is already handled: it gets one reply, or one job, or is skipped. Return after the first of them.',
  )
}

export const skipped = (detail: string): Final => ({ kind: 'ignored', reason: 'skipped', detail })

/** Replies once, with `replyOnce`. `wordsCost` is the extra cost of the text, in micro-dollars. */
export async function replyTo(
  run: Run,
  variants: () => Promise<ReplyVariants | Deferred>,
  wordsCost = 0,
): Promise<Final | Deferred> {
  const { ports, options, event, tweet, bill, startedAt, isSeen, isUnknown, state } = run
  const key = replyKey(event)
  const reply = { key, tweet, bill, wordsCost, startedAt, isSeen, isUnknown, state, variants }
  return endWith(run, replyOnce(ports, options, reply))
}

/** Resolves an existing claim with its recorded text. No handler runs again, even if the tweet has changed. */
export const resolveClaim = (run: Run): Promise<Final | Deferred> =>
  replyTo(run, async () => deferred('busy', run.ports.now(), 'Another worker has just released its claim.'))

function variantsOf(content: ReplyContent, allow: AllowedContent, run: Run): ReplyVariants {
  const textOfVariant = wordsOf(content, run)
  const given = (typeof content === 'object' && content.images) || []
  const faultsOfImages = imageFaults(given)
  const images = given.map(({ bytes, alt }) => ({ bytes, alt, type: imageType(bytes) as ImageType }))
  const checked: ReplyVariants = (variant) => {
    const text: unknown = textOfVariant(variant)
    mustBeText(text)
    const faults = [...contentFaults(text, allow), ...faultsOfImages]
    if (faults.length > 0) throw new ReplyContentError(faults)
    return { text, labels: [], images }
  }
  // Check before any call that costs something.
  checked(0)
  return checked
}

function wordsOf(content: ReplyContent, { ports, event }: Run): (variant: number) => string {
  if (typeof content === 'function') return content
  const { text, exact = false } = typeof content === 'string' ? { text: content } : (content ?? {})
  mustBeText(text)
  const now = ports.now()
  return (variant) => (exact ? text : variantOf(text, variantFor(event, variant), now))
}

/** For authors without TypeScript. */
function mustBeText(text: unknown): asserts text is string {
  if (typeof text === 'string') return
  throw new TypeError('A reply is a text, a function that returns one, or an object with a text and images.')
}

function jobOf({ options, tweet, bill, startedAt }: Run, job: Job<unknown>, data: unknown): StoredJob {
  if (options.jobs.get(job.name)?.run !== job.run) {
    throw new BotError('JOB', `This bot has no job ${JSON.stringify(job.name)}. Add it with .job(…).`)
  }
  if (encodeJson(data ?? null).length > MOST_JOB_BYTES) throw new BotError('JOB', 'A job has at most 64 kB of data.')
  return { v: 2, name: job.name, tweet, data, bill: billForJob(bill, startedAt) }
}

async function storeJob({ ports, tweet }: Run, job: StoredJob): Promise<Outcome> {
  await ports.jobs.put(job)
  return { kind: 'job-stored', jobKey: jobKey(tweet) }
}

const MOST_JOB_BYTES = 64 * 1024

/** The text of a tweet without the leading mentions and without the bot's name. */
function textOf({ text }: Tweet, username: string): string {
  const own = username.toLowerCase()
  return text
    .replace(/^(?:\s*@\w+)+/, '')
    .replaceAll(/@(\w+)/g, (mention, name: string) => (name.toLowerCase() === own ? '' : mention))
    .trim()
}

function argsOf(name: string, text: string): string | undefined {
  const [first = ''] = /^\S+/.exec(text) ?? []
  return first.replace(/^[/!]/, '').toLowerCase() === name ? text.slice(first.length).trim() : undefined
}

/** A deterministic random number for the tweet and the draw: FNV-1a, then the finalizer of MurmurHash3. */
function draw(firstId: string, nth: number, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1 || n > 2 ** 32) {
    throw new RangeError(`ctx.random(n) takes a whole number from 1 to 2^32, not ${n}.`)
  }
  let hash = 0x811c9dc5
  for (const character of `${firstId}:${nth}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return Math.floor(((hash ^ (hash >>> 16)) >>> 0) * (n / 2 ** 32))
}
