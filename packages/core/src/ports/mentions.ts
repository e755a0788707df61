import type { Tweet } from '../tweet.js'
import type { Later, Locked } from './social-client.js'

/** The tweets that mention the bot, by asking X: for what was not delivered. */
export interface Mentions {
  /**
   * Those after the tweet `sinceId`, or where that is not known those since `from` (epoch milliseconds), oldest first.
   * Not all at once where there are many: whoever asks again from the last of them gets the rest.
   */
  since(after: { readonly sinceId?: string; readonly from: number }): Promise<MentionsResult>
}

/** What X listed. */
export type MentionsResult = { readonly kind: 'found'; readonly tweets: readonly Tweet[] } | Later | Locked
