const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * The one chain of times, in milliseconds. Each must be shorter than the next that is named with it, or a promise
 * breaks: a post ends before its function does, a function before its lease, a lease before the queue hands the event
 * out again; a tweet is too old before its photos are, and the ledger remembers longer than any queue.
 */
export const TIMES = {
  /** Fetching one photo, whole. */
  fetchTimeout: 8 * SECOND,
  /** One post to X, from the first byte sent to the last received. */
  postTimeout: 10 * SECOND,
  /** One run of whatever handles an event. */
  functionTimeout: 30 * SECOND,
  /** How long before the end of a run its handlers are told to end: a post and its record still fit in. */
  timeToEnd: 15 * SECOND,
  /** How long a claim in the ledger keeps others out: for a function's run, and where their clocks are two minutes ahead. */
  lease: 150 * SECOND,
  /** How long a queue hides an event that is being handled. */
  visibility: 180 * SECOND,
  /** After this a tweet is looked at again before it is answered. */
  lookAgainAfter: 10 * MINUTE,
  /** A first retry of what X did not answer; each later one waits for half as long again as it has taken so far. */
  firstRetry: 2 * SECOND,
  /** A post that X answered with 5xx and does not list is made once more, no sooner than this after the claim. */
  secondPost: 10 * SECOND,
  /** Two posts that X does not list are looked for until then, counted from the claim. */
  lastLook: 120 * SECOND,
  /** How long what a person has to mend is deferred, and what X refuses without a reason. */
  retryAfter: 5 * MINUTE,
  /** A sweep asks again for the last minutes: X lists some mentions late. */
  sweepOverlap: 15 * MINUTE,
  /** An older tweet is not answered. */
  tooOld: 24 * HOUR,
  /** A sign-in that has begun ends by then; how long X's request tokens last is not documented. */
  session: 15 * MINUTE,
  /** A tweet further ahead of the clock is not believed. */
  clockSkew: 5 * MINUTE,
  /** Photos that nothing removed are gone by then. */
  photoLifetime: 2 * DAY,
  /** How long a dead-letter queue keeps what failed. */
  deadLetters: 14 * DAY,
  /** How long the journal tells what became of a tweet. */
  journal: 30 * DAY,
  /** How long the ledger remembers a reply. */
  ledgerRows: 30 * DAY,
} as const
