import type { Event } from '@hexbird/core'
import {
  accountStoreContract,
  blobStoreContract,
  budgetContract,
  type Contract,
  cursorContract,
  inboxContract,
  type JobsHarness,
  jobsContract,
  journalContract,
  killSwitchContract,
  optOutsContract,
  replyLedgerContract,
  sessionStoreContract,
  type TakenJob,
} from '@hexbird/core/contracts'
import { describe, test } from '@jest/globals'
import { box, opened } from './temporary.js'

describe('SqliteAccountStore', () => keeps(accountStoreContract, () => opened().signIn(box).accounts))
describe('SqliteBlobStore', () => keeps(blobStoreContract, () => opened().blobs()))
describe('SqliteKillSwitch', () => keeps(killSwitchContract, () => opened().ports.killSwitch))
describe('SqliteBudget', () => keeps(budgetContract, () => opened().ports.budget))
describe('SqliteCursor', () => keeps(cursorContract, () => opened().ports.cursor))
describe('SqliteJournal', () => keeps(journalContract, () => opened().ports.journal))
describe('SqliteOptOuts', () => keeps(optOutsContract, () => opened().ports.optOuts))
describe('SqliteReplyLedger', () => keeps(replyLedgerContract, () => opened().ports.ledger))
describe('SqliteSessionStore', () => keeps(sessionStoreContract, () => opened().signIn(box).sessions))
describe('SqliteJobs', () => keeps(jobsContract, jobsHarness))
describe('SqliteQueue as an inbox', () => keeps(inboxContract, queueHarness))

function keeps<Subject>(contract: Contract<Subject>, make: () => Subject): void {
  for (const { name, check } of contract) test(name, () => check(make))
}

function queueHarness() {
  const inbox = opened().queue<Event>('events')
  let isBroken = false
  const received: Event[] = []
  inbox.consume(async (event) => {
    received.push(event)
    return 'done'
  })
  return {
    inbox: {
      async put(events: readonly Event[]) {
        if (isBroken) {
          isBroken = false
          throw new Error('an outage')
        }
        await inbox.put(events)
      },
    },
    async received() {
      await inbox.idle()
      return received
    },
    breakNext: () => {
      isBroken = true
    },
  }
}

function jobsHarness(): JobsHarness {
  const store = opened()
  const queue = store.queue<string>('jobs')
  const blobs = store.blobs()
  const taken: TakenJob[] = []
  queue.consume(async (key) => {
    taken.push({ key, bytes: (await blobs.get(key))?.bytes })
    return 'done'
  })
  let isBroken = false
  const broken: Pick<typeof queue, 'put'> = {
    put(keys, before) {
      if (!isBroken) return queue.put(keys, before)
      isBroken = false
      return queue.put([undefined as unknown as string], before)
    },
  }
  return {
    jobs: store.jobs(broken),
    async taken() {
      await queue.idle()
      return taken
    },
    breakNext() {
      isBroken = true
    },
  }
}
