import type { Prices } from '@hexbird/core/adapter'
import type { IngressName } from '../../run/ingress-names.js'

/*
 * What is paid for one answered tweet, and for a stage that nobody tweets at. docs/costs.md says where each figure comes
 * from, and how sure it is; scripts/test/costs.test.ts compares the two, and counts the calls by running the bot.
 */

/** One answered tweet: X Activity with and without a photo, then Account Activity with and without. */
type Amounts = readonly [number, number, number, number]

/** The day that AWS's prices were looked up. They are those of us-east-1, in dollars, before tax. */
export const AWS_AS_OF = '2026-11-23'

/** What the bot's own budget does not count: X charges it by itself. */
export const UNCOUNTED = ['event delivered']

/** What the budget counts with each reply, and X bills only where the bot looks for one that may have been posted. */
export const AT_MOST_WITH_REPLY: keyof Prices = 'ownedRead'

/** At X, and Rekognition: by the prices of a `Platform`. */
export const CALLS: readonly { readonly what: string; readonly price: keyof Prices; readonly amounts: Amounts }[] = [
  { what: 'event delivered', price: 'tweetRead', amounts: [1, 1, 0, 0] },
  { what: 'lookup of the tweet', price: 'tweetRead', amounts: [1, 1, 0, 0] },
  { what: 'reply to a summons', price: 'reply', amounts: [1, 1, 1, 1] },
  { what: 'photo labeled by Rekognition', price: 'label', amounts: [1, 0, 1, 0] },
  { what: 'listed by the sweep', price: 'ownedRead', amounts: [1, 1, 1, 1] },
]

/** What X charges for one answered tweet on one machine, by how it comes in. `UNCOUNTED` holds for these too. */
export const CALLS_BY_INGRESS: Readonly<Record<IngressName, readonly string[]>> = {
  poll: ['reply to a summons', 'listed by the sweep'],
  stream: ['event delivered', 'lookup of the tweet', 'reply to a summons', 'listed by the sweep'],
  webhook: ['event delivered', 'lookup of the tweet', 'reply to a summons', 'listed by the sweep'],
}

/** A server with 1 GB of memory, which the bot and its detector fit into: dollars a month, Amazon Lightsail in us-east-1. */
export const SERVER = { price: 7, asOf: '2026-09-17' } as const

interface Row {
  readonly what: string
  /** Dollars for `per` of them. */
  readonly price: number
  readonly per: number
}

/** The rest of AWS, for one answered tweet. */
export const AWS: readonly (Row & { readonly amounts: Amounts })[] = [
  { what: 'HTTP API requests', price: 1, per: 1_000_000, amounts: [1, 1, 1, 1] },
  { what: 'Lambda requests', price: 0.2, per: 1_000_000, amounts: [4, 3, 4, 3] },
  {
    what: 'Lambda GB-seconds, arm64 (estimated)',
    price: 0.0000133334,
    per: 1,
    amounts: [3.25, 1.75, 3.25, 1.75],
  },
  { what: 'DynamoDB read units', price: 0.125, per: 1_000_000, amounts: [11, 7, 10, 6] },
  { what: 'DynamoDB write units', price: 0.625, per: 1_000_000, amounts: [12, 11, 12, 11] },
  { what: 'S3 PUT, LIST and the like', price: 0.005, per: 1000, amounts: [6, 1, 6, 0] },
  { what: 'S3 GET', price: 0.0004, per: 1000, amounts: [3, 0, 3, 0] },
  { what: 'SQS requests', price: 0.4, per: 1_000_000, amounts: [9, 6, 9, 6] },
  { what: 'CloudWatch Logs, GB (estimated)', price: 0.5, per: 1, amounts: [0.000015, 0.00001, 0.000015, 0.00001] },
]

/** A month of 730 hours in which nobody tweets at the stage. */
export const MONTH: readonly (Row & { readonly amount: number })[] = [
  { what: 'alarm metrics', price: 0.1, per: 1, amount: 27 },
  { what: 'dashboard', price: 3, per: 1, amount: 1 },
  { what: 'custom metrics that the sweep writes (`Swept`, `WebhookValid`)', price: 0.3, per: 1, amount: 2 },
  {
    what: 'SQS: Lambda polls two queues, five times each per 20 seconds (estimated)',
    price: 0.4,
    per: 1_000_000,
    amount: 1_314_000,
  },
  {
    what: 'Lambda GB-seconds of the sweep: 256 MB for 3 seconds (estimated)',
    price: 0.0000133334,
    per: 1,
    amount: 2190,
  },
  { what: 'Lambda requests', price: 0.2, per: 1_000_000, amount: 2920 },
  { what: 'EventBridge Scheduler', price: 1, per: 1_000_000, amount: 2920 },
  { what: 'DynamoDB read units of the sweep', price: 0.125, per: 1_000_000, amount: 8760 },
  { what: 'DynamoDB write units of the sweep', price: 0.625, per: 1_000_000, amount: 11_680 },
  {
    what: 'KMS: five parameters and three tables for each sweep (estimated; at most)',
    price: 0.03,
    per: 10_000,
    amount: 23_360,
  },
  { what: 'DynamoDB storage and point-in-time recovery, GB (estimated)', price: 0.45, per: 1, amount: 0.01 },
  { what: 'CloudWatch Logs, GB (estimated)', price: 0.5, per: 1, amount: 0.0146 },
]
