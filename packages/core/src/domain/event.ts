import type { Tweet } from './tweet.js'

/** An event from a delivery, the same for both dialects. Events that hexbird does not know are `unknown`. */
export type Event =
  | { readonly kind: 'tweet'; readonly tweet: Tweet }
  | TweetDeleted
  | Revoked
  | Message
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'malformed'; readonly name: string; readonly reason: string }

/** A deleted tweet. X sends this only for the subscribed account's own tweets. */
export interface TweetDeleted {
  readonly kind: 'tweet-deleted'
  readonly tweetId: string
  readonly authorId: string
  readonly botId: string
  /** Epoch milliseconds, if the delivery has it. */
  readonly at?: number
}

/** A person revoked the app's access: `user_event.revoke` or `oauth.revoke`. */
export interface Revoked {
  readonly kind: 'revoked'
  readonly userId: string
  readonly appId: string
  readonly at?: number
}

/** A direct message. `text` is absent if X sends it encrypted. */
export interface Message {
  readonly kind: 'message'
  readonly id: string
  readonly botId: string
  readonly senderId: string
  readonly text?: string
  readonly at?: number
}
