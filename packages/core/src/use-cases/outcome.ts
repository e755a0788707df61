import type { IgnoreReason } from '../policy/should-reply.js'
import type { Deferral } from '../ports/social-client.js'

/** The outcome of a tweet. */
export type Outcome = Final | JobStored | Deferred

/** A final outcome: nothing more will happen for this tweet, and only the ledger's row is kept. */
export type Final =
  | { readonly kind: 'ignored'; readonly reason: IgnoreReason; readonly detail?: string }
  | Replied
  /** X refuses the reply for good. */
  | { readonly kind: 'refused'; readonly reason: string; readonly detail: string }
  /** Two posts may have been made, but none was found. The bot makes no third post; a person should check. */
  | { readonly kind: 'unresolved'; readonly detail: string }

/** The reply is on X: posted now, or found there. */
export interface Replied {
  readonly kind: 'replied'
  readonly replyId: string
  readonly text: string
  /** The labels in the text; empty if the reply was found on X. */
  readonly labels: readonly string[]
}

/** A job that will answer the tweet is stored, with the photos that it needs. */
export interface JobStored {
  readonly kind: 'job-stored'
  readonly jobKey: string
}

/** Deferred: the caller must try again at `until` (epoch milliseconds) or later. Stored photos and jobs are kept. */
export interface Deferred {
  readonly kind: 'deferred'
  readonly reason:
    | Deferral['reason']
    /** X refused, but not because of this tweet. */
    | 'unexplained'
    /** The tweet's time is ahead of this machine's clock. */
    | 'from-the-future'
    /** Another run is working on it. */
    | 'busy'
    /** A post may have been made, and needs time to show up. */
    | 'ambiguous'
    /** The kill switch has tripped. A person has to check and reset it. */
    | 'stopped'
    /** X's limit on posts is used up. */
    | 'post-limit'
  readonly until: number
  readonly detail: string
}

/** The outcome of an event. */
export type EventOutcome =
  | Outcome
  /** A person wrote "stop" in a message to the bot, and gets no more replies. */
  | { readonly kind: 'opted-out'; readonly userId: string }
  /** A person revoked the app's access. Their account is deleted here too, unless they have signed in again since. */
  | { readonly kind: 'revoked'; readonly userId: string }
  | { readonly kind: 'passed-over'; readonly name: string }

/**
 * What a queue must do with an item: remove it if it is `done`, or redeliver it at `retryAt` (epoch milliseconds)
 * without counting a failure.
 */
export type Handled = 'done' | { readonly retryAt: number }

/** Which attempt at an item a delivery is. If the last one fails, the item becomes a dead letter. */
export interface Attempt {
  /** Counts from 1. Deliveries after which the item was deferred don't count. */
  readonly number: number
  readonly of: number
}

/** Returns what the queue has to do with an event or a job after this outcome. */
export const handledOf = (outcome: EventOutcome): Handled =>
  outcome.kind === 'deferred' ? { retryAt: outcome.until } : 'done'
