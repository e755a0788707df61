/** Records the replies that the bot has posted or may have posted, so that each tweet gets at most one. */
export interface ReplyLedger {
  /** Returns the entry of the key, or `undefined` if there is none. */
  find(key: ReplyKey): Promise<LedgerEntry | undefined>
  /**
   * Claims the key and records what is about to be posted, in one conditional write. If many claim at once, one wins.
   *
   * - no entry: `acquired`, and one try is recorded
   * - this owner's lease is running: `acquired`, and one more try is recorded, with the new intent
   * - another owner's lease is running: `held`
   * - a lease has expired: `expired`, with the recorded intent. The caller gets the lease, but no try is recorded
   * - settled: `settled`
   */
  claim(key: ReplyKey, claim: ReplyClaim): Promise<ClaimResult>
  /**
   * Records the outcome and drops the text. The first writer wins, even one that has lost its lease. Returns the
   * outcome that won.
   */
  settle(key: ReplyKey, outcome: SettledOutcome, now: number): Promise<SettledOutcome>
  /**
   * Ends the lease and removes the owner's last recorded try. Use it if that try certainly posted nothing. If no try is
   * left, the entry is removed. Does nothing if the owner does not hold the lease.
   *
   * Pass `inDoubtUntil` (epoch milliseconds) if that try may have posted: the try then stays recorded, even after later
   * releases, and the lease ends at that time, or at its own end if that comes first.
   */
  release(key: ReplyKey, owner: string, inDoubtUntil?: number): Promise<void>
  /**
   * Settles as `skipped` every reply to this person's tweets that is claimed but not settled, so that no text is left.
   * The bot no longer checks whether it was posted. A claim without an author counts as this person's once its lease
   * has expired.
   */
  forgetAuthor(authorId: string, now: number): Promise<void>
  /** Permanently forgets every reply. Set `KillSwitch.answerFrom` first, or redelivered tweets are answered again. */
  removeAll(): Promise<void>
}

/**
 * The key of an entry. For a reply, `about` is the first id of the tweet's edit history. Other entries put a prefix
 * such as `conversation:` or `labels:` before an id.
 */
export interface ReplyKey {
  readonly botId: string
  readonly about: string
}

/** A reply that is about to be posted, and the tweet that it answers. */
export interface ReplyIntent {
  readonly tweetId: string
  readonly text: string
  /** The id of the tweet's author. Claims recorded before November 2026 lack it. */
  readonly authorId?: string
  /** The media ids of its images, in order. A retry must post the same images. */
  readonly mediaIds?: readonly string[]
  /** When the first of the media ids expires at X, epoch milliseconds. */
  readonly mediaExpireAt?: number
}

/** Who claims a reply, for how long, and what is about to be posted. `owner` is unique to one run. */
export interface ReplyClaim {
  readonly owner: string
  readonly intent: ReplyIntent
  readonly now: number
  /** When the lease ends, epoch milliseconds. */
  readonly until: number
}

/** The result of a claim. */
export type ClaimResult =
  | { readonly kind: 'acquired' }
  /** Up to `tries` posts may have been made since `since`, the `now` of the first claim. */
  | { readonly kind: 'expired'; readonly intent: ReplyIntent; readonly since: number; readonly tries: number }
  | { readonly kind: 'held'; readonly until: number }
  | { readonly kind: 'settled'; readonly outcome: SettledOutcome }

/** The entry of a reply: a claim, running or expired, or its outcome. */
export type LedgerEntry =
  | { readonly kind: 'claimed'; readonly intent: ReplyIntent; readonly until: number; readonly tries: number }
  | { readonly kind: 'settled'; readonly outcome: SettledOutcome; readonly at: number }

/** The final outcome of a reply. */
export type SettledOutcome =
  | { readonly kind: 'replied'; readonly replyId: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly detail: string }
  /** Two posts may have been made, but none was found. The bot stops trying and raises an alarm. */
  | { readonly kind: 'unresolved'; readonly detail: string }
  /** There will be no reply, for example because the tweet is too old or its author was forgotten. See `reason`. */
  | { readonly kind: 'skipped'; readonly reason: string }
  /** For a conversation: the bot asked for a photo in reply to the tweet with this first id, and does not ask again. */
  | { readonly kind: 'photo-asked-for'; readonly firstId: string }
