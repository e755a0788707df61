import type { IgnoreReason } from '@hexbird/core'
import type { JournalEntry, PostRefusal } from '@hexbird/core/adapter'
import type { Deferred } from '@hexbird/core/host'

/** A sum of money for people: "$1.23". */
export const money = (micro: number): string => `$${(micro / 1_000_000).toFixed(2)}`

/** What one tweet cost: X's prices go down to a tenth of a cent. */
export const cost = (micro: number): string => `$${(micro / 1_000_000).toFixed(3)}`

/** ISO 8601. A queue may hide an item until later than dates go. */
export const isoOf = (at: number): string => new Date(Math.min(at, 8.64e15)).toISOString()

/** "2026-11-29 17:05", UTC. */
export const timeOf = (at: number): string =>
  isoOf(at)
    .replace('T', ' ')
    .replace(/:\d\d\.\d+Z$/, '')

/** "in 5 minutes"; "now" for what is past. */
export function howLong(milliseconds: number): string {
  if (milliseconds < 1000) return 'now'
  const [size, unit] = UNITS.find(([each]) => milliseconds >= each) ?? [1000, 'second']
  return RELATIVE.format(Math.round(milliseconds / size), unit)
}

const RELATIVE = new Intl.RelativeTimeFormat('en-US')
const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
] as const

/** Returns a reason as a sentence, or unchanged if it is unknown. */
export const reasonOf = (reason: string): string =>
  Object.hasOwn(REASONS, reason) ? REASONS[reason as Reason] : reason

/** What became of a tweet, in a word or two, and whether that is good, bad or neither. */
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
  'already-handled': 'It had been handled before.',
  'follow-up': 'It has no photo, and the bot has already spoken in this conversation.',
  gap: 'The store may have lost a reply to it: it was restored from a backup, was purged, or is new.',
  'no-handler': 'The bot has no handler for such a tweet.',
  skipped: 'The bot decided that there was nothing to say.',
  'tweet-gone': 'It was deleted, or the bot may not see it.',
  'over-budget': 'The money for today, or for its author, is spent.',
  'conversation-limit': 'The bot has replied often enough in this conversation today.',
  'job-gone': 'Its stored photos are gone.',
  'rate-limited': 'X wants the bot to wait.',
  unreachable: 'X cannot be reached.',
  'no-credits': 'The account at X has no credits left.',
  unauthorized: 'X does not accept the bot’s keys.',
  unexplained: 'X refused without a reason that is about the tweet.',
  busy: 'Another run is working on it.',
  ambiguous: 'A reply may have been posted. The bot looks for it before it posts again.',
  stopped: 'Posting is stopped.',
  'post-limit': 'X’s limit on posts is used up.',
  'reply-not-allowed': 'X does not allow this reply.',
  rejected: 'X does not take these words.',
  'media-invalid': 'X does not take the images of the reply, or has them no more.',
  duplicate: 'X calls the reply a duplicate, whatever its words.',
}
