import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import {
  blobStoreContract,
  budgetContract,
  inboxContract,
  jobsContract,
  killSwitchContract,
  optOutsContract,
  replyLedgerContract,
} from '@hexbird/core/contracts'
import { SqliteBudget } from '../store/budget.js'
import { openDatabase } from '../store/database.js'
import { SqliteReplyLedger } from '../store/ledger.js'
import { SqliteQueue } from '../store/queue.js'
import { SqliteBlobStore, SqliteJobs, SqliteKillSwitch, SqliteOptOuts } from '../store/small.js'

/** @import { DatabaseSync } from 'node:sqlite' */

const folder = mkdtempSync(join(tmpdir(), 'hexbird-store-'))
/** @type {DatabaseSync[]} */
const open = []
let files = 0
const newFile = () => join(folder, `${++files}.sqlite`)
/** @param {string} path @param {number} [patience] */
const database = (path, patience) => {
  const opened = openDatabase(path, { patience: patience ?? 5000 })
  open.push(opened)
  return opened
}
/** @type {(() => Promise<void>)[]} */
const stops = []
after(async () => {
  for (const stop of stops) await stop()
  for (const one of open) one.close()
  rmSync(folder, { recursive: true })
})

/**
 * Two processes on one file: every other call is the other's.
 *
 * @template {object} T
 * @param {(database: DatabaseSync) => T} make
 * @returns {() => T}
 */
const byTwo = (make) => () => {
  const path = newFile()
  const both = [make(database(path)), make(database(path))]
  let calls = 0
  return new Proxy(/** @type {T} */ (both[0]), {
    get(_, name) {
      const one = /** @type {any} */ (both[calls++ % 2])
      return typeof one[name] === 'function' ? one[name].bind(one) : one[name]
    },
  })
}

/** @type {Record<string, { contract: import('@hexbird/core/contracts').Contract<any>, make: () => object }>} */
const stores = {
  SqliteReplyLedger: { contract: replyLedgerContract, make: byTwo((file) => new SqliteReplyLedger(file)) },
  SqliteBudget: { contract: budgetContract, make: byTwo((file) => new SqliteBudget(file)) },
  SqliteKillSwitch: { contract: killSwitchContract, make: byTwo((file) => new SqliteKillSwitch(file)) },
  SqliteOptOuts: { contract: optOutsContract, make: byTwo((file) => new SqliteOptOuts(file)) },
  SqliteBlobStore: { contract: blobStoreContract, make: byTwo((file) => new SqliteBlobStore(file)) },
}
for (const [name, { contract, make }] of Object.entries(stores)) {
  describe(`${name}, used by two processes`, () => {
    for (const promise of contract) test(promise.name, () => promise.check(make))
  })
}

describe('the queue of events, as an Inbox', () => {
  const make = () => {
    const path = newFile()
    const file = database(path, 0)
    const other = database(path, 0)
    const queue = new SqliteQueue(file, 'events')
    let isLocked = false
    return {
      inbox: {
        /** @param {readonly import('@hexbird/core').Event[]} events */
        put: (events) =>
          queue.put(events).finally(() => {
            if (isLocked) other.exec('ROLLBACK')
            isLocked = false
          }),
      },
      received: async () =>
        file
          .prepare('SELECT body FROM item')
          .all()
          .map(({ body }) => JSON.parse(String(body))),
      breakNext() {
        other.exec('BEGIN IMMEDIATE')
        isLocked = true
      },
    }
  }
  for (const promise of inboxContract) test(promise.name, () => promise.check(make))
})

describe('SqliteJobs', () => {
  const make = () => {
    const path = newFile()
    const file = database(path, 0)
    const other = database(path, 0)
    const [blobs, queue] = [new SqliteBlobStore(file), new SqliteQueue(file, 'jobs')]
    const jobs = new SqliteJobs(file, blobs, queue)
    /** @type {import('@hexbird/core/contracts').TakenJob[]} */
    const taken = []
    const stop = queue.consume(async (key) => {
      taken.push({ key, bytes: (await blobs.get(key))?.bytes })
      return 'done'
    })
    stops.push(stop)
    let isLocked = false
    return {
      jobs: {
        /** @param {import('@hexbird/core/adapter').StoredJob} job */
        put: (job) =>
          jobs.put(job).finally(() => {
            if (isLocked) other.exec('ROLLBACK')
            isLocked = false
          }),
      },
      async taken() {
        await queue.idle()
        return [...taken]
      },
      breakNext() {
        other.exec('BEGIN IMMEDIATE')
        isLocked = true
      },
    }
  }
  for (const promise of jobsContract) test(promise.name, () => promise.check(make))
})
