import type { Bot, Event, EventOutcome } from '@hexbird/core'
import type { Handled } from '@hexbird/core/host'
import { handledOf } from '@hexbird/core/host'

/** A queue that gives each of its items out at least once. */
export interface Queue<Item> {
  /**
   * Gives items to `handler` from now on. An item whose handler throws comes again, until the queue gives it up. Gives a
   * function that ends this, and resolves when no handler runs any more; what is left stays in the queue.
   */
  consume(handler: (item: Item) => Promise<Handled>): () => Promise<void>
  /** How many items wait or are being handled. */
  readonly size: number
  /** Resolves when no item waits or is being handled. */
  idle(): Promise<void>
}

/** The queue of the keys of stored jobs. */
export interface JobQueue extends Queue<string> {
  /** Accepted means that each key will be given out at least once. */
  put(keys: readonly string[]): Promise<void>
}

/** What waits to be done. */
export interface Queues {
  readonly events: Queue<Event>
  readonly jobs: JobQueue
}

/** What a queue gave out: an event, or the key of a stored job. */
export type Work = { readonly kind: 'event'; readonly event: Event } | { readonly kind: 'job'; readonly key: string }

/** Is called in place of `handle`, each time that something is worked on, and calls it: to log, to count, to measure. */
export type Around = (work: Work, handle: () => Promise<EventOutcome>) => Promise<EventOutcome>

/** Handles what the queues give out, until the function that this gives is called. That one resolves when nothing runs. */
export function consume(queues: Queues, currentBot: () => Bot, around: Around): () => Promise<void> {
  const handle = async (work: Work) => handledOf(await around(work, () => answer(currentBot(), work)))
  const stops = [
    queues.events.consume((event) => handle({ kind: 'event', event })),
    queues.jobs.consume((key) => handle({ kind: 'job', key })),
  ]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}

const answer = (bot: Bot, work: Work): Promise<EventOutcome> =>
  work.kind === 'event' ? bot.handleEvent(work.event) : bot.runJob(work.key)

/** Handling an event may put a job into the other queue, and new events may come meanwhile. */
export async function untilIdle({ events, jobs }: Queues): Promise<void> {
  do {
    await events.idle()
    await jobs.idle()
  } while (events.size + jobs.size > 0)
}
