import { setTimeout as after } from 'node:timers/promises'
import type { Definition, Event, EventOutcome, Outcome } from '@hexbird/core'
import { DeliveryError, decodeDelivery } from '@hexbird/core'
import { defined } from '@hexbird/core/util'
import { LocalXError } from '@hexbird/local-x'
import { foreign } from '../foreign.js'
import type { Dialect, LocalBot, LocalBotOptions, LocalPorts } from '../local-bot.js'
import { startLocalBot } from '../local-bot.js'
import { detailOf, outcomeInWords } from '../outcome-words.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import type { ChosenLabeler } from './labeler.js'
import { notMentioned, tweetedLine } from './mention.js'
import type { PhotoFile } from './photo-file.js'
import { createFailureTeller, logAsLines, troubleOf } from './trouble.js'

/** So long is waited for what becomes of a tweet. */
const PATIENCE = 90_000

/** How the bot lives that is started for one tweet or one delivery. */
export interface OnceOptions {
  /** What looks at the photos. It is closed when all is done. */
  readonly labeler: ChosenLabeler
  readonly dialect?: Dialect
  readonly port?: number
  /** The bot's name on the local X. */
  readonly name?: string
  readonly definition?: Definition
  /** Decides everything and posts nothing. */
  readonly dryRun?: true
}

/** What became of one tweet or another event, for programs. */
export interface Report {
  readonly outcome: string
  readonly reason?: string
  readonly detail?: string
  /** As X shows it; in a dry run as it would be posted. */
  readonly reply?: string | undefined
  readonly labels?: readonly string[]
  readonly userId?: string
  readonly elapsedMs: number
}

/** What became of all. */
export interface Reported extends Report {
  /** Where there are several tweets, the first of which is told beside. */
  readonly tweets?: readonly Report[]
}

/** 0 also where the bot rightly says nothing, 1 where nothing came in time. */
export const exitCodeOf = ({ tweets, ...first }: Reported): number =>
  (tweets ?? [first]).some(({ outcome }) => ['deferred', 'job-stored', 'failed'].includes(outcome)) ? 1 : 0

/** One tweet of @alice's on a local X that is there for it alone. */
export async function tweetOnce(
  options: OnceOptions,
  tweet: { readonly text: string; readonly photos: readonly PhotoFile[] },
  terminal: Terminal,
): Promise<Reported> {
  return watched(options, {}, terminal, async ({ x }) => {
    const { text, photos } = tweet
    terminal.note(tweetedLine('alice', text, photos))
    const { id, mentions } = await taken(x.tweet({ as: 'alice', text, photos }))
    if (mentions.some(({ person }) => person.id === x.bot.id)) return [id]
    terminal.note(notMentioned(x.bot.username, text))
    return 'not-mentioned'
  })
}

/** A recorded delivery, as it is fed to the bot. */
export interface Recording {
  readonly body: Uint8Array
  /** What it is called where something is wrong with it. */
  readonly name: string
  readonly photos: readonly PhotoFile[]
}

/** Feeds a recorded delivery as if it had just arrived: in its own time, to the account that it was made for. */
export async function feedOnce(options: OnceOptions, recording: Recording, terminal: Terminal): Promise<Reported> {
  const { body, name, photos } = recording
  const events = eventsOf(recording)
  const tweets = events.flatMap((event) => (event.kind === 'tweet' ? [event.tweet] : []))
  const [first] = tweets
  const botId = first?.botId ?? events.flatMap((event) => ('botId' in event ? [event.botId] : []))[0]
  const username = first?.mentions.find(({ id }) => id === botId)?.username
  const offset = first ? Math.max(...tweets.map(({ createdAt }) => createdAt)) + 1000 - Date.now() : 0
  const now = () => Date.now() + offset
  const bot = botId !== undefined && { id: botId, ...(username && { username }) }
  return watched(options, { now, localX: { now, ...(bot && { bot }) } }, terminal, async ({ x }) => {
    if (first)
      await taken(
        x.importDelivery(new TextDecoder().decode(body), photos),
        `${name} cannot be replayed on the local X: `,
      )
    await x.deliver(body)
    if (!first)
      terminal.note(
        `The delivery contains no tweet: ${events.map((event) => foreign(nameOf(event))).join(', ') || 'it is empty'}.`,
      )
    return tweets.map(({ id }) => id)
  })
}

const nameOf = (event: Event) => ('name' in event ? `${event.name} (${event.kind})` : event.kind)

/** What the local X refuses is a mistake in what it was given. */
async function taken<T>(taking: Promise<T>, prefix = ''): Promise<T> {
  try {
    return await taking
  } catch (cause) {
    if (!(cause instanceof LocalXError)) throw cause
    throw new UsageError(`${prefix}${foreign(cause.message)}`, { cause })
  }
}

/** @throws UsageError where the recording is no delivery of X */
export function eventsOf({ body, name }: Pick<Recording, 'body' | 'name'>): readonly Event[] {
  try {
    return decodeDelivery(body).events
  } catch (cause) {
    if (!(cause instanceof DeliveryError)) throw cause
    throw new UsageError(
      `${name} is not a delivery from X: ${cause.message} Pass a body that X posted to a webhook, byte for byte.`,
      { cause },
    )
  }
}

interface Ended {
  readonly outcome: Outcome
  readonly at: number
}

/** Starts everything, does `act`, waits for what becomes of the tweets, stops everything. */
async function watched(
  { labeler, port, name, dialect = 'x-activity', definition, dryRun }: OnceOptions,
  settings: LocalBotOptions,
  terminal: Terminal,
  act: (local: LocalBot) => Promise<readonly string[] | 'not-mentioned'>,
): Promise<Reported> {
  const ended = new Map<string, Ended>()
  const others: EventOutcome[] = []
  let trouble: string | undefined
  const tellFailure = createFailureTeller()
  const local = await startLocalBot({
    ...settings,
    ...defined({ definition }),
    ports: (usual) => ({ labeler: labeler.over(usual.blobs), ...(dryRun && withoutPosting(usual)) }),
    dialects: [dialect],
    localX: {
      ...(name !== undefined && { bot: { username: name } }),
      ...settings.localX,
      ...defined({ port }),
      keepMetadata: labeler.readsKeywords,
    },
    log: logAsLines((line) => terminal.note(line)),
    onOutcome(outcome, tweet) {
      ended.set(tweet.id, { outcome, at: performance.now() })
      terminal.note(`The bot, on ${tweet.id}: ${foreign(outcomeInWords(outcome, tweet))}`)
    },
    onOther: (outcome) => void others.push(outcome),
    onFailure(error, tweet, attempt) {
      trouble = troubleOf(error)
      const told = tellFailure(error, tweet, attempt)
      if (told !== undefined) terminal.note(told)
    },
  })
  try {
    terminal.note(`Local X ${local.x.url}, webhook ${local.webhookUrl} (${dialect})`)
    const started = performance.now()
    const ids = await act(local)
    if (ids === 'not-mentioned') return { ...nothing(started), reason: ids }
    const patience = new AbortController()
    const quiet = Promise.race([local.idle(), after(PATIENCE, undefined, { signal: patience.signal }).catch(() => {})])
    await terminal.during('Waiting for the bot', quiet)
    patience.abort()
    const [first, ...rest] = ids.map((id) => report(local, id, ended.get(id), started, trouble))
    if (!first) return reportOther(others, started)
    return rest.length > 0 ? { ...first, tweets: [first, ...rest] } : first
  } finally {
    await Promise.all([local.close(), labeler.close()])
  }
}

/** The id that a reply has which was not posted. */
const UNPOSTED = '0'

/** Everything is as it is but for the reply, which X is not told of. */
export const withoutPosting = ({ social }: LocalPorts): Pick<LocalPorts, 'social'> => ({
  social: {
    reply: async () => ({ kind: 'posted', id: UNPOSTED }),
    uploadImage: async () => ({ kind: 'uploaded', mediaId: UNPOSTED, expiresAt: Number.MAX_SAFE_INTEGER }),
    tweet: (id) => social.tweet(id),
    findOwnReply: (tweetId) => social.findOwnReply(tweetId),
    me: () => social.me(),
  },
})

function report(
  local: LocalBot,
  id: string,
  end: Ended | undefined,
  started: number,
  trouble: string | undefined,
): Report {
  if (!end)
    return trouble === undefined ? nothing(started) : { ...nothing(started), outcome: 'failed', reason: trouble }
  const { outcome, at } = end
  const elapsedMs = Math.round(at - started)
  if (outcome.kind !== 'replied') {
    const reason = 'reason' in outcome ? outcome.reason : outcome.kind === 'job-stored' ? trouble : undefined
    return { outcome: outcome.kind, ...defined({ reason }), ...detailOf(outcome), elapsedMs }
  }
  const { labels, replyId, text } = outcome
  if (replyId === UNPOSTED) return { outcome: 'would-reply', reply: text, labels, elapsedMs }
  // What X has, not what the bot says it sent.
  const reply = local.x.repliesTo(id).find((tweet) => tweet.id === replyId)
  const images = reply?.photos.length || undefined
  return { outcome: outcome.kind, reply: reply?.displayText, labels, ...defined({ images }), elapsedMs }
}

/** Of a delivery without a tweet: what the bot did, if anything. */
function reportOther(others: readonly EventOutcome[], started: number): Report {
  const { elapsedMs, ...ignored } = nothing(started)
  const done = others.find(({ kind }) => kind !== 'passed-over')
  if (!done) return { ...ignored, elapsedMs }
  return { outcome: done.kind, ...('userId' in done && { userId: done.userId }), elapsedMs }
}

/** X told the bot of no tweet. */
const nothing = (started: number): Report => ({
  outcome: 'ignored',
  reason: 'nothing-delivered',
  elapsedMs: Math.round(performance.now() - started),
})
