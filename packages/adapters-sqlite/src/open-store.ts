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

/** How a store is opened. */
export interface StoreOptions {
  /**
   * Opens the file beside a run that has it, for a command that looks, repairs or backs up. Without it the store is this
   * process's alone, and a second process that opens it this way is refused.
   */
  readonly shared?: boolean
  /** How long a call waits for another process that writes, in milliseconds. Default: 5000. */
  readonly timeout?: number
  readonly now?: Now
}

/** Everything that a bot keeps, in one file. */
export interface Store {
  /** What needs nothing more. */
  readonly ports: Pick<Ports, 'cursor' | 'killSwitch' | 'ledger' | 'optOuts'> & {
    readonly budget: Budget & Spending
    readonly journal: Journal
  }
  /** When this and that happened to the store. */
  readonly marks: Pick<SqliteMarks, 'find' | 'put'>
  /** Photos and jobs. */
  blobs(): Ports['blobs']
  /** Stores each job, and puts its key into the queue, in one write. */
  jobs(queue: Pick<SqliteQueue<string>, 'put'>): Jobs
  /** The box seals tokens at rest. */
  signIn(box: SecretBox): Pick<Ports, 'accounts' | 'sessions'>
  /**
   * The queue of that name. A queue of events is an `Inbox`.
   *
   * @throws SqliteError QUEUE_CONSUMED where it was asked for before: who puts has to wake who consumes
   */
  queue<T>(name: string, options?: SqliteQueueOptions): SqliteQueue<T>
  /**
   * Writes a whole copy of the store, while it is in use, to a file that is not there yet.
   *
   * @throws SqliteError BACKUP_EXISTS
   */
  backup(path: string): Promise<void>
  /** Closes the file, and gives nothing out any more. Stop the queues first: what a handler ends later is not recorded. */
  close(): void
}

/**
 * Opens the store at `path`, makes it where there is none, and brings one of an older release up to date. The file is its
 * owner's alone to read. What a call has accepted is on the disk when it returns; what was removed is overwritten.
 *
 * A store belongs to one bot: `createBot` refuses that of another.
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

/** Opens the file, or makes it, and brings it up to date. */
export function openDatabase(file: string, timeout: number, now: number): Database {
  const db = new Database(file, timeout)
  try {
    checkIdentity(db)
    // Without `fullfsync` macOS leaves what was synchronized in the drive's own cache.
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
        throw new SqliteError('QUEUE_CONSUMED', `The queue ${name} is there already. Share that one.`)
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
