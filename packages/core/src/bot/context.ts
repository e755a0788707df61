import type { Tweet, TweetAuthor } from '../domain/tweet.js'
import type { ReplyImage } from '../reply/images.js'
import type { Job } from './definition.js'

/** What a handler gets: one tweet that may be answered, and the ways to respond to it. */
export interface Context {
  /** The tweet, as far as it is known. A look-up at X costs money, and happens only for a handler that needs one. */
  readonly tweet: Tweet
  /** The author of the tweet. The username may be missing, because X does not always send it. */
  readonly author: TweetAuthor
  /** The text of the tweet, without the leading mentions and without the bot's name. */
  readonly text: string
  /** What follows the command's name, or the whole text if there is no command. */
  readonly args: string
  /** The outcome of the tweet so far. Useful after `await next()`. */
  readonly outcome: HandlerOutcome | undefined
  readonly log: Log
  /** Aborts 15 seconds before the run's 30 seconds are over. Use `defer` for slow work. */
  readonly signal: Signal
  /** Epoch milliseconds. */
  now(): number
  /**
   * Returns a whole number from 0 to n - 1. It depends on the tweet: a handler that runs again, after a crash or an outage
   * of X, draws the same numbers.
   */
  random(n: number): number
  /**
   * Replies to the tweet, once. Do all other work before the reply: code after it may never run, and the handler may run
   * again until the reply's text is on record.
   *
   * @throws ReplyContentError with every fault, if X would refuse the text or images, or if they would cost more than allowed
   * @throws BotError `ALREADY_REPLIED` on a second reply in one run
   */
  reply(content: ReplyContent): Promise<void>
  /** Durably stores a job for this tweet. It runs soon, and at least once. `data` is JSON of at most 64 kB. */
  defer<Data>(job: Job<Data>, data: Data): Promise<void>
  /** Ends the handling of the tweet without a reply. The reason is for the operator. */
  skip(reason: string): void
}

/** The context of a tweet with photos: its own, or those of the tweet that it replies to or quotes. */
export interface PhotoContext extends Context {
  readonly photos: readonly ContextPhoto[]
}

/** One photo of a tweet. */
export interface ContextPhoto {
  readonly url: string
  /** The alt text by its author. */
  readonly alt?: string
  /** Fetches the photo: a JPEG, PNG or WebP. @throws BotError `PHOTO_GONE` if the photo no longer exists */
  bytes(): Promise<Uint8Array>
}

/**
 * What to reply. A function returns a different wording for each number, from 0; the next one is used if X rejects a reply
 * as a duplicate of a recent one. A plain text gets the time appended in that case, unless it is `exact`.
 */
export type ReplyContent = string | ((variant: number) => string) | ReplyText

/** A reply's text and images, and whether the text may be changed. */
export interface ReplyText {
  readonly text: string
  /** Up to four. The reply is posted with all of them or not at all. */
  readonly images?: readonly ReplyImage[]
  /** Never change the text. If X rejects it as a duplicate, the tweet gets no reply. */
  readonly exact?: boolean
}

/** The outcome of a tweet. */
export type HandlerOutcome =
  | { readonly kind: 'replied'; readonly replyId: string; readonly text: string }
  | { readonly kind: 'refused' | 'ignored' | 'deferred'; readonly reason: string; readonly detail?: string }
  | { readonly kind: 'unresolved'; readonly detail: string }
  | { readonly kind: 'job-stored'; readonly jobKey: string }

/** The log for a bot's handlers. Write no secrets to it. */
export interface Log {
  /** Logs information. `details` is written beside the message. */
  info(message: string, details?: unknown): void
  /** Logs something that an operator should look at. */
  warn(message: string, details?: unknown): void
}

/** An `AbortSignal`, if the type environment has one. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : { readonly aborted: boolean; readonly reason: unknown }
