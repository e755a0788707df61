/**
 * What came and what became of it, for the person who looks after the bot. Nothing is decided by it, and nobody's words
 * are in it. Entries are kept for `TIMES.journal`, and the newest `MOST_ENTRIES` of them.
 */
export interface Journal {
  /** Writes down what became of a tweet, as `noteEntry` says. Days are those of `entry.at`, UTC. */
  note(entry: JournalEntry): Promise<void>
  /** The newest `most` entries, by when the tweet first came. */
  recent(most: number): Promise<readonly JournalEntry[]>
  /** What ended on each day since `day` (ISO 8601), oldest first. A day on which nothing ended is left out. */
  days(since: string): Promise<readonly JournalDay[]>
  /** Removes every entry that names this person. The sums of days name nobody, and stay. */
  forgetAuthor(authorId: string): Promise<void>
  /** Removes every entry and every sum. */
  removeAll(): Promise<void>
}

/** How a tweet ends: nothing more happens for it. */
export type JournalEnd = 'replied' | 'ignored' | 'refused' | 'unresolved'

/** What became of one tweet, edits included. */
export interface JournalEntry {
  /** The first id of its edit history. */
  readonly tweetId: string
  readonly authorId: string
  /** The author's handle, where it is known. */
  readonly username?: string
  /** When this became of it, epoch milliseconds. */
  readonly at: number
  /** Of those that are no end, `failed` is tried again until it is a dead letter. */
  readonly kind: JournalEnd | 'job-stored' | 'deferred' | 'failed'
  readonly reason?: string
  /** At most `LONGEST_DETAIL` characters are kept. */
  readonly detail?: string
  /** The bot's reply, where there is one. */
  readonly replyId?: string
  /** When a deferred tweet is looked at again, epoch milliseconds. */
  readonly until?: number
  /** What it has cost so far, in micro-dollars. */
  readonly cost: number
}

/** How many tweets ended on a day, how, and what they cost in micro-dollars. */
export interface JournalDay extends Readonly<Record<JournalEnd, number>> {
  /** ISO 8601, UTC. */
  readonly day: string
  readonly cost: number
}
