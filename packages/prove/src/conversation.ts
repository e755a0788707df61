/** The photos that people in a conversation post. Their keywords say what they show, for a labeler that reads keywords. */
export type PhotoName = 'dog' | 'bird' | 'plant' | 'nothing'

/** A photo in a tweet, with what its author says of it. */
export interface ShownPhoto {
  readonly shows: PhotoName
  readonly alt?: string
}

/**
 * One thing that happens in a conversation. Plain data, so that it can be shortened, saved and told again. `id` names a
 * tweet for later moves; a move whose tweet is not there is skipped. `@bot` in a text is the bot's name. What the bot has to
 * do is done at each `wait`, and after the last move.
 */
export type Move =
  /** Somebody tweets. `to` and `quotes` are an `id`, or `bot` for the bot's last tweet. `name` is the display name of the author. */
  | {
      readonly do: 'tweet'
      readonly id: string
      readonly as: string
      readonly text: string
      /** So many emoji more, each of weight 2 and 27 bytes. X takes posts of weight 25,000 from those who pay for it. */
      readonly padding?: number
      readonly photos?: readonly ShownPhoto[]
      readonly to?: string
      readonly quotes?: string
      readonly name?: string
    }
  /** The author edits a tweet, once. Without `photos` it keeps those it has. */
  | { readonly do: 'edit'; readonly tweet: string; readonly text: string; readonly photos?: readonly ShownPhoto[] }
  /** The author deletes a tweet. */
  | { readonly do: 'delete'; readonly tweet: string }
  /** Somebody blocks the bot. */
  | { readonly do: 'block'; readonly as: string }
  | { readonly do: 'wait'; readonly seconds: number }
  /** X delivers what it told of a tweet once more. */
  | { readonly do: 'deliver-again'; readonly tweet: string }
  /** The next deliveries never come, so the bot has to ask X. With `listsLate` X lists the next tweet only after the next wait. */
  | { readonly do: 'lose-delivery'; readonly times: number; readonly listsLate?: boolean }
  /** One person tweets almost the same thing so many times. */
  | { readonly do: 'flood'; readonly as: string; readonly text: string; readonly times: number }
  /** Another bot answers each of the bot's replies, beginning with the one to a tweet, so many times at most. */
  | {
      readonly do: 'answer-back'
      readonly as: string
      readonly to: string
      readonly text: string
      readonly times: number
    }
  /** X answers the next such calls like this, without an effect unless the connection is cut after it. */
  | {
      readonly do: 'x-answers'
      readonly to: 'post' | 'look-up' | 'upload'
      readonly with: XAnswer
      readonly times: number
    }
  /** X is well again. */
  | { readonly do: 'x-recovers' }

/**
 * What X answers: 429 with the time at which to come back, or without one; 503; 403 without a reason; 403 because the account
 * is locked; 402 because there are no credits; nothing, with the effect done.
 */
export type XAnswer =
  | 'rate-limit'
  | 'rate-limit-without-time'
  | 'unavailable'
  | 'forbidden'
  | 'locked'
  | 'no-credits'
  | 'cut-after'

/** A conversation of the author's own. */
export interface Story {
  readonly name: string
  readonly moves: readonly Move[]
}

/** How X, the machine and the photos are in one run. */
export interface Conditions {
  /** In which words X tells the webhook of tweets. */
  readonly dialects: 'x-activity' | 'account-activity' | 'both'
  /** X takes the same words twice, so that nothing but the bot's own care prevents a second reply. */
  readonly takesSameWords?: boolean
  /** X does not list a reply when the bot first looks for it. */
  readonly listsLate?: boolean
  /** Which of the calls that wait goes on next is drawn, not the first. */
  readonly anyOrder?: boolean
  /** The process dies after its first call, the next one after its second, and so on. */
  readonly diesAgainAndAgain?: boolean
  /** Labelers find instructions, mentions and links in photos. */
  readonly hostilePhotos?: boolean
}
