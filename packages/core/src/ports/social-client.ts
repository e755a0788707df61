import type { ImageType } from '../domain/photo-type.js'
import type { Tweet } from '../domain/tweet.js'

/** X as the bot's own account. Every call has a time limit; a throw means that it is not known what happened. */
export interface SocialClient {
  /**
   * Posts `text` as a reply to the tweet, with up to four images that `uploadImage` gave ids for, in their order. X addresses
   * the author by itself. A reply with images is posted with all of them or not at all.
   */
  reply(tweetId: string, text: string, mediaIds?: readonly string[]): Promise<PostResult>
  /**
   * Gives X an image for one of the next replies. Nobody sees it before, so a call that failed may be made again. Resolves
   * when X has processed the image and knows its alt text.
   */
  uploadImage(image: ImageUpload): Promise<UploadResult>
  /**
   * The tweet with its author's id, media and mentions; its `media` is never `unknown`. The author's name and whose tweet it
   * quotes may be missing, for X charges for them: keep those that the event told.
   */
  tweet(id: string): Promise<TweetLookup>
  /** The bot's own reply to exactly this tweet, looked for in its own timeline since that tweet. */
  findOwnReply(tweetId: string): Promise<OwnReplyLookup>
  /** The account that the bot posts as. */
  me(): Promise<{ readonly id: string; readonly username: string }>
}

/** What became of a post. All but `posted` and `ambiguous` are certain: this call posted nothing. */
export type PostResult =
  | { readonly kind: 'posted'; readonly id: string }
  /** X will not take this reply, now or later. */
  | { readonly kind: 'refused'; readonly reason: PostRefusal; readonly detail: string }
  /** X has seen these words from this account a short while ago. */
  | { readonly kind: 'duplicate'; readonly detail: string }
  | Deferral
  | Locked
  /** X refused, and what it said is not about this tweet or its conversation: an app without rights, a proxy. */
  | { readonly kind: 'unexplained'; readonly detail: string }
  /**
   * X may have posted. `answered`: X's answer came whole and was 5xx, so that X is done with it; else time ran out, the
   * connection was cut, or the answer is unreadable.
   */
  | { readonly kind: 'ambiguous'; readonly detail: string; readonly answered?: boolean }

/**
 * Why X will not take a reply, ever: the rules on replies, a tweet that is gone, images that have expired, that it does not
 * know or that are too many, or words that it does not take.
 */
export type PostRefusal = 'reply-not-allowed' | 'tweet-gone' | 'media-invalid' | 'rejected'

/** An image for a reply, as X takes it: at most 5 MB, each side from 4 to 8192 pixels. */
export interface ImageUpload {
  readonly bytes: Uint8Array
  readonly type: ImageType
  /** What the image shows, for those who cannot see it: 1 to 1,000 characters. */
  readonly alt: string
}

/** What became of an upload. */
export type UploadResult =
  /** Posts may name the image until `expiresAt`, epoch milliseconds: a day, as a rule. */
  | { readonly kind: 'uploaded'; readonly mediaId: string; readonly expiresAt: number }
  /** X will not take this image, now or later. */
  | { readonly kind: 'refused'; readonly reason: UploadRefusal; readonly detail: string }
  | Deferral
  | Locked

/** Why X will not take an image, ever: its alt text, its bytes (type, size, broken), or that X failed to process it. */
export type UploadRefusal = 'alt-text' | 'rejected' | 'processing-failed'

/** Not now. `until` is epoch milliseconds, where X or the network said when. */
export interface Deferral {
  readonly kind: 'deferred'
  readonly reason: 'rate-limited' | 'no-credits' | 'unauthorized' | 'unreachable'
  readonly until?: number
  readonly detail: string
}

/** The account or the app is locked, suspended or flagged: nothing may be asked of X until a person has looked. */
export interface Locked {
  readonly kind: 'locked'
  readonly code: number
  readonly detail: string
}

/** What became of looking a tweet up. */
export type TweetLookup =
  | { readonly kind: 'found'; readonly tweet: Tweet }
  /** Deleted, protected, or never there: X does not always tell which. */
  | { readonly kind: 'gone'; readonly detail: string }
  | Deferral
  | Locked

/** Whether the bot has replied, as far as X lists it. */
export type OwnReplyLookup =
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'absent' }
  | Deferral
  | Locked
