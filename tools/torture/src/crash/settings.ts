import type { LocalX } from '@hexbird/local-x'
import type { Guard } from '../guards.js'
import type { Death } from './lives.js'

/** What a worker is told when it starts. */
export interface WorkerSettings {
  readonly dynamo: string
  readonly s3: string
  readonly sqs: string
  readonly queues: { readonly events: string; readonly jobs: string }
  readonly xPort: number
  readonly credentials: LocalX['credentials']
  readonly bot: LocalX['bot']
  /** Where its definition is: an ES module whose `bot` it is. */
  readonly module: string
  /** No two posts are in the same words, so that X's own rule against duplicates helps nobody. */
  readonly forgetsWords: boolean
  /** Where this one takes deliveries; without it, it takes none. */
  readonly webhookPort?: number
  readonly clock: Scale
  readonly removed: readonly Guard[]
  /** How it ends. Without it, it lives. */
  readonly death?: Death
}

/** What a worker is told that keeps all in one file. */
export interface DiskSettings
  extends Pick<
    WorkerSettings,
    'xPort' | 'credentials' | 'bot' | 'module' | 'forgetsWords' | 'clock' | 'removed' | 'death'
  > {
  readonly store: string
  readonly ingress: 'poll' | 'stream'
}

/** Time goes by faster, so that a lease of a minute runs out in seconds. */
export interface Scale {
  /** Epoch milliseconds: here both clocks show the same. */
  readonly from: number
  readonly factor: number
}

export const STAGE = 'torture'
export const BUCKET = 'torture-hexbird-photos'

export const scaled = ({ from, factor }: Scale, real: number): number => from + Math.floor((real - from) * factor)

/**
 * After the last kill, everything is over when nothing has changed for this long, in milliseconds: longer than a queue hides
 * a message, and than a retry waits, which is half as long as a tweet has been tried for.
 */
export const patience = (elapsed: number): number => Math.max(120_000, 0.6 * elapsed)

/** Tells whether to wait no longer: if nothing has changed for `patience`, or if the whole wait takes four times as long. */
export function untilStill(begun: number, now: () => number): (state: string) => boolean {
  const waitsSince = now()
  let [before, changedAt] = ['', waitsSince]
  return (state) => {
    if (state !== before) changedAt = now()
    before = state
    return now() - changedAt > patience(changedAt - begun) || now() - waitsSince > 4 * patience(waitsSince - begun)
  }
}

/** So much money that nobody is refused for want of it: 500 tweets cost more than the defaults allow in a day. */
export const LIMITS = { perDay: 100_000_000, perAuthorPerDay: 5_000_000 }
