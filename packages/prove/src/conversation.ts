/**
 * The photos that people post in a conversation. Each has keywords that name what it shows, for a labeler that reads
 * them.
 */
export type PhotoName = 'dog' | 'bird' | 'plant' | 'nothing'

/** A photo in a tweet, with its alt text. */
export interface ShownPhoto {
  readonly shows: PhotoName
  readonly alt?: string
}

/**
 * One step of a conversation. Plain data, so that it can be shortened, saved and replayed. `id` names a tweet for later
 * moves; a move whose tweet does not exist is skipped. `@bot` in a text stands for a mention of the bot. The bot runs
 * at each `wait`, and after the last move.
 */
export type Move =
  /**
   * Somebody tweets. `to` and `quotes` are the `id` of another tweet, or `bot` for the bot's last tweet. `name` is the
   * author's display name.
   */
  | {
      readonly do: 'tweet'
      readonly id: string
      readonly as: string
      readonly text: string
      /** How many emoji to add, each of weight 2 and 27 bytes. X accepts posts of weight 25,000 from paying accounts. */
      readonly padding?: number
      readonly photos?: readonly ShownPhoto[]
      readonly to?: string
      readonly quotes?: string
      readonly name?: string
    }
  /** The author edits a tweet, which works once per tweet. Without `photos`, the tweet keeps its photos. */
  | { readonly do: 'edit'; readonly tweet: string; readonly text: string; readonly photos?: readonly ShownPhoto[] }
  /** The author deletes a tweet. */
  | { readonly do: 'delete'; readonly tweet: string }
  /** Somebody blocks the bot. */
  | { readonly do: 'block'; readonly as: string }
  | { readonly do: 'wait'; readonly seconds: number }
  /** X delivers a tweet again. */
  | { readonly do: 'deliver-again'; readonly tweet: string }
  /**
   * The next `times` deliveries are lost, so the bot has to poll X. With `listsLate`, X lists the next tweet only after
   * the next wait.
   */
  | { readonly do: 'lose-delivery'; readonly times: number; readonly listsLate?: boolean }
  /** One person tweets almost the same text `times` times. */
  | { readonly do: 'flood'; readonly as: string; readonly text: string; readonly times: number }
  /** Another bot answers each of the bot's replies, starting with the reply to the tweet `to`, at most `times` times. */
  | {
      readonly do: 'answer-back'
      readonly as: string
      readonly to: string
      readonly text: string
      readonly times: number
    }
  /** X answers the next `times` calls of the kind `to` as `with` says. Only with `cut-after` do they have an effect. */
  | {
      readonly do: 'x-answers'
      readonly to: 'post' | 'look-up' | 'upload'
      readonly with: XAnswer
      readonly times: number
    }
  /** X recovers. */
  | { readonly do: 'x-recovers' }

/**
 * How X answers, in this order: 429 with a reset time, 429 without one, 503, 403 without a reason, 403 because the account
 * is locked, 402 because there are no credits, or a cut connection after the request took effect.
 */
export type XAnswer =
  | 'rate-limit'
  | 'rate-limit-without-time'
  | 'unavailable'
  | 'forbidden'
  | 'locked'
  | 'no-credits'
  | 'cut-after'

/** A conversation that you write yourself. */
export interface Story {
  readonly name: string
  readonly moves: readonly Move[]
}

/** How X, the machine and the photos behave in one run. */
export interface Conditions {
  /** The format or formats in which X delivers tweets to the webhook. */
  readonly dialects: 'x-activity' | 'account-activity' | 'both'
  /** X accepts the same text twice, so that only the bot itself prevents a second reply. */
  readonly takesSameWords?: boolean
  /** X does not list a reply when the bot first looks for it. */
  readonly listsLate?: boolean
  /** Pending calls continue in random order, not first come, first served. */
  readonly anyOrder?: boolean
  /** The process crashes after its first call, the next process after its second, and so on. */
  readonly diesAgainAndAgain?: boolean
  /** Labelers find instructions, mentions and links in photos. */
  readonly hostilePhotos?: boolean
}
