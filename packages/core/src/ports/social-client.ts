import type { ImageType } from '../domain/photo-type.js'
import type { Tweet } from '../domain/tweet.js'

/** Calls X as the bot's own account. Every call has a time limit. If a call throws, its outcome is unknown. */
export interface SocialClient {
  /**
   * Posts `text` as a reply to the tweet, with up to four images, given by their ids from `uploadImage`, in that order.
   * X itself puts the author's name in front. A reply with images is posted with all of them or not at all.
   */
  reply(tweetId: string, text: string, mediaIds?: readonly string[]): Promise<PostResult>
  /**
   * Uploads an image for a later reply. It is invisible until then, so a failed upload may be retried. Resolves when X
   * has processed the image and stored its alt text.
   */
  uploadImage(image: ImageUpload): Promise<UploadResult>
  /**
   * Looks up a tweet, with its author's id, media and mentions. Its `media` is never `unknown`. The author's username
   * and the quoted tweet's author may be absent, because X charges for them: keep those from the event.
   */
  tweet(id: string): Promise<TweetLookup>
  /** Finds the bot's own reply to exactly this tweet, in the bot's timeline since that tweet. */
  findOwnReply(tweetId: string): Promise<OwnReplyLookup>
  /** Returns the account that the bot posts as. */
  me(): Promise<{ readonly id: string; readonly username: string }>
}

/** The result of a post. Except for `posted` and `ambiguous`, this call certainly posted nothing. */
export type PostResult =
  | { readonly kind: 'posted'; readonly id: string }
  /** X will never accept this reply. */
  | { readonly kind: 'refused'; readonly reason: PostRefusal; readonly detail: string }
  /** The account has posted the same text a short while ago. */
  | { readonly kind: 'duplicate'; readonly detail: string }
  | Deferral
  | Locked
  /** X refused for a reason that has nothing to do with this tweet, such as an app without permission, or a proxy. */
  | { readonly kind: 'unexplained'; readonly detail: string }
  /**
   * X may have posted the reply. If `answered`, X returned a complete 5xx response, so it has finished with the
   * request. Otherwise the call timed out, the connection was cut, or the response is unreadable.
   */
  | { readonly kind: 'ambiguous'; readonly detail: string; readonly answered?: boolean }

/**
 * Why X will never accept a reply: its rules on replies forbid it, the tweet is gone, the images are expired, unknown
 * or too many, or the text is rejected.
 */
export type PostRefusal = 'reply-not-allowed' | 'tweet-gone' | 'media-invalid' | 'rejected'

/** An image for a reply: at most 5 MB, each side from 4 to 8192 pixels. */
export interface ImageUpload {
  readonly bytes: Uint8Array
  readonly type: ImageType
  /** The alt text: 1 to 1,000 characters. */
  readonly alt: string
}

/** The result of an upload. */
export type UploadResult =
  /** Posts can use the image until `expiresAt` (epoch milliseconds), usually for a day. */
  | { readonly kind: 'uploaded'; readonly mediaId: string; readonly expiresAt: number }
  /** X will never accept this image. */
  | { readonly kind: 'refused'; readonly reason: UploadRefusal; readonly detail: string }
  | Deferral
  | Locked

/**
 * Why X will never accept an image: its alt text, its bytes (wrong type or size, or broken), or a processing failure.
 */
export type UploadRefusal = 'alt-text' | 'rejected' | 'processing-failed'

/** The call cannot succeed now. `until` (epoch milliseconds) is present if X or the network named a time. */
export interface Deferral {
  readonly kind: 'deferred'
  readonly reason: 'rate-limited' | 'no-credits' | 'unauthorized' | 'unreachable'
  readonly until?: number
  readonly detail: string
}

/** The account or the app is locked, suspended or flagged. The bot must not call X until a person has checked. */
export interface Locked {
  readonly kind: 'locked'
  readonly code: number
  readonly detail: string
}

/** The result of a look-up. */
export type TweetLookup =
  | { readonly kind: 'found'; readonly tweet: Tweet }
  /** The tweet is deleted, protected, or never existed. X does not always say which. */
  | { readonly kind: 'gone'; readonly detail: string }
  | Deferral
  | Locked

/** Whether the bot's timeline has a reply. `absent` may only mean that X does not list it yet. */
export type OwnReplyLookup =
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'absent' }
  | Deferral
  | Locked
