/** Something that a bot on X must always or never do. Rules are dated, because X changes its rules and prices. */
export interface Rule {
  readonly name: RuleName
  /** The date from which it applies, or when it was last checked. ISO 8601. */
  readonly since: string
  /** The rule in one sentence. */
  readonly says: string
  /** Where it comes from: a page at X, or hexbird's own promises. */
  readonly source: string
}

/** The name of a rule. */
export type RuleName =
  | 'one-reply'
  | 'a-reply-in-the-end'
  | 'summoned'
  | 'opted-out'
  | 'blocked'
  | 'entities'
  | 'links'
  | 'length'
  | 'images'
  | 'right-photo'
  | 'budget'
  | 'waits'
  | 'insistent'
  | 'soon'
  | 'loop'
  | 'left-behind'
  | 'effects'
  | 'ends'
  | 'unhandled'

const AUTOMATION = 'https://help.x.com/en/rules-and-policies/x-automation'
const CHANGELOG = 'https://docs.x.com/changelog'
const PRICING = 'https://docs.x.com/x-api/getting-started/pricing'
const PROMISES = 'docs/promises.md'

/** All rules that `prove` checks. */
export const RULES: readonly Rule[] = [
  { name: 'one-reply', since: '2026-08-22', says: 'A tweet gets at most one reply.', source: AUTOMATION },
  {
    name: 'a-reply-in-the-end',
    since: '2026-11-01',
    says: 'A tweet that summons the bot eventually gets a reply, unless the bot gives a reason not to reply.',
    source: PROMISES,
  },
  {
    name: 'summoned',
    since: '2026-02-23',
    says: 'The bot replies only to authors who mention it or quote one of its tweets.',
    source: CHANGELOG,
  },
  {
    name: 'opted-out',
    since: '2026-08-22',
    says: 'The bot does not reply to anyone who told it to stop.',
    source: AUTOMATION,
  },
  {
    name: 'blocked',
    since: '2026-08-22',
    says: 'The bot does not reply to anyone who blocked it.',
    source: AUTOMATION,
  },
  {
    name: 'entities',
    since: '2026-02-23',
    says: 'A reply has no mention, hashtag or cashtag, unless the bot allows them.',
    source: CHANGELOG,
  },
  {
    name: 'links',
    since: '2026-08-22',
    says: 'A reply has no link, unless the bot allows links: X charges $0.20 for one.',
    source: PRICING,
  },
  {
    name: 'length',
    since: '2026-08-22',
    says: 'No text that the bot posts has a weighted length above 280.',
    source: 'https://docs.x.com/fundamentals/counting-characters',
  },
  {
    name: 'images',
    since: '2026-11-01',
    says: 'A reply is posted with all its images, or not at all.',
    source: PROMISES,
  },
  {
    name: 'right-photo',
    since: '2026-11-01',
    says: 'A reply is about the photos in the version of the tweet that it replies to.',
    source: PROMISES,
  },
  {
    name: 'budget',
    since: '2026-08-22',
    says: 'At X’s prices, the bot never spends more per day or per author than the limits allow.',
    source: PRICING,
  },
  {
    name: 'waits',
    since: '2026-08-22',
    says: 'If X asks the bot to wait, the bot does not call X earlier.',
    source: 'https://docs.x.com/x-api/fundamentals/rate-limits',
  },
  {
    name: 'insistent',
    since: '2026-11-01',
    says: 'The bot does not keep retrying a post that X refuses: it posts at most twice for one tweet.',
    source: PROMISES,
  },
  {
    name: 'soon',
    since: '2026-11-01',
    says: 'After X recovers from an outage, at least half of the affected people get their reply within 15 seconds.',
    source: PROMISES,
  },
  { name: 'loop', since: '2026-08-22', says: 'A conversation with another bot ends.', source: AUTOMATION },
  {
    name: 'left-behind',
    since: '2026-11-01',
    says: 'All stored photos and jobs are eventually deleted.',
    source: PROMISES,
  },
  {
    name: 'effects',
    since: '2026-11-01',
    says: 'A side effect recorded with `recordEffects` happens once for each key.',
    source: PROMISES,
  },
  {
    name: 'ends',
    since: '2026-11-01',
    says: 'A handler finishes, and does not wait long in real time: prove runs on a virtual clock.',
    source: PROMISES,
  },
  { name: 'unhandled', since: '2026-11-01', says: 'No promise rejection goes unhandled.', source: PROMISES },
]
