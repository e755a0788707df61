/**
 * Records the tweets that arrived and their outcomes, for the bot's operator. The bot itself never reads the journal.
 * It contains no tweet texts. Entries are kept for `TIMES.journal`, at most the newest `MOST_ENTRIES`.
 */
export interface Journal {
  /** Records the outcome of a tweet, as `noteEntry` says. A final outcome counts toward the UTC day of `entry.at`. */
  note(entry: JournalEntry): Promise<void>
  /** Returns at most `most` entries, those whose tweets arrived last, newest first. */
  recent(most: number): Promise<readonly JournalEntry[]>
  /** Returns the totals of each day from `since` (ISO 8601) on, oldest first. Omits days without any. */
  days(since: string): Promise<readonly JournalDay[]>
  /** Removes every entry of this author. Keeps the daily totals of final outcomes, which identify nobody. */
  forgetAuthor(authorId: string): Promise<void>
  /** Permanently removes every entry and every total. */
  removeAll(): Promise<void>
}

/** A final outcome of a tweet: nothing more happens for it. */
export type JournalEnd = 'replied' | 'ignored' | 'refused' | 'unresolved'

/** The latest outcome of one tweet, edits included. */
export interface JournalEntry {
  /** The first id of its edit history. */
  readonly tweetId: string
  readonly authorId: string
  /** The author's handle, if it is known. */
  readonly username?: string
  /** The time of this outcome, epoch milliseconds. */
  readonly at: number
  /** A `failed` tweet is retried until it becomes a dead letter. */
  readonly kind: JournalEnd | 'job-stored' | 'deferred' | 'failed'
  readonly reason?: string
  /** Truncated to `LONGEST_DETAIL` characters. */
  readonly detail?: string
  /** The id of the bot's reply, if there is one. */
  readonly replyId?: string
  /** When a deferred tweet is retried, epoch milliseconds. */
  readonly until?: number
  /** The cost of the tweet so far, in micro-dollars. */
  readonly cost: number
}

/** How many tweets had each final outcome on one day, and what they cost in micro-dollars. */
export interface JournalDay extends Readonly<Record<JournalEnd, number>> {
  /** ISO 8601, UTC. */
  readonly day: string
  /** How many entries of this day are `failed` now. A tweet that ends otherwise after a retry is no longer among them. */
  readonly failed: number
  readonly cost: number
}
