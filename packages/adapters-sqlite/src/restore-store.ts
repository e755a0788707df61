import { randomBytes } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Now } from '@hexbird/core/adapter'
import { checkStore } from './check-store.js'
import { Database } from './database.js'
import { SqliteError, sqliteError } from './error.js'
import { backUp, lockRun, made } from './files.js'
import { SqliteMarks } from './marks.js'
import { openDatabase } from './open-store.js'

/** What happened to the previous store. */
export interface Restored {
  /** Its new path; `undefined` if there was no store. */
  readonly keptAs: string | undefined
}

/**
 * Replaces the store at `path` with a copy of a backup, and sets the copy's mark `restored`. The previous store is kept
 * beside it under another name.
 *
 * @throws SqliteError STORE_IN_USE while a bot runs on the store, and every error of `checkStore` for the backup
 */
export function restoreStore(backup: string, path: string, now: Now = Date.now): Restored {
  const store = realPath(path)
  checkStore(backup)
  if (realPath(backup) === store) {
    throw new SqliteError(
      'STORE_IN_USE',
      `${path} is the backup itself. Give the path of the store that the backup should replace.`,
    )
  }
  const lock = lockRun(store)
  const fresh = `${store}.${randomBytes(8).toString('hex')}.new`
  try {
    copyOf(backup, fresh, now())
    const keptAs = existsSync(store) ? keep(store, now()) : undefined
    renameSync(fresh, store)
    sync(dirname(store))
    return { keptAs }
  } catch (error) {
    throw sqliteError(error, store)
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${fresh}${end}`, { force: true })
    lock.close()
  }
}

/** Writes the backup as one file, upgraded and marked. */
function copyOf(backup: string, fresh: string, now: number): void {
  const from = new Database(realPath(backup), 5000, true)
  try {
    backUp(from, fresh)
  } finally {
    from.close()
  }
  const db = openDatabase(fresh, 0, now)
  try {
    new SqliteMarks(db).put('restored', now)
    // The rename would leave the write-ahead log behind.
    db.exec('PRAGMA journal_mode = DELETE')
  } finally {
    db.close()
  }
  sync(fresh)
}

/** Keeps the old store, and returns its new path. A log that can't be emptied is kept with it. */
function keep(store: string, now: number): string {
  emptyLog(store)
  const stamp = new Date(now).toISOString().replace(/[:.]/g, '-')
  let kept = `${store}.before-${stamp}`
  for (let count = 2; !made(kept); count++) kept = `${store}.before-${stamp}-${count}`
  copyFileSync(store, kept)
  sync(kept)
  // SQLite must not take it for the log of the new file.
  if ((statSync(`${store}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) renameSync(`${store}-wal`, `${kept}-wal`)
  for (const end of ['-wal', '-shm']) rmSync(`${store}${end}`, { force: true })
  return kept
}

/** The store may be damaged, which is a reason to restore a backup. Then its log stays as it is. */
function emptyLog(store: string): void {
  try {
    const db = new Database(store, 0)
    try {
      db.checkpoint()
    } finally {
      db.close()
    }
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error
  }
}

function sync(path: string): void {
  // Windows can't open folders, and doesn't need this.
  if (process.platform === 'win32') return
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Resolves the path of a file that may be missing, in a folder that has to exist. */
function realPath(path: string): string {
  const whole = resolve(path)
  try {
    return existsSync(whole) ? realpathSync(whole) : join(realpathSync(dirname(whole)), basename(whole))
  } catch (error) {
    throw sqliteError(error, path)
  }
}
