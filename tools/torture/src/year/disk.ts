import { rmSync, statSync } from 'node:fs'
// The sources: what they open is watched there, for a process that dies closes nothing.
import { Database } from '../../../../packages/adapters-sqlite/src/database.js'

/** The disk under a store: it may be full, and the power may be cut. */
export interface Disk {
  /** No page more than the file has now. */
  readonly fill: () => void
  readonly empty: () => void
  /** To be told of a store that was opened meanwhile. */
  readonly opened: () => void
  /** Whoever had files open is gone. Nothing of the write-ahead log has been moved into the file. */
  readonly drop: () => void
  /** Of the file and its log. */
  readonly bytes: () => number
  readonly remove: () => void
  /** How many rows a table of the open store has. */
  readonly count: (table: 'blob' | 'queue_item') => number
  /** What was tried while there was no room. */
  readonly refused: () => number
}

const open = new Set<Database>()
/** Does `around` in place of each call of the method, of every connection; that makes the call itself. */
function watch(name: 'exec' | 'close' | 'write', around: (db: Database, call: () => unknown) => unknown): void {
  const method = Reflect.get(Database.prototype, name) as (...input: readonly unknown[]) => unknown
  Reflect.set(Database.prototype, name, function watched(this: Database, ...input: readonly unknown[]) {
    return around(this, () => Reflect.apply(method, this, input))
  })
}

watch('exec', (db, call) => {
  open.add(db)
  return call()
})
watch('close', (db, call) => {
  open.delete(db)
  return call()
})

const MOST_PAGES = 0x3fffffff

export function createDisk(path: string, collectGarbage: () => void): Disk {
  let isFull = false
  let refused = 0
  watch('write', (_, call) => {
    try {
      return call()
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_DISK_FULL') refused += 1
      throw error
    }
  })
  const store = () => [...open].find((db) => db.path.endsWith(path))

  function limit(): void {
    const db = store()
    if (db === undefined) return
    let most = MOST_PAGES
    if (isFull) {
      // Pages that are free in the file would be used up first.
      db.exec('VACUUM')
      most = db.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 1
    }
    db.exec(`PRAGMA max_page_count = ${most}`)
  }

  return {
    fill() {
      isFull = true
      limit()
    },
    empty() {
      isFull = false
      limit()
    },
    opened() {
      // A process is what dies here, and what it has written to a file stays. Waiting for the disk would take hours.
      store()?.exec('PRAGMA synchronous = OFF')
      if (isFull) limit()
    },
    drop() {
      for (const db of [...open]) db.close()
      // The driver keeps a connection until its statements are collected.
      collectGarbage()
    },
    bytes: () => sizeOf(path) + sizeOf(`${path}-wal`),
    remove() {
      for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
    },
    count: (table) => store()?.get<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`)?.rows ?? 0,
    refused: () => refused,
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
