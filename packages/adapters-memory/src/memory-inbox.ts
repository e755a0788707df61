import type { Event } from '@hexbird/core'
import type { Inbox } from '@hexbird/core/adapter'
import type { MemoryQueue } from './memory-queue.js'

/** Puts events into a queue of this process. They are lost when the process ends. */
export class MemoryInbox implements Inbox {
  readonly #queue: Pick<MemoryQueue<Event>, 'put'>

  constructor(queue: Pick<MemoryQueue<Event>, 'put'>) {
    this.#queue = queue
  }

  async put(events: readonly Event[]): Promise<void> {
    await this.#queue.put(events)
  }
}
