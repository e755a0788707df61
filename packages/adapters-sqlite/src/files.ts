import { chmodSync, closeSync, existsSync, openSync, realpathSync, rmSync, statSync } from 'node:fs'
import { Database } from './database.js'
import { SqliteError, sqliteError } from './error.js'

/**
 * Writes a whole copy of the store, its owner's alone, to a file that is not there yet.
 *
 * @throws SqliteError BACKUP_EXISTS
 */
export function backUp(db: Database, target: string): void {
  // SQLite fills an empty file, which keeps its mode.
  if (!made(target)) {
    throw new SqliteError('BACKUP_EXISTS', `${target} is there already. Choose another path, or move it away.`)
  }
  try {
    db.run('VACUUM INTO ?', target)
  } catch (error) {
    rmSync(target, { force: true })
    throw error
  }
}

/**
 * The path of the file, which is there and its owner's alone. A file that is there is not opened: closing it again would
 * take away the locks that this process has on it.
 */
export function ownFile(path: string): string {
  try {
    if (!made(path) && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    return realpathSync(path)
  } catch (error) {
    throw sqliteError(error, path)
  }
}

/** Makes an empty file; `false` where there is one. */
export function made(path: string): boolean {
  if (existsSync(path)) return false
  try {
    closeSync(openSync(path, 'wx', 0o600))
    return true
  } catch (error) {
    // Somebody else made it at the same moment.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw sqliteError(error, path)
  }
}

/** The lock of a run is one of SQLite's on a file of its own, so that it ends with the process, however that ends. */
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
