import type { Event } from '@hexbird/core'
import { MemoryAccountStore } from './memory-account-store.js'
import { MemoryBlobStore } from './memory-blob-store.js'
import { MemoryBudget } from './memory-budget.js'
import { MemoryCursor } from './memory-cursor.js'
import { MemoryInbox } from './memory-inbox.js'
import { MemoryJournal } from './memory-journal.js'
import { MemoryKillSwitch } from './memory-kill-switch.js'
import { MemoryOptOuts } from './memory-opt-outs.js'
import { MemoryQueue, type MemoryQueueOptions } from './memory-queue.js'
import { MemoryReplyLedger } from './memory-reply-ledger.js'
import { MemorySessionStore } from './memory-session-store.js'

/** All stores of one bot, in memory. */
export type MemoryStores = ReturnType<typeof memoryStores>

/**
 * Creates the stores of one bot. The inbox puts events into `queues.events`; `storedJobs(blobs, queues.jobs)` puts
 * jobs.
 */
export function memoryStores(options: MemoryQueueOptions = {}) {
  const queues = { events: new MemoryQueue<Event>(options), jobs: new MemoryQueue<string>(options) }
  return {
    accounts: new MemoryAccountStore(),
    blobs: new MemoryBlobStore(),
    killSwitch: new MemoryKillSwitch(),
    budget: new MemoryBudget(),
    cursor: new MemoryCursor(),
    inbox: new MemoryInbox(queues.events),
    journal: new MemoryJournal(),
    ledger: new MemoryReplyLedger(),
    optOuts: new MemoryOptOuts(),
    queues,
    sessions: new MemorySessionStore(),
  }
}
