import { resolve } from 'node:path'
import type { Budget, Jobs, Journal, Now, Ports, Spending } from '@hexbird/core/adapter'
import type { SecretBox } from '@hexbird/secret-box'
import { SqliteAccountStore } from './account-store.js'
import { SqliteBlobStore } from './blob-store.js'
import { SqliteBudget } from './budget.js'
import { SqliteCursor } from './cursor.js'
import { Database } from './database.js'
import { SqliteError } from './error.js'
import { backUp, lockRun, ownFile } from './files.js'
import { SqliteJobs } from './jobs.js'
import { SqliteJournal } from './journal.js'
import { SqliteKillSwitch } from './kill-switch.js'
import { SqliteMarks } from './marks.js'
import { SqliteOptOuts } from './opt-outs.js'
import { SqliteQueue, type SqliteQueueOptions } from './queue.js'
import { SqliteReplyLedger } from './reply-ledger.js'
import { checkIdentity, dropAllExpired, migrate } from './schema.js'
import { SqliteSessionStore } from './session-store.js'

/** Options for opening a store. */
export interface StoreOptions {
  /**
   * Opens the file even while a run is using it, for a command that inspects, repairs or backs up. Otherwise this
   * process locks the store, and another process that does the same gets an error.
   */
  readonly shared?: boolean
  /** How long a call waits for another process that writes, in milliseconds. Default: 5000. */
  readonly timeout?: number
  readonly now?: Now
}

/** All stores of a bot, in one file. */
export interface Store {
  /** The stores that need no other service. */
  readonly ports: Pick<Ports, 'cursor' | 'killSwitch' | 'ledger' | 'optOuts'> & {
    readonly budget: Budget & Spending
    readonly journal: Journal
  }
  /** Times of events in the life of the store. */
  readonly marks: Pick<SqliteMarks, 'find' | 'put'>
  /** Photos and jobs. */
  blobs(): Ports['blobs']
  /** Stores each job and puts its key into the queue, in one write. */
  jobs(queue: Pick<SqliteQueue<string>, 'put'>): Jobs
  /** The box seals tokens at rest. */
  signIn(box: SecretBox): Pick<Ports, 'accounts' | 'sessions'>
  /**
   * Returns the queue with this name. A queue of events is an `Inbox`.
   *
   * @throws SqliteError QUEUE_CONSUMED on a second call: `put` wakes only the consumers of the same object
   */
  queue<T>(name: string, options?: SqliteQueueOptions): SqliteQueue<T>
  /**
   * Writes a copy of the whole store to a new file. The store may be in use.
   *
   * @throws SqliteError BACKUP_EXISTS
   */
  backup(path: string): Promise<void>
  /** Closes the file. Stop the queues first: work that a handler finishes later isn't recorded. */
  close(): void
}

/**
 * Opens the store at `path`. Creates a missing one, and upgrades one of an older release. Only the file's owner can
 * read it. Each call has written its data to the disk when it returns. Removed data is overwritten.
 *
 * A store belongs to one bot: `createBot` refuses the store of another bot.
 *
 * @throws SqliteError STORE_IN_USE, STORE_NEWER, STORE_NOT_A_STORE, STORE_CORRUPT, STORE_READ_ONLY, STORE_CANNOT_OPEN
 */
export function openStore(path: string, options: StoreOptions = {}): Store {
  const { shared = false, timeout = 5000, now = Date.now } = options
  const file = ownFile(resolve(path))
  const lock = shared ? undefined : lockRun(file)
  try {
    return storeOn(openDatabase(file, timeout, now()), now, lock)
  } catch (error) {
    lock?.close()
    throw error
  }
}

/** Opens or creates the file, and upgrades it. */
export function openDatabase(file: string, timeout: number, now: number): Database {
  const db = new Database(file, timeout)
  try {
    checkIdentity(db)
    // Without `fullfsync`, macOS leaves synced data in the drive's cache.
    db.exec('PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = ON')
    const mode = db.get<{ journal_mode: string }>('PRAGMA journal_mode = WAL')?.journal_mode
    if (mode !== 'wal') {
      throw new SqliteError('STORE_CANNOT_OPEN', `${file}: this file system has no shared memory. Use a local disk.`)
    }
    const found = db.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check
    if (found !== 'ok') {
      throw new SqliteError('STORE_CORRUPT', `${file} is damaged (${found}). Restore a backup.`)
    }
    migrate(db)
    dropAllExpired(db, now)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function storeOn(db: Database, now: Now, lock: Database | undefined): Store {
  const queues = new Map<string, { stop(): Promise<void> }>()
  return {
    ports: {
      killSwitch: new SqliteKillSwitch(db),
      budget: new SqliteBudget(db),
      cursor: new SqliteCursor(db),
      journal: new SqliteJournal(db),
      ledger: new SqliteReplyLedger(db),
      optOuts: new SqliteOptOuts(db),
    },
    marks: new SqliteMarks(db),
    blobs: () => new SqliteBlobStore(db, now),
    jobs: (queue) => new SqliteJobs(new SqliteBlobStore(db, now), queue),
    signIn: (box) => ({ accounts: new SqliteAccountStore(db, box), sessions: new SqliteSessionStore(db, box) }),
    queue<T>(name: string, options: SqliteQueueOptions = {}) {
      if (queues.has(name)) {
        throw new SqliteError('QUEUE_CONSUMED', `The queue ${name} already exists. Share that object.`)
      }
      const queue = new SqliteQueue<T>(db, name, { now, ...options })
      queues.set(name, queue)
      return queue
    },
    async backup(path) {
      backUp(db, resolve(path))
    },
    close() {
      for (const queue of queues.values()) void queue.stop()
      try {
        db.checkpoint()
      } finally {
        db.close()
        lock?.close()
      }
    },
  }
}
