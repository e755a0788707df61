import { setTimeout as after } from 'node:timers/promises'
import type { Bot, Event, EventOutcome } from '@hexbird/core'
import type { Attempt, Handled } from '@hexbird/core/host'
import { handledOf, TIMES, timedOut } from '@hexbird/core/host'

/** A queue that delivers each item at least once. */
export interface Queue<Item> {
  /**
   * Starts passing items to `handler`. If the handler throws, the item is retried until the queue gives up on it. Returns a
   * function that stops this and resolves when no handler is running; remaining items stay in the queue.
   */
  consume(handler: (item: Item, attempt: Attempt) => Promise<Handled>): () => Promise<void>
  /** How many items are waiting or being handled. */
  readonly size: number
  /** Resolves when no item is waiting or being handled. */
  idle(): Promise<void>
}

/** The queue for the keys of stored jobs. */
export interface JobQueue extends Queue<string> {
  /** When this resolves, each key will be delivered at least once. */
  put(keys: readonly string[]): Promise<void>
}

/** The queues of a running bot. */
export interface Queues {
  readonly events: Queue<Event>
  readonly jobs: JobQueue
}

/** An item from a queue: an event, or the key of a stored job. */
export type Work = (
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'job'; readonly key: string }
) & { readonly attempt: Attempt }

/** Wraps the handling of each item, to log, count or measure. It must call `handle`. */
export type Around = (work: Work, handle: () => Promise<EventOutcome>) => Promise<EventOutcome>

/** Handles the queues' items. Returns a function that stops this and resolves when no attempt is in progress. */
export function consume(
  queues: Queues,
  currentBot: () => Bot,
  around: Around,
  attemptTimeout: number = TIMES.attempt,
): () => Promise<void> {
  const handle = async (work: Work) =>
    handledOf(await around(work, () => within(attemptTimeout, answer(currentBot(), work))))
  const stops = [
    queues.events.consume((event, attempt) => handle({ kind: 'event', event, attempt })),
    queues.jobs.consume((key, attempt) => handle({ kind: 'job', key, attempt })),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}

function answer(bot: Bot, work: Work): Promise<EventOutcome> {
  const signal = AbortSignal.timeout(TIMES.functionTimeout - TIMES.timeToEnd)
  return work.kind === 'event' ? bot.handleEvent(work.event, signal) : bot.runJob(work.key, signal)
}

/** @throws BotError TIMEOUT if the attempt takes longer; what it waits for may still happen, and changes nothing */
async function within(milliseconds: number, attempt: Promise<EventOutcome>): Promise<EventOutcome> {
  const timer = new AbortController()
  const timeout = after(milliseconds, undefined, { signal: timer.signal }).then(() =>
    Promise.reject(timedOut(milliseconds)),
  )
  return Promise.race([attempt, timeout]).finally(() => timer.abort())
}

/** Waits until both queues are idle. It loops, because handling an event may queue a job, and new events may arrive. */
export async function untilIdle({ events, jobs }: Queues): Promise<void> {
  do {
    await events.idle()
    await jobs.idle()
  } while (events.size + jobs.size > 0)
}
