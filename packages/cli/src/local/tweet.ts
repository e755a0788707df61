import { setTimeout as after } from 'node:timers/promises'
import { defined } from '@hexbird/core/util'
import { foreign } from '../foreign.js'
import { findRunning } from '../running/find.js'
import type { Terminal } from '../terminal.js'
import { UsageError } from '../usage-error.js'
import { notMentioned, question, tweetedLine } from './mention.js'
import { readPhotos } from './photo-file.js'
import { RETRYING } from './trouble.js'

export interface TweetOptions {
  readonly as: string
  readonly text?: string
  readonly photo?: readonly string[]
  readonly replyTo?: string
  readonly wait?: true
  readonly port?: number
}

/** So long `--wait` waits for the end, for a first sign that the bot was told, and between looks, in milliseconds. */
const PATIENCE = { end: 50_000, sign: 10_000, pause: 100 }

/** As the local X tells of it. */
interface Tweeted {
  readonly id: string
  readonly displayText: string
  readonly author: { readonly username: string }
  readonly mentions: readonly { readonly person: { readonly id: string } }[]
  readonly inReplyTo?: { readonly id: string }
}

interface Noted {
  readonly tweetId: string
  readonly kind: string
  readonly reason?: string
  readonly detail?: string
  readonly text?: string
}

/** The `tweet` command: gives the exit code, 1 where nothing came of the tweet in time. */
export async function tweet(options: TweetOptions, terminal: Terminal): Promise<number> {
  const photos = await readPhotos(options.photo)
  const found = () => findRunning(undefined, 'For hexbird local-x, pass --port <number>.')
  const x = localX(options.port === undefined ? (await found()).x : `http://127.0.0.1:${options.port}`)
  const bot = await x<{ readonly id: string; readonly username: string }>('bot')
  const { text = question(bot.username) } = options
  const form = new FormData()
  form.set('as', options.as)
  form.set('text', text)
  if (options.replyTo !== undefined) form.set('inReplyTo', options.replyTo)
  for (const { bytes } of photos) form.append('photo', new Blob([new Uint8Array(bytes)]), 'photo')
  const started = performance.now()
  const { id, author, mentions } = await x<Tweeted>('tweets', { method: 'POST', body: form })
  terminal.note(tweetedLine(author.username, text, photos))
  const isMentioned = mentions.some(({ person }) => person.id === bot.id)
  if (!isMentioned) terminal.note(notMentioned(bot.username, text))
  if (!options.wait) {
    terminal.say(foreign(id))
    terminal.result({ id, as: author.username })
    return 0
  }
  if (!isMentioned) {
    terminal.result({ id, outcome: 'ignored', reason: 'not-mentioned' })
    return 0
  }
  const { outcome, reply } = await terminal.during(
    'Waiting for the bot. A bot under `hexbird run` may poll only every 30 seconds.',
    outcomeOf(x, id, (failure) => terminal.note(failure)),
  )
  const elapsedMs = Math.round(performance.now() - started)
  terminal.say(reply ? `@${foreign(reply.author.username)} replied: ${foreign(reply.displayText)}` : inWords(outcome))
  const told = outcome && { outcome: outcome.kind, ...defined({ reason: outcome.reason, detail: outcome.detail }) }
  terminal.result({ id, ...(told ?? { outcome: 'unknown' }), ...defined({ reply: reply?.displayText }), elapsedMs })
  return outcome && isFinal(outcome) && outcome.kind !== 'failed' ? 0 : 1
}

type LocalX = <T>(path: string, request?: RequestInit) => Promise<T>

/** The controls of a local X. What it has against a request is for the person to mend. */
function localX(url: string): LocalX {
  return async <T>(path: string, request?: RequestInit) => {
    const response = await fetch(`${url}/_local/${path}`, request).catch((cause: unknown) => {
      throw new UsageError(
        `Nothing answers at ${url}. Start a local X in another terminal: hexbird dev, or hexbird local-x`,
        { cause },
      )
    })
    const answer = (await response.json().catch(() => undefined)) as (T & { readonly error?: string }) | undefined
    if (response.ok && answer !== undefined) return answer
    throw new UsageError(
      answer?.error !== undefined ? foreign(answer.error) : `${url} is not a local X: it answered ${response.status}.`,
    )
  }
}

/** What the bot says of the tweet, once that is the end of it, and its reply. */
async function outcomeOf(
  x: LocalX,
  id: string,
  onFailure: (failure: string) => void,
): Promise<{ readonly outcome?: Noted; readonly reply?: Tweeted }> {
  const started = performance.now()
  // A bot that polls sees the tweet with its next poll.
  const { nextSweepAt = 0 } = await x<{ readonly nextSweepAt?: number }>('bot')
  const untilSweep = Math.max(0, Math.min(nextSweepAt - Date.now(), PATIENCE.end))
  let told: string | undefined
  for (;;) {
    const outcome = (await x<readonly Noted[]>('outcomes')).findLast(({ tweetId }) => tweetId === id)
    if (outcome?.reason === RETRYING && outcome.text !== told) {
      told = inWords(outcome)
      onFailure(told)
    }
    const patience = outcome ? PATIENCE.end : PATIENCE.sign + untilSweep
    if (isEnd(outcome) || performance.now() - started > patience) {
      if (outcome?.kind !== 'replied') return outcome ? { outcome } : {}
      const reply = (await x<readonly Tweeted[]>('tweets')).find(({ inReplyTo }) => inReplyTo?.id === id)
      return { outcome, ...defined({ reply }) }
    }
    await after(PATIENCE.pause)
  }
}

/** A paused bot goes on when somebody resumes it, which may be never. */
const isEnd = (outcome: Noted | undefined): boolean =>
  outcome !== undefined && (isFinal(outcome) || outcome.reason === 'stopped')

const isFinal = ({ kind, reason }: Noted): boolean =>
  !['job-stored', 'deferred', 'running'].includes(kind) && reason !== RETRYING

const inWords = (outcome: Noted | undefined): string =>
  outcome === undefined
    ? 'The bot reported no outcome. Check that it is running, and that the local X has delivered the tweet: its page shows both. A handler that is still busy reports nothing either. A paused bot that polls reports nothing until you run `hexbird resume`.'
    : foreign(outcome.text ?? `${outcome.kind}${outcome.reason === undefined ? '' : ` (${outcome.reason})`}`)
