import type { Tweet } from '../tweet.js'
import type { Later, Locked } from './social-client.js'

/** The tweets that mention the bot, by asking X: for what was not delivered. */
export interface Mentions {
  /**
   * Those after the tweet `sinceId`, or where that is not known those since `from` (epoch milliseconds), oldest first.
   * Of many X lists the newest 800.
   */
  since(after: { readonly sinceId?: string; readonly from: number }): Promise<MentionsResult>
}

/** What X listed. */
export type MentionsResult =
  | {
      readonly kind: 'found'
      readonly tweets: readonly Tweet[]
      /** How many X listed besides that are no tweets as it describes them. */
      readonly unreadable: number
    }
  | Later
  | Locked
