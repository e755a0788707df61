import type { Tweet } from '../domain/tweet.js'
import type { Deferral, Locked } from './social-client.js'

/** Lists the tweets that mention the bot, to find those that X did not deliver. */
export interface Mentions {
  /**
   * Lists one page of mentions, newest first: those after the tweet `sinceId` or, if it is absent, those since `from`
   * (epoch milliseconds). A page has at most `most` mentions, 5 to 100. `page` is the `next` of the previous page. X
   * lists at most 800 in all.
   */
  since(after: MentionsQuery): Promise<MentionsResult>
}

/** Which mentions to list, and how many at most. */
export interface MentionsQuery {
  readonly sinceId?: string
  readonly from: number
  readonly most: number
  readonly page?: string
}

/** A page of mentions, or why there is none now. */
export type MentionsResult =
  | {
      readonly kind: 'found'
      readonly tweets: readonly Tweet[]
      /** How many more tweets X listed that could not be decoded. */
      readonly unreadable: number
      /** The `page` to request next, if there are older mentions. */
      readonly next?: string
    }
  | Deferral
  | Locked
