import type { Event } from '@hexbird/core'
import type { Inbox } from '@hexbird/core/adapter'
import type { MemoryQueue } from './memory-queue.js'

/** Takes events into a queue of this process. They are as durable as the process is. */
export class MemoryInbox implements Inbox {
  readonly #queue: Pick<MemoryQueue<Event>, 'put'>

  constructor(queue: Pick<MemoryQueue<Event>, 'put'>) {
    this.#queue = queue
  }

  async put(events: readonly Event[]): Promise<void> {
    await this.#queue.put(events)
  }
}
