import type { Conditions, Move } from './conversation.js'
import type { RuleName } from './rules.js'

/** What goes wrong with one call, or at the begin or the end of a handler. */
export type FaultKind = 'throw-before' | 'throw-after' | 'timeout' | 'crash-before' | 'crash-after'

/** A fault and where it is: the `nth` call, from 0, of a port's method while the bot works on a tweet. */
export interface PlannedFault {
  /** The `id` of the tweet in the conversation, or `x` for what concerns no single tweet. */
  readonly about: string
  /** Port and method, such as `social.reply`, or `handler roll`. */
  readonly call: string
  readonly nth: number
  readonly fault: FaultKind
}

/** All that is needed to see the same again. JSON. */
export interface Replay {
  readonly v: 1
  readonly seed: number
  /** When it begins, ISO 8601: ids follow from the time. */
  readonly startsAt: string
  readonly conditions: Conditions
  readonly conversation: readonly Move[]
  readonly faults: readonly PlannedFault[]
}

/** A rule that does not hold, and the smallest conversation that was found to show it. */
export interface Broken {
  readonly rule: RuleName
  /** In plain words, a line for each thing that happened, with times and the bill. */
  readonly story: string
  readonly replay: Replay
}

/** What came of it. */
export interface Verdict {
  /** How many conversations were run, those for shrinking left out. */
  readonly runs: number
  /** How many faults were injected into them. */
  readonly faults: number
  readonly seed: number
  /** One for each rule that does not hold; empty where all hold. */
  readonly broken: readonly Broken[]
}
