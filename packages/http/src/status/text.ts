import type { IgnoreReason } from '@hexbird/core'
import type { JournalEntry, PostRefusal } from '@hexbird/core/adapter'
import type { Deferred } from '@hexbird/core/host'
import { lazy } from '@hexbird/core/util'

/** Formats a limit in micro-dollars for people: "$5.00", or "$0.125" if it is not in whole cents. */
export const money = (micro: number): string => `$${(micro / 1_000_000).toFixed(micro % 10_000 === 0 ? 2 : 3)}`

/** Formats what was spent, in micro-dollars. X's prices go down to a tenth of a cent. */
export const cost = (micro: number): string => `$${(micro / 1_000_000).toFixed(3)}`

/** Formats epoch milliseconds as ISO 8601. A queue may hide an item until a time that is too late for a `Date`. */
export const isoOf = (at: number): string => new Date(Math.min(at, 8.64e15)).toISOString()

/** Formats epoch milliseconds in UTC: "2026-11-29 17:05". */
export const timeOf = (at: number): string =>
  isoOf(at)
    .replace('T', ' ')
    .replace(/:\d\d\.\d+Z$/, '')

/** Formats a time span: "in 5 minutes", or "now" if it is shorter than a second or over. */
export function howLong(milliseconds: number): string {
  if (milliseconds < 1000) return 'now'
  const [size, unit] = UNITS.find(([each]) => milliseconds >= each) ?? [1000, 'second']
  return relative().format(Math.round(milliseconds / size), unit)
}

// It takes 10 ms to make.
const relative = lazy(() => new Intl.RelativeTimeFormat('en-US'))
const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
] as const

/** Returns a reason as a sentence, or unchanged if it is unknown. */
export const reasonOf = (reason: string): string =>
  Object.hasOwn(REASONS, reason) ? REASONS[reason as Reason] : reason

/** The outcome of a tweet in a word or two, and whether it is good, bad or neither. */
export const KINDS: Readonly<Record<JournalEntry['kind'], readonly [text: string, tone: 'good' | 'bad' | 'plain']>> = {
  replied: ['Replied', 'good'],
  ignored: ['Ignored', 'plain'],
  refused: ['Refused by X', 'bad'],
  unresolved: ['Unresolved', 'bad'],
  'job-stored': ['In progress', 'plain'],
  deferred: ['Waiting', 'plain'],
  failed: ['Failed', 'bad'],
}

type Reason = IgnoreReason | Deferred['reason'] | PostRefusal | 'duplicate'

const REASONS: Readonly<Record<Reason, string>> = {
  'not-for-this-bot': 'It was delivered for another bot.',
  'own-tweet': 'It is the bot’s own tweet.',
  retweet: 'It is a retweet.',
  'too-old': 'It was more than a day old.',
  'from-the-future': 'Its time is ahead of this machine’s clock.',
  'not-summoned': 'Its author did not ask the bot for a reply.',
  'replies-closed': 'Its author limits who may reply.',
  'opted-out': 'Its author told the bot to stop.',
  'already-handled': 'It was already handled.',
  'follow-up': 'It has no photo, and the bot has already spoken in this conversation.',
  gap: 'The store may have lost a reply to it: it was restored from a backup, was purged, or is new.',
  'no-handler': 'The bot has no handler for this kind of tweet.',
  skipped: 'A handler ended without replying.',
  'tweet-gone': 'It was deleted, or the bot is not allowed to see it.',
  'over-budget': 'The budget for today, or for its author, is used up.',
  'conversation-limit': 'The bot has used up its replies in this conversation for today.',
  'job-gone': 'Its stored photos are gone.',
  'rate-limited': 'The bot has reached a rate limit at X.',
  unreachable: 'X cannot be reached.',
  'no-credits': 'The account at X has no credits left.',
  unauthorized: 'X does not accept the bot’s keys.',
  unexplained: 'X refused, but gave no reason that concerns the tweet.',
  busy: 'Another run is working on it.',
  ambiguous: 'A reply may have been posted. The bot looks for it before it posts again.',
  stopped: 'Posting is stopped.',
  'post-limit': 'X’s limit on posts is used up.',
  'reply-not-allowed': 'X does not allow this reply.',
  rejected: 'X does not accept the text of the reply.',
  'media-invalid': 'X does not accept the images of the reply, or no longer has them.',
  duplicate: 'X calls the reply a duplicate, in every wording.',
}
