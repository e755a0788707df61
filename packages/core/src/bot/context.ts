import type { Tweet, TweetAuthor } from '../domain/tweet.js'
import type { ReplyImage } from '../reply/images.js'
import type { Job } from './definition.js'

/** What a handler works with: one tweet that may be answered, and what can be done about it. */
export interface Context {
  /** The tweet, as far as it is known: a look-up at X costs money and is made only for a handler that needs one. */
  readonly tweet: Tweet
  /** Who wrote it. The name may be missing: X does not always send it. */
  readonly author: TweetAuthor
  /** What the author says, without the names in front and without the bot's. */
  readonly text: string
  /** What follows the name of the command; all of the text where there is none. */
  readonly args: string
  /** What has become of the tweet so far: for what comes after `await next()`. */
  readonly outcome: HandlerOutcome | undefined
  readonly log: Log
  /** Is aborted when this run ends soon: on AWS 15 seconds before the function does. Leave slow work to `defer`. */
  readonly signal: Signal
  /** Epoch milliseconds. */
  now(): number
  /**
   * A whole number from 0 to n - 1. It follows from the tweet: a handler that runs again, because of a crash or because X
   * was not there, draws the same numbers.
   */
  random(n: number): number
  /**
   * Replies to the tweet, once. Do what must happen before it: what follows it may never run, and the handler may run again
   * until the words are on record.
   *
   * @throws ReplyContentError with every fault, where X would refuse these words or images, or they would cost more than allowed
   * @throws BotError `ALREADY_REPLIED` for a second reply in one run
   */
  reply(content: ReplyContent): Promise<void>
  /** Stores a job for this tweet, durably, to be done soon and at least once. `data` is JSON of 64 kB at most. */
  defer<Data>(job: Job<Data>, data: Data): Promise<void>
  /** Ends the matter without a reply. The reason is for the operator. */
  skip(reason: string): void
}

/** A tweet with photos, its own or those of the tweet that it asks about. */
export interface PhotoContext extends Context {
  readonly photos: readonly ContextPhoto[]
}

/** One photo of a tweet. */
export interface ContextPhoto {
  readonly url: string
  /** What its author says of it. */
  readonly alt?: string
  /** Fetches it: JPEG, PNG or WebP. @throws BotError `PHOTO_GONE` where there is no such photo any more */
  bytes(): Promise<Uint8Array>
}

/**
 * What to reply. A function gives the same in other words for each number, from 0: they are used in turn where X calls a
 * reply a duplicate of a recent one. A plain text gets the time added then, unless it is `exact`.
 */
export type ReplyContent = string | ((variant: number) => string) | ReplyText

/** A text, its images, and whether the text may be changed. */
export interface ReplyText {
  readonly text: string
  /** Up to four. The reply is posted with all of them or not at all. */
  readonly images?: readonly ReplyImage[]
  /** Never to be changed: where X calls it a duplicate, the tweet gets no reply. */
  readonly exact?: boolean
}

/** What has become of a tweet. */
export type HandlerOutcome =
  | { readonly kind: 'replied'; readonly replyId: string; readonly text: string }
  | { readonly kind: 'refused' | 'ignored' | 'deferred'; readonly reason: string; readonly detail?: string }
  | { readonly kind: 'unresolved'; readonly detail: string }
  | { readonly kind: 'job-stored'; readonly jobKey: string }

/** Where a bot's author writes to. No secrets. */
export interface Log {
  /** What is worth knowing. `details` is written beside the message. */
  info(message: string, details?: unknown): void
  /** What an operator should look at. */
  warn(message: string, details?: unknown): void
}

/** An `AbortSignal`, where the language's surroundings have one. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Known } }
  ? Known
  : { readonly aborted: boolean; readonly reason: unknown }
