import type { Tweet } from '../domain/tweet.js'
import type { Deferral, Locked } from './social-client.js'

/** The tweets that mention the bot, by asking X: for what was not delivered. */
export interface Mentions {
  /**
   * One page of those after the tweet `sinceId`, or where that is not known since `from` (epoch milliseconds): `most` of
   * them, 5 to 100, or fewer. The newest come first; `page` is what the page before said is `next`. X lists 800 at most.
   */
  since(after: MentionsQuery): Promise<MentionsResult>
}

/** From when on mentions are listed, and how many at most. */
export interface MentionsQuery {
  readonly sinceId?: string
  readonly from: number
  readonly most: number
  readonly page?: string
}

/** What X listed. */
export type MentionsResult =
  | {
      readonly kind: 'found'
      readonly tweets: readonly Tweet[]
      /** How many X listed besides that are no tweets as it describes them. */
      readonly unreadable: number
      /** Where there are older ones: what to ask for them with. */
      readonly next?: string
    }
  | Deferral
  | Locked
