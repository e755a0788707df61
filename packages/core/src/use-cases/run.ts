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

/** The ports for handling tweets and jobs. */
export type HandlePorts = Pick<
  Ports,
  'social' | 'media' | 'blobs' | 'jobs' | 'labeler' | 'ledger' | 'budget' | 'killSwitch' | 'optOuts' | 'now' | 'newId'
>

/** Which account the bot has, what it does, and what it may say and spend. */
export interface AnswerOptions extends Bounds {
  readonly bot: BotAccount
  readonly definition: Pick<Definition, 'steps'>
  readonly jobs: ReadonlyMap<string, Job<never>>
  readonly allow: AllowedContent
  readonly log: Log
}

/** One run of a bot for one tweet, started by an event or a job. */
export interface Run {
  readonly ports: HandlePorts
  readonly options: AnswerOptions
  /** The tweet as it was in the event or the job. */
  readonly event: Tweet
  readonly bill: Bill
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly signal: Signal
  /** The tweet, completed by the look-up once there was one. */
  tweet: Tweet
  /** Whether the tweet has been looked up. */
  isSeen: boolean
  /** The photos of the tweet or of the one that it asks about, once they are known. */
  photos: readonly Photo[] | undefined
  /** The tweet that it asks about, if that has been looked up. */
  referenced: Tweet | undefined
  /** Whether this run has checked that the ledger has no entry for the tweet. */
  isUnknown: boolean
  /** The kill switch's state when this run first read it. */
  state: KillSwitchState | undefined
  /** Whether any handler was called. */
  isHandled: boolean
  outcome: Outcome | undefined
  /** The reply or the job that ends the run, once it has begun. */
  ending: Promise<Outcome> | undefined
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
    ending: undefined,
  }
}
