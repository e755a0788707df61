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

/** What became of the store that was there before. */
export interface Restored {
  /** Where it is now; `undefined` where there was none. */
  readonly keptAs: string | undefined
}

/**
 * Puts a copy of a backup in the place of the store at `path`, which is kept beside it under another name. The copy has the
 * mark `restored`.
 *
 * @throws SqliteError STORE_IN_USE while a bot runs on the store, and whatever `checkStore` throws of the backup
 */
export function restoreStore(backup: string, path: string, now: Now = Date.now): Restored {
  const store = realPath(path)
  checkStore(backup)
  if (realPath(backup) === store) {
    throw new SqliteError(
      'STORE_IN_USE',
      `${path} is the backup itself. Give the path of the store that it is to replace.`,
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

/** One file, up to date and marked. */
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
    // What is in the log beside the file would not go along.
    db.exec('PRAGMA journal_mode = DELETE')
  } finally {
    db.close()
  }
  sync(fresh)
}

/** Copies the store away, and gives the path of the copy. A log that cannot be emptied goes along. */
function keep(store: string, now: number): string {
  emptyLog(store)
  const stamp = new Date(now).toISOString().replace(/[:.]/g, '-')
  let kept = `${store}.before-${stamp}`
  for (let count = 2; !made(kept); count++) kept = `${store}.before-${stamp}-${count}`
  copyFileSync(store, kept)
  sync(kept)
  // It must not be taken for the log of the file that comes.
  if ((statSync(`${store}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) renameSync(`${store}-wal`, `${kept}-wal`)
  for (const end of ['-wal', '-shm']) rmSync(`${store}${end}`, { force: true })
  return kept
}

/** A damaged store is one reason to restore a backup: then its log stays as it is. */
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
  // Windows cannot open folders, and needs none of this.
  if (process.platform === 'win32') return
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Of a file that need not be there, in a folder that has to. */
function realPath(path: string): string {
  const whole = resolve(path)
  try {
    return existsSync(whole) ? realpathSync(whole) : join(realpathSync(dirname(whole)), basename(whole))
  } catch (error) {
    throw sqliteError(error, path)
  }
}
