import type { Log, Signal } from '../bot/context.js'
import type { Definition, Job } from '../bot/definition.js'
import type { Photo, Tweet } from '../domain/tweet.js'
import type { Bounds } from '../policy/charges.js'
import type { BotAccount } from '../policy/should-reply.js'
import type { Ports } from '../ports/index.js'
import type { KillSwitchState } from '../ports/kill-switch.js'
import type { AllowedContent } from '../reply/content.js'
import { type Bill, openBill } from './bill.js'
import type { Outcome } from './outcome.js'

/** What the handling of tweets and jobs works with. */
export type HandlePorts = Pick<
  Ports,
  'social' | 'media' | 'blobs' | 'jobs' | 'labeler' | 'ledger' | 'budget' | 'killSwitch' | 'optOuts' | 'now' | 'newId'
>

/** Whose bot it is, what it does, and what it may say and spend. */
export interface AnswerOptions extends Bounds {
  readonly bot: BotAccount
  readonly definition: Pick<Definition, 'steps'>
  readonly jobs: ReadonlyMap<string, Job<never>>
  readonly allow: AllowedContent
  readonly log: Log
}

/** One run of what a bot does with one tweet, from its event or from its job. */
export interface Run {
  readonly ports: HandlePorts
  readonly options: AnswerOptions
  /** As the event tells of it, or the job. */
  readonly event: Tweet
  readonly bill: Bill
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly signal: Signal
  /** The event, completed by what X says of the tweet, once that has been asked for. */
  tweet: Tweet
  /** Whether X has been asked for the tweet. */
  isSeen: boolean
  /** The photos that it shows or asks about, once they are known. */
  photos: readonly Photo[] | undefined
  /** The tweet that it asks about, where that has been looked up. */
  referenced: Tweet | undefined
  /** Whether the ledger has been asked in this run, and knew nothing of the tweet. */
  isUnknown: boolean
  /** The kill switch, as it stood when this run asked it first. */
  state: KillSwitchState | undefined
  /** Whether some handler was called. */
  isHandled: boolean
  outcome: Outcome | undefined
}

const NEVER = { aborted: false, reason: undefined } as unknown as Signal

export function openRun(
  ports: HandlePorts,
  options: AnswerOptions,
  event: Tweet,
  { bill = openBill(event), signal = NEVER }: { readonly bill?: Bill; readonly signal?: Signal | undefined } = {},
): Run {
  return {
    ports,
    options,
    event,
    bill,
    startedAt: ports.now(),
    signal,
    tweet: event,
    isSeen: false,
    photos: undefined,
    referenced: undefined,
    isUnknown: false,
    state: undefined,
    isHandled: false,
    outcome: undefined,
  }
}
