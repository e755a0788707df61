import type { Deferral, Locked } from './social-client.js'

/** Lists the bot's own tweets, to find replies that its ledger has lost. */
export interface OwnTweets {
  /**
   * Lists one page of tweets since `from` (epoch milliseconds), newest first. A page has at most `most` tweets, 5 to
   * 100. `page` is the `next` of the previous page. X lists at most 3,200 in all.
   */
  ownTweets(query: OwnTweetsQuery): Promise<OwnTweetsResult>
}

/** Which of the bot's tweets to list, and how many at most. */
export interface OwnTweetsQuery {
  readonly from: number
  readonly most: number
  readonly page?: string
}

/** One of the bot's own tweets. `inReplyToId` is absent only if X says that the tweet is not a reply. */
export interface OwnTweet {
  readonly id: string
  readonly inReplyToId?: string
}

/** A page of the bot's tweets, or why there is none now. */
export type OwnTweetsResult =
  | {
      readonly kind: 'found'
      readonly tweets: readonly OwnTweet[]
      /** The `page` to request next, if there are older tweets. */
      readonly next?: string
    }
  | Deferral
  | Locked
