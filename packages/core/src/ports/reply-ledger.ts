/** Remembers what the bot replied, and what it may have: the guard of "one reply, exactly". */
export interface ReplyLedger {
  /** What is known of the key; `undefined` where nothing is. */
  find(key: ReplyKey): Promise<LedgerEntry | undefined>
  /**
   * Claims the key and records what is about to be posted, in one conditional write; of many that claim at once, one
   * wins.
   *
   * - nothing known of the key: `acquired`, one try recorded
   * - the same owner, its lease running: `acquired`, one more try recorded, with the new intent
   * - another owner, its lease running: `held`
   * - a lease has run out: `expired`, with the intent as recorded; the lease passes to the caller, no try is recorded
   * - settled: `settled`
   */
  claim(key: ReplyKey, claim: ReplyClaim): Promise<ClaimResult>
  /**
   * Records the end. The first writer wins, even one whose lease is lost; what won is returned. The text is dropped.
   */
  settle(key: ReplyKey, outcome: SettledOutcome, now: number): Promise<SettledOutcome>
  /**
   * The owner's last recorded try certainly posted nothing. That try is taken back and the lease ends; with no try
   * left, nothing is known of the key any more. Nothing happens where the owner does not hold the lease.
   *
   * With `inDoubtUntil` (epoch milliseconds) that try may have posted: it stays recorded, whatever is released later, and
   * the lease ends then, or sooner where it was to end sooner.
   */
  release(key: ReplyKey, owner: string, inDoubtUntil?: number): Promise<void>
  /**
   * Ends every reply to this person's tweets that is claimed and not settled, as `skipped`, so that no text is left: what
   * may have been posted is not looked for any more. A claim that does not say whose tweet it is for is one of theirs,
   * once its lease has run out.
   */
  forgetAuthor(authorId: string, now: number): Promise<void>
  /** Forgets every reply, for good: whatever comes again is answered again. */
  removeAll(): Promise<void>
}

/** `about` is the first id of a tweet's edit history, or `conversation:` and the id of one. */
export interface ReplyKey {
  readonly botId: string
  readonly about: string
}

/** What is about to be posted, to which tweet. */
export interface ReplyIntent {
  readonly tweetId: string
  readonly text: string
  /** Whose tweet it is. Claims recorded before November 2026 lack it. */
  readonly authorId?: string
  /** Its images, in their order: a post without them is another reply. */
  readonly mediaIds?: readonly string[]
  /** When X forgets the first of them, epoch milliseconds. */
  readonly mediaExpireAt?: number
}

/** Who claims a reply, for how long, and what is about to be posted. `owner` is an id of one run alone. */
export interface ReplyClaim {
  readonly owner: string
  readonly intent: ReplyIntent
  readonly now: number
  /** When the lease ends, epoch milliseconds. */
  readonly until: number
}

/** What a claim got. */
export type ClaimResult =
  | { readonly kind: 'acquired' }
  /** `tries` posts may have been made since `since`, which is when the first of them was claimed: the `now` of its claim. */
  | { readonly kind: 'expired'; readonly intent: ReplyIntent; readonly since: number; readonly tries: number }
  | { readonly kind: 'held'; readonly until: number }
  | { readonly kind: 'settled'; readonly outcome: SettledOutcome }

/** What is known of a reply: a claim, running or run out, or its end. */
export type LedgerEntry =
  | { readonly kind: 'claimed'; readonly intent: ReplyIntent; readonly until: number; readonly tries: number }
  | { readonly kind: 'settled'; readonly outcome: SettledOutcome; readonly at: number }

/** How it ended, for good. */
export type SettledOutcome =
  | { readonly kind: 'replied'; readonly replyId: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly detail: string }
  /** Two posts may have been made and none was found: left alone, with an alarm. */
  | { readonly kind: 'unresolved'; readonly detail: string }
  /** A handler was reached and did not reply: too old meanwhile, over budget, forgotten. `reason` says which. */
  | { readonly kind: 'skipped'; readonly reason: string }
  /** Of a conversation: in it, a photo was asked for under the tweet with this first id, and is not asked for again. */
  | { readonly kind: 'photo-asked-for'; readonly firstId: string }
