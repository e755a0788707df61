import type { Limits } from '@hexbird/core'
import type { JournalDay, JournalEntry, KillSwitchState } from '@hexbird/core/adapter'
import type { Spent } from '@hexbird/core/host'

/** All that the page and the metrics tell. Times are epoch milliseconds, money is micro-dollars. */
export interface StatusView {
  /** When it was gathered. */
  readonly at: number
  /** The bot's handle. */
  readonly username: string
  readonly killSwitch: KillSwitchState
  /** Today's money, and the share of it that sweeps have. */
  readonly money: Readonly<Record<'day' | 'sweep', Spent>>
  readonly limits: Limits
  readonly queues: readonly QueueView[]
  /** The newest first. */
  readonly entries: readonly JournalEntry[]
  /** The last days, today last, each of them there. */
  readonly days: readonly JournalDay[]
  /** How often each outcome came about since the process started. */
  readonly outcomes: Readonly<Record<string, number>>
}

/** One queue: `waiting` and `deadLetters` are the first of them where there are many. */
export interface QueueView {
  /** Letters, digits and `-`. */
  readonly name: string
  /** How many items are ready, wait or are being handled. */
  readonly size: number
  readonly waiting: readonly WaitingView[]
  readonly deadLetterCount: number
  readonly deadLetters: readonly DeadLetterView[]
}

/** What waits in a queue, until when (epoch milliseconds), and whether a handler has it. */
export interface WaitingView {
  readonly about: About
  readonly until: number
  readonly inFlight: boolean
}

/** What failed too often, and why. */
export interface DeadLetterView {
  readonly id: number
  readonly about: About
  readonly receives: number
  readonly reason: string
  /** Since when it is dead. */
  readonly at: number
}

/** What an item of a queue is about: a tweet, or else what kind of event it is. */
export type About = { readonly tweetId: string; readonly username?: string } | { readonly kind: string }

/** What a person may do on the page. */
export type StatusAction =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  /** Puts a dead letter back into its queue. */
  | { readonly kind: 'retry'; readonly queue: string; readonly id: number }
