import { chmodSync, closeSync, existsSync, openSync, realpathSync, rmSync, statSync } from 'node:fs'
import { Database } from './database.js'
import { SqliteError, sqliteError } from './error.js'

/**
 * Writes a copy of the whole store to a new file that only its owner can read.
 *
 * @throws SqliteError BACKUP_EXISTS
 */
export function backUp(db: Database, target: string): void {
  // SQLite fills the empty file, which keeps its mode.
  if (!made(target)) {
    throw new SqliteError('BACKUP_EXISTS', `${target} already exists. Choose another path, or move the file away.`)
  }
  try {
    db.run('VACUUM INTO ?', target)
  } catch (error) {
    rmSync(target, { force: true })
    throw error
  }
}

/**
 * Returns the path of the file, and creates it if it's missing, so that only its owner can read it. It doesn't open an
 * existing file, because closing it would release this process's locks on it.
 */
export function ownFile(path: string): string {
  try {
    if (!made(path) && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    return realpathSync(path)
  } catch (error) {
    throw sqliteError(error, path)
  }
}

/** Creates an empty file; `false` if it already exists. */
export function made(path: string): boolean {
  if (existsSync(path)) return false
  try {
    closeSync(openSync(path, 'wx', 0o600))
    return true
  } catch (error) {
    // Another process created it at the same moment.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw sqliteError(error, path)
  }
}

/**
 * Locks the store for a run. It is a SQLite lock on a separate file, so it ends with the process, even after a crash.
 */
export function lockRun(file: string): Database {
  const lock = new Database(ownFile(`${file}-lock`), 0)
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    const { code } = error as Partial<SqliteError>
    if (code !== 'STORE_BUSY') throw error
    throw new SqliteError('STORE_IN_USE', `${file} is in use by another run. Stop that one first.`, { cause: error })
  }
}
