import type { Deferral, Locked } from './social-client.js'

/** The bot's own tweets, by asking X: for replies that its ledger has lost. */
export interface OwnTweets {
  /**
   * One page of those since `from` (epoch milliseconds): `most` of them, 5 to 100, or fewer. The newest come first; `page`
   * is what the page before said is `next`. X lists 3,200 at most.
   */
  ownTweets(query: OwnTweetsQuery): Promise<OwnTweetsResult>
}

/** From when on own tweets are listed, and how many at most. */
export interface OwnTweetsQuery {
  readonly from: number
  readonly most: number
  readonly page?: string
}

/** One of the bot's own tweets. `inReplyToId` is missing only where X says that it is no reply. */
export interface OwnTweet {
  readonly id: string
  readonly inReplyToId?: string
}

/** What X listed. */
export type OwnTweetsResult =
  | {
      readonly kind: 'found'
      readonly tweets: readonly OwnTweet[]
      /** Where there are older ones: what to ask for them with. */
      readonly next?: string
    }
  | Deferral
  | Locked
