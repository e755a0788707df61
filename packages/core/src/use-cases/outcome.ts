import type { IgnoreReason } from '../policy/should-reply.js'
import type { Deferral } from '../ports/social-client.js'

/** What became of a tweet. */
export type Outcome = Final | JobStored | Deferred

/** The end: nothing more will happen for this tweet, and nothing of it is kept but the ledger's row. */
export type Final =
  | { readonly kind: 'ignored'; readonly reason: IgnoreReason; readonly detail?: string }
  | Replied
  /** X would not take the reply, and never will. */
  | { readonly kind: 'refused'; readonly reason: string; readonly detail: string }
  /** Two posts may have been made and none was found: somebody should look. Never a third post. */
  | { readonly kind: 'unresolved'; readonly detail: string }

/** The reply is on X, posted now or found there. */
export interface Replied {
  readonly kind: 'replied'
  readonly replyId: string
  readonly text: string
  /** As shown in the text; none where the reply was found by looking for it. */
  readonly labels: readonly string[]
}

/** The photos are stored, and the job that will answer them. */
export interface JobStored {
  readonly kind: 'job-stored'
  readonly jobKey: string
}

/** Deferred: whoever asked must ask again, at `until` (epoch milliseconds) or after; what is stored stays. */
export interface Deferred {
  readonly kind: 'deferred'
  readonly reason:
    | Deferral['reason']
    /** X refused, and not because of this tweet. */
    | 'unexplained'
    /** By the clock of this machine it is written later than now. */
    | 'from-the-future'
    /** Somebody else is at it. */
    | 'busy'
    /** A post may have been made; its author has to be given time to show. */
    | 'ambiguous'
    /** The kill switch has tripped: a person has to look and reset it. */
    | 'stopped'
    /** X's limit on posts is used up. */
    | 'post-limit'
  readonly until: number
  readonly detail: string
}

/** What became of an event. */
export type EventOutcome =
  | Outcome
  /** Somebody wrote "stop" in a message to the bot, and is not answered any more. */
  | { readonly kind: 'opted-out'; readonly userId: string }
  /** Somebody took the app's access back, and the account is gone here too, unless they signed in anew since. */
  | { readonly kind: 'revoked'; readonly userId: string }
  | { readonly kind: 'passed-over'; readonly name: string }

/** What a queue does with an item: it is done, or comes again at `retryAt` (epoch milliseconds), and that is no failed try. */
export type Handled = 'done' | { readonly retryAt: number }

/** What the queue that an event or a job came from has to do after this outcome. */
export const handledOf = (outcome: EventOutcome): Handled =>
  outcome.kind === 'deferred' ? { retryAt: outcome.until } : 'done'
