import type { Limits } from '@hexbird/core'
import type { JournalDay, JournalEntry, KillSwitchState } from '@hexbird/core/adapter'
import type { Spent } from '@hexbird/core/host'

/** The data of the status page and the metrics. Times are in epoch milliseconds, money in micro-dollars. */
export interface StatusView {
  /** When it was read. */
  readonly at: number
  /** The bot's handle. */
  readonly username: string
  readonly killSwitch: KillSwitchState
  /** Today's budget, and the sweeps' share of it. */
  readonly money: Readonly<Record<'day' | 'sweep', Spent>>
  readonly limits: Limits
  readonly queues: readonly QueueView[]
  /** Those with the latest outcomes first. */
  readonly entries: readonly JournalEntry[]
  /** The last days without gaps, today last. */
  readonly days: readonly JournalDay[]
  /** Counts of each outcome since the process started. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** One queue. `waiting` and `deadLetters` contain only the first items if there are many. */
export interface QueueView {
  /** Letters, digits and `-`. */
  readonly name: string
  /** How many items are ready, waiting or being handled. */
  readonly size: number
  readonly waiting: readonly WaitingView[]
  readonly deadLetterCount: number
  readonly deadLetters: readonly DeadLetterView[]
}

/** An item that waits until a time (epoch milliseconds), or that a handler has now (`inFlight`). */
export interface WaitingView {
  readonly about: About
  readonly until: number
  readonly inFlight: boolean
}

/** An item that failed too often, and why. */
export interface DeadLetterView {
  readonly id: number
  readonly about: About
  readonly receives: number
  readonly reason: string
  /** When it became a dead letter. */
  readonly at: number
}

/** What a queue's item is about: a tweet, or another kind of event. */
export type About = Pick<JournalEntry, 'tweetId' | 'authorId' | 'username'> | { readonly kind: string }

/** An action on the status page. */
export type StatusAction =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  /** Puts a dead letter back into its queue. */
  | { readonly kind: 'retry'; readonly queue: string; readonly id: number }
