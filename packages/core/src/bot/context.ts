import type { Tweet, TweetAuthor } from '../domain/tweet.js'
import type { ReplyImage } from '../reply/images.js'
import type { Job } from './definition.js'

/** What a handler gets: one tweet that may be answered, and the ways to respond to it. */
export interface Context {
  /** The tweet, as far as it is known. A look-up at X costs money, so it happens only if a handler needs one. */
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
  /** Aborts 15 seconds before the run's 30-second timeout. Use `defer` for slow work. */
  readonly signal: Signal
  /** Returns the current time in epoch milliseconds. */
  now(): number
  /**
   * Returns a whole number from 0 to n - 1. It depends on the tweet: a handler that runs again, after a crash or an
   * outage of X, draws the same numbers.
   */
  random(n: number): number
  /**
   * Replies to the tweet, once. Do all other work before the reply: code after it may never run, and the handler may
   * run again until the reply's text is on record. If the content has faults, nothing happens, and the handler may
   * reply with something else. Any other failure makes the whole run fail, even if the handler catches the error.
   *
   * @throws ReplyContentError with every fault, if X would refuse the text or images, or if the text has a link,
   *   mention, hashtag or cashtag that the bot does not allow
   * @throws BotError `ALREADY_REPLIED` if this run has already replied, stored a job or skipped the tweet
   */
  reply(content: ReplyContent): Promise<void>
  /** Durably stores a job for this tweet. It runs soon, and at least once. `data` is JSON of at most 64 kB. */
  defer<Data>(job: Job<Data>, data: Data): Promise<void>
  /** Stops handling the tweet, without a reply. The reason is for the operator. */
  skip(reason: string): void
}

/** The context of a tweet with photos: its own, or those of the tweet that it replies to or quotes. */
export interface PhotoContext extends Context {
  readonly photos: readonly ContextPhoto[]
}

/** One photo of a tweet. */
export interface ContextPhoto {
  readonly url: string
  /** The author's alt text for the photo. */
  readonly alt?: string
  /** Fetches the photo: a JPEG or PNG. @throws BotError `PHOTO_GONE` if it no longer exists or cannot be used */
  bytes(): Promise<Uint8Array>
}

/**
 * What to reply. A function returns a different wording for each variant number, starting at 0. If X rejects a reply as
 * a duplicate of a recent one, the bot tries the next variant. If the text is not a function, the bot appends the time
 * instead, unless the text is `exact`.
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

/** The log for a bot's handlers. Never write secrets to it. */
export interface Log {
  /** Logs information. `details` is logged with the message. */
  info(message: string, details?: unknown): void
  /** Logs something that an operator should look at. */
  warn(message: string, details?: unknown): void
}

/** An `AbortSignal`, if the type environment has one. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : { readonly aborted: boolean; readonly reason: unknown }
