/** What a bot on X must do, or must not do, whatever happens: dated, because X changes its rules and prices. */
export interface Rule {
  readonly name: RuleName
  /** The day from which it holds or was last read, ISO 8601. */
  readonly since: string
  /** The rule in one sentence. */
  readonly says: string
  /** Where it comes from: a page of X's, or the promise of hexbird's that it is. */
  readonly source: string
}

/** What a broken rule is called. */
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

/** All rules that `prove` judges by. */
export const RULES: readonly Rule[] = [
  { name: 'one-reply', since: '2026-08-22', says: 'A tweet gets one reply at most.', source: AUTOMATION },
  {
    name: 'a-reply-in-the-end',
    since: '2026-11-01',
    says: 'A tweet that summons the bot gets a reply in the end, unless the bot refuses it with a reason.',
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
    says: 'Nobody who told the bot to stop hears from it.',
    source: AUTOMATION,
  },
  { name: 'blocked', since: '2026-08-22', says: 'Nobody who blocked the bot hears from it.', source: AUTOMATION },
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
    says: 'No text that the bot sends to X weighs more than 280.',
    source: 'https://docs.x.com/fundamentals/counting-characters',
  },
  { name: 'images', since: '2026-11-01', says: 'A reply has all its images, or is not posted.', source: PROMISES },
  {
    name: 'right-photo',
    since: '2026-11-01',
    says: 'A reply speaks of the photos of the version of the tweet that it replies to.',
    source: PROMISES,
  },
  {
    name: 'budget',
    since: '2026-08-22',
    says: 'No day and no author costs more than the limits, by X’s prices.',
    source: PRICING,
  },
  {
    name: 'waits',
    since: '2026-08-22',
    says: 'X is not called before the time that it named.',
    source: 'https://docs.x.com/x-api/fundamentals/rate-limits',
  },
  {
    name: 'insistent',
    since: '2026-11-01',
    says: 'What X refuses is not tried again and again: two posts for one tweet, and no more.',
    source: PROMISES,
  },
  {
    name: 'soon',
    since: '2026-11-01',
    says: 'After an outage of X half of those who were hit have their reply within 15 seconds.',
    source: PROMISES,
  },
  { name: 'loop', since: '2026-08-22', says: 'A conversation with another bot ends.', source: AUTOMATION },
  { name: 'left-behind', since: '2026-11-01', says: 'Photos and jobs are removed in the end.', source: PROMISES },
  {
    name: 'effects',
    since: '2026-11-01',
    says: 'A side effect that the bot guards happens once for its key.',
    source: PROMISES,
  },
  {
    name: 'ends',
    since: '2026-11-01',
    says: 'A handler ends without waiting for real time: prove runs on a virtual clock.',
    source: PROMISES,
  },
  { name: 'unhandled', since: '2026-11-01', says: 'No rejected promise is left unhandled.', source: PROMISES },
]
