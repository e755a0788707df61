import type { Conditions, Move } from './conversation.js'
import type { RuleName } from './rules.js'

/** What goes wrong at one call, or at the start or end of a handler. */
export type FaultKind = 'throw-before' | 'throw-after' | 'timeout' | 'crash-before' | 'crash-after'

/** A fault and where it is injected: at the `nth` such `call`, counting from 0, while the bot works on `about`. */
export interface PlannedFault {
  /** The `id` of the tweet in the conversation, or `x` if the call is not about a single tweet. */
  readonly about: string
  /** Port and method, such as `social.reply`, or a handler, such as `handler roll`. */
  readonly call: string
  readonly nth: number
  readonly fault: FaultKind
}

/** Everything needed to repeat a run, as JSON. */
export interface Replay {
  readonly v: 1
  readonly seed: number
  /** When the run starts, ISO 8601. The ids of its tweets depend on it. */
  readonly startsAt: string
  readonly conditions: Conditions
  readonly conversation: readonly Move[]
  readonly faults: readonly PlannedFault[]
}

/** A broken rule, with the smallest conversation found that breaks it. */
export interface Broken {
  readonly rule: RuleName
  /** What happened, one line per event, with times and costs. */
  readonly story: string
  readonly replay: Replay
  /**
   * Whether `replay` breaks the rule again. If not, the rule was broken only after earlier conversations, for example
   * because the bot keeps state in memory.
   */
  readonly isRepeatable: boolean
}

/** The result of `prove`. */
export interface Verdict {
  /** How many conversations ran, not counting those run to shrink one. */
  readonly runs: number
  /** How many faults were injected. */
  readonly faults: number
  readonly seed: number
  /** One entry per broken rule; empty if none is broken. */
  readonly broken: readonly Broken[]
}
