/**
 * What X allows and what it charges, as of a date. X changes both: take a newer one, or write your own, without
 * touching any logic. Amounts of money are whole micro-dollars (1 USD = 1,000,000).
 */
export interface Platform {
  /** The day that the figures were read, ISO 8601. */
  readonly asOf: string
  readonly sources: readonly string[]
  readonly prices: Prices
  /** The sides of a photo that the labeler looks at. Others are not stored, and nothing is paid for them. */
  readonly photoPixels: PixelRange
  /** What counts as the author's asking for a reply. */
  readonly summons: Summons
  /** X's own limits on posts, each over a window of that many milliseconds. */
  readonly postWindows: readonly PostWindow[]
}

/** In micro-dollars for one call: the most that X can charge for what the adapters ask, which is no expansion but media. */
export interface Prices {
  /** A tweet looked up. */
  readonly tweetRead: number
  /** One of the bot's own tweets listed, or a mention of it. X charges for each once a UTC day, however often it is listed. */
  readonly ownedRead: number
  /** A reply to somebody who summoned the bot. */
  readonly reply: number
  /** The same, with a URL in it. */
  readonly replyWithLink: number
  /** One photo labelled. */
  readonly label: number
  /** Somebody follows an account through the API. */
  readonly follow: number
  /** A direct message. */
  readonly message: number
}

/** Pixels of each side, both ends included. */
export interface PixelRange {
  readonly least: number
  readonly most: number
}

/** Which of these X takes for a summons, without which it refuses a reply. */
export interface Summons {
  /** A mention that the author wrote. */
  readonly explicitMention: boolean
  /** A mention that X put in front because the tweet is a reply. */
  readonly implicitMention: boolean
  /** A quote of one of the bot's tweets. */
  readonly quote: boolean
}

/** At most `limit` posts in so many milliseconds. `name` is for people, and for the budget's windows. */
export interface PostWindow {
  readonly name: string
  readonly limit: number
  readonly milliseconds: number
}

/** Self-serve, pay per use. Amazon Rekognition's price is that of its first tier. */
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
