import { rmSync, statSync } from 'node:fs'
// The sources: what they open is watched there, for a process that dies closes nothing.
import { Database } from '../../../../packages/adapters-sqlite/src/database.js'

/** The disk under a store: it may be full, and the power may be cut. */
export interface Disk {
  /** No page more than the file has now. */
  fill(): void
  empty(): void
  /** To be told of a store that was opened meanwhile. */
  opened(): void
  /** Whoever had files open is gone. Nothing of the write-ahead log has been moved into the file. */
  drop(): void
  /** Of the file and its log. */
  bytes(): number
  remove(): void
  /** How many rows a table of the open store has. */
  count(table: 'blob' | 'queue_item'): number
  /** What was tried while there was no room. */
  readonly refused: () => number
}

const open = new Set<Database>()
const exec = methodOf('exec')
const close = methodOf('close')
Database.prototype.exec = function watched(this: Database, sql) {
  open.add(this)
  exec.call(this, sql)
}
Database.prototype.close = function watched(this: Database) {
  open.delete(this)
  close.call(this)
}

/** As it is now, without what is put around it later. */
function methodOf<Name extends 'exec' | 'close' | 'write'>(name: Name): Database[Name] {
  return Object.getOwnPropertyDescriptor(Database.prototype, name)?.value as Database[Name]
}

const MOST_PAGES = 0x3fffffff

export function createDisk(path: string, collectGarbage: () => void): Disk {
  let isFull = false
  let refused = 0
  const write = methodOf('write')
  Database.prototype.write = function counted<T>(this: Database, run: () => T, keep?: (result: T) => boolean): T {
    try {
      return write.call(this, run, keep as (result: unknown) => boolean) as T
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_DISK_FULL') refused += 1
      throw error
    }
  }
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
