import { setTimeout as after } from 'node:timers/promises'
import type { Event, Outcome } from '@hexbird/core'
import { DeliveryError, decodeDelivery } from '@hexbird/core'
import { LocalXError } from '@hexbird/local-x'
import type { Dialect, LocalBot, LocalBotOptions } from './local-bot.js'
import { startLocalBot } from './local-bot.js'
import type { PhotoFile } from './photo-file.js'
import { readPhoto, readUserFile } from './photo-file.js'
import type { Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

export interface DevOptions {
  readonly once?: true
  readonly photo?: readonly string[]
  readonly text: string
  readonly jsonEvents?: string
  readonly dialect: Dialect
  readonly port?: number
}

/** X takes so many photos in one tweet. */
const MOST_PHOTOS = 4
/** So long `--once` waits for what becomes of a tweet. */
const PATIENCE = 50_000

/** The `dev` command. Gives the exit code: 0 also where the bot rightly says nothing, 1 where nothing came in time. */
export async function dev(options: DevOptions, terminal: Terminal): Promise<number> {
  if (!options.once) {
    if (options.photo || options.jsonEvents) throw new UsageError('--photo and --json-events go with --once.')
    return stayUp(options, terminal)
  }
  const paths = options.photo ?? []
  if (paths.length > MOST_PHOTOS) throw new UsageError(`X takes at most ${MOST_PHOTOS} photos in one tweet.`)
  const photos = await Promise.all(paths.map(readPhoto))
  return options.jsonEvents === undefined
    ? tweetOnce(options, photos, terminal)
    : feedOnce(options, await readUserFile(options.jsonEvents), photos, terminal)
}

async function tweetOnce(options: DevOptions, photos: readonly PhotoFile[], terminal: Terminal): Promise<number> {
  return watched(options, {}, terminal, async ({ x }) => {
    terminal.note(`@alice tweets: ${options.text}${photos.length > 0 ? ` (${photos.length} photo(s))` : ''}`)
    const { id } = await x.tweet({ as: 'alice', text: options.text, photos })
    return [id]
  })
}

/** Feeds a recorded delivery as if it had just arrived: in its own time, to the account that it was made for. */
async function feedOnce(
  options: DevOptions,
  body: Uint8Array,
  photos: readonly PhotoFile[],
  terminal: Terminal,
): Promise<number> {
  const events = eventsOf(body, options.jsonEvents)
  const tweets = events.flatMap((event) => (event.kind === 'tweet' ? [event.tweet] : []))
  const [first] = tweets
  const username = first?.mentions.find(({ id }) => id === first.botId)?.username
  const offset = first ? Math.max(...tweets.map(({ createdAt }) => createdAt)) + 1000 - Date.now() : 0
  const now = () => Date.now() + offset
  const bot = first && { id: first.botId, ...(username && { username }) }
  return watched(options, { now, localX: { now, ...(bot && { bot }) } }, terminal, async ({ x }) => {
    if (first) known(() => x.importDelivery(new TextDecoder().decode(body), photos), options.jsonEvents)
    await x.deliver(body)
    if (!first) terminal.note(`The delivery tells of no tweet: ${events.map(nameOf).join(', ') || 'it is empty'}.`)
    return tweets.map(({ id }) => id)
  })
}

const nameOf = (event: Event) => ('name' in event ? `${event.name} (${event.kind})` : event.kind)

/** What the local X cannot make known is a mistake in the recording. */
function known(make: () => unknown, path = 'The file'): void {
  try {
    make()
  } catch (cause) {
    if (!(cause instanceof LocalXError)) throw cause
    throw new UsageError(`${path} cannot be played to the local X: ${cause.message}`, { cause })
  }
}

function eventsOf(body: Uint8Array, path = 'The file'): readonly Event[] {
  try {
    return decodeDelivery(body).events
  } catch (cause) {
    if (!(cause instanceof DeliveryError)) throw cause
    throw new UsageError(`${path} is not a delivery of X: ${cause.message}`, { cause })
  }
}

/** Starts everything, does `act`, waits for what becomes of the tweets, prints it as one line of JSON, stops everything. */
async function watched(
  { port, dialect }: DevOptions,
  settings: LocalBotOptions,
  terminal: Terminal,
  act: (local: LocalBot) => Promise<readonly string[]>,
): Promise<number> {
  const ended = new Map<string, { outcome: Outcome; at: number }>()
  const local = await startLocalBot({
    ...settings,
    dialects: [dialect],
    localX: { ...settings.localX, ...(port !== undefined && { port }) },
    onOutcome(outcome, tweet) {
      ended.set(tweet.id, { outcome, at: performance.now() })
      terminal.note(`The bot, on ${tweet.id}: ${outcome.kind}${'reason' in outcome ? ` (${outcome.reason})` : ''}`)
    },
  })
  try {
    terminal.note(`Local X ${local.x.url}, webhook ${local.webhookUrl} (${dialect})`)
    const started = performance.now()
    const ids = await act(local)
    const patience = new AbortController()
    await Promise.race([local.idle(), after(PATIENCE, undefined, { signal: patience.signal }).catch(() => {})])
    patience.abort()
    const reports = ids.map((id) => report(local, id, ended.get(id), started))
    // `--once` is asked for this line alone.
    terminal.json = true
    terminal.result(reports.length > 1 ? { ...reports[0], tweets: reports } : (reports[0] ?? nothing(started)))
    return reports.some(({ outcome }) => outcome === 'later' || outcome === 'job-stored') ? 1 : 0
  } finally {
    await local.close()
  }
}

function report(local: LocalBot, id: string, end: { outcome: Outcome; at: number } | undefined, started: number) {
  if (!end) return nothing(started)
  const { outcome, at } = end
  const elapsedMs = Math.round(at - started)
  if (outcome.kind !== 'replied') {
    return { outcome: outcome.kind, ...('reason' in outcome && { reason: outcome.reason }), elapsedMs }
  }
  // What X has, not what the bot says it sent.
  const reply = local.x.repliesTo(id).find((tweet) => tweet.id === outcome.replyId)
  return { outcome: outcome.kind, reply: reply?.displayText, labels: outcome.labels, elapsedMs }
}

/** X told the bot of no tweet: it was not mentioned, or the recording has none. */
const nothing = (started: number) => ({
  outcome: 'ignored',
  reason: 'nothing-delivered',
  elapsedMs: Math.round(performance.now() - started),
})

async function stayUp({ port, dialect }: DevOptions, terminal: Terminal): Promise<number> {
  const local = await startLocalBot({
    dialects: [dialect],
    ...(port !== undefined && { localX: { port } }),
    onOutcome(outcome, tweet) {
      const what = outcome.kind === 'replied' ? `replied: ${outcome.text}` : outcome.kind
      terminal.say(
        `@${tweet.author.username ?? tweet.author.id}: ${tweet.text}\n  → ${what}${'reason' in outcome ? ` (${outcome.reason})` : ''}`,
      )
    },
  })
  terminal.say(`
hexbird is up. Nothing leaves this machine.

  local X   ${local.x.url}
  webhook   ${local.webhookUrl}
  sign-in   ${local.signInUrl}
  bot       @${local.x.bot.username}

Open ${local.x.url} in a browser, pick a photo, press Post, and see the reply come in.
Open ${local.signInUrl} to sign in with X, as anybody you like.

Or tweet from another terminal:

  curl -F as=alice -F 'text=@${local.x.bot.username} what is this?' -F photo=@packages/local-x/samples/dog.jpg ${local.x.url}/_local/tweets

Or all in one command:

  npm start -- --once --photo packages/local-x/samples/dog.jpg

Ctrl-C stops it.
`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await local.close()
  return 0
}
