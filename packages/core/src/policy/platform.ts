/**
 * What X allows and what it charges, as of a date. X changes both: you can use a newer `Platform`, or write your own,
 * without changing any code. Amounts of money are whole micro-dollars (1 USD = 1,000,000).
 */
export interface Platform {
  /** The date of the figures, ISO 8601. */
  readonly asOf: string
  readonly sources: readonly string[]
  readonly prices: Prices
  /** The dimensions of photos that the labeler accepts. Other photos are not stored and cost nothing. */
  readonly photoPixels: PixelRange
  /** What counts as a summons: the author asking for a reply. */
  readonly summons: Summons
  /** X's own limits on posts, one per time window. */
  readonly postWindows: readonly PostWindow[]
}

/**
 * Prices in micro-dollars: the most that X can charge for one call of the adapters, which request no expansions except
 * media.
 */
export interface Prices {
  /** Looking up a tweet. */
  readonly tweetRead: number
  /**
   * Listing one of the bot's own tweets or mentions. X charges for each once per UTC day, even if it is listed again.
   */
  readonly ownedRead: number
  /** A reply to a person who summoned the bot. */
  readonly reply: number
  /** The same, with a URL. */
  readonly replyWithLink: number
  /** Labeling a photo. */
  readonly label: number
  /** Following an account through the API. */
  readonly follow: number
  /** A direct message. */
  readonly message: number
}

/** The range of pixels per side, inclusive. */
export interface PixelRange {
  readonly least: number
  readonly most: number
}

/** What X accepts as a summons. Without one, it refuses a reply. */
export interface Summons {
  /** A mention that the author wrote. */
  readonly explicitMention: boolean
  /** A mention that X adds in front because the tweet is a reply. */
  readonly implicitMention: boolean
  /** A quote of one of the bot's tweets. */
  readonly quote: boolean
}

/** At most `limit` posts in `milliseconds`. `name` is for people, and for the budget's windows. */
export interface PostWindow {
  readonly name: string
  readonly limit: number
  readonly milliseconds: number
}

/** X's self-serve, pay-per-use plan. The price of a label is Amazon Rekognition's first tier. */
export const selfServe2026: Platform = {
  asOf: '2026-08-22',
  sources: [
    'https://docs.x.com/x-api/getting-started/pricing (a resource is charged for once a UTC day, expansions included)',
    'https://docs.x.com/x-api/fundamentals/rate-limits',
    'https://docs.x.com/changelog (2026-02-23: replies need a summons)',
    'https://aws.amazon.com/rekognition/pricing/',
    'https://docs.aws.amazon.com/rekognition/latest/dg/limits.html',
  ],
  prices: {
    tweetRead: 5_000,
    ownedRead: 1_000,
    reply: 10_000,
    replyWithLink: 200_000,
    label: 1_000,
    follow: 15_000,
    message: 15_000,
  },
  photoPixels: { least: 80, most: 10_000 },
  summons: { explicitMention: true, implicitMention: false, quote: true },
  postWindows: [
    { name: '15-minutes', limit: 100, milliseconds: 15 * 60 * 1000 },
    { name: '24-hours', limit: 10_000, milliseconds: 24 * 60 * 60 * 1000 },
  ],
}
