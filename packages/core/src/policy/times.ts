const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * All timeouts and lifetimes, in milliseconds. They depend on each other: a post must end before its function times
 * out, a function before its lease expires, and a lease before the queue redelivers the event. A tweet must become too
 * old before its photos are deleted, and the ledger must remember replies for longer than any queue keeps events.
 */
export const TIMES = {
  /** The timeout for fetching one whole photo. */
  fetchTimeout: 8 * SECOND,
  /** The timeout for one post to X, from the first byte sent to the last byte received. */
  postTimeout: 10 * SECOND,
  /** The timeout for one run that handles an event or a job. */
  functionTimeout: 30 * SECOND,
  /** How long an attempt may take on one machine. One that waits for good would block its queue otherwise. */
  attempt: 60 * SECOND,
  /** How long before the end of a run `ctx.signal` aborts, so that a post and its record still fit in. */
  timeToEnd: 15 * SECOND,
  /** How long a claim in the ledger keeps other workers out: one run, plus two minutes for clocks that are ahead. */
  lease: 150 * SECOND,
  /** How long a queue hides an event while it is being handled. */
  visibility: 180 * SECOND,
  /** A tweet older than this is looked up again before the bot replies. */
  lookAgainAfter: 10 * MINUTE,
  /** The first retry delay after X could not be reached. Later delays are half of the time that has passed so far. */
  firstRetry: 2 * SECOND,
  /** How long after the claim to retry, once, a post that X answered with 5xx and does not list. */
  secondPost: 10 * SECOND,
  /** How long after the claim to keep looking for a reply that may have been posted and must not be posted again. */
  lastLook: 120 * SECOND,
  /** The shortest deferral if a person has to fix something, or if X refuses for no reason that concerns the tweet. */
  retryAfter: 5 * MINUTE,
  /** How far back a sweep lists mentions again, because X lists some of them late. */
  sweepOverlap: 15 * MINUTE,
  /** Tweets older than this are not answered. */
  tooOld: 24 * HOUR,
  /** How long a sign-in may take. X does not document how long its request tokens are valid. */
  session: 15 * MINUTE,
  /** How far a tweet's time may be ahead of this machine's clock. */
  clockSkew: 5 * MINUTE,
  /** How long leftover photos are kept. */
  photoLifetime: 2 * DAY,
  /** How long a dead-letter queue keeps failed items. */
  deadLetters: 14 * DAY,
  /** How long the journal keeps an entry. */
  journal: 30 * DAY,
  /** How long the ledger remembers a reply. */
  ledgerRows: 30 * DAY,
} as const
