import { DatabaseSync } from 'node:sqlite'

/**
 * One file holds everything. What a transaction has written is on the disk when it returns, and other processes see all of
 * it or nothing.
 *
 * @param {string} path
 * @param {{ patience?: number }} [options] for how many milliseconds another process may keep the file locked
 */
export function openDatabase(path, { patience = 5000 } = {}) {
  const database = new DatabaseSync(path, { timeout: patience })
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS reply (
      bot TEXT NOT NULL, about TEXT NOT NULL, entry TEXT NOT NULL, kept_until INTEGER NOT NULL, PRIMARY KEY (bot, about)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS reply_kept_until ON reply (kept_until);
    CREATE TABLE IF NOT EXISTS spent (name TEXT PRIMARY KEY, amount INTEGER NOT NULL, ends_at INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS reserved (
      name TEXT NOT NULL, call TEXT NOT NULL, amount INTEGER NOT NULL, ends_at INTEGER NOT NULL, PRIMARY KEY (name, call)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS breaker (one INTEGER PRIMARY KEY CHECK (one = 1), reason TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS wait (call TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS strike (tweet_id TEXT PRIMARY KEY) STRICT;
    CREATE TABLE IF NOT EXISTS owner (one INTEGER PRIMARY KEY CHECK (one = 1), bot TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS opt_out (user_id TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS opt_in (user_id TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS blob (key TEXT PRIMARY KEY, bytes BLOB NOT NULL, type TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS item (
      id INTEGER PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, receives INTEGER NOT NULL DEFAULT 0,
      visible_at INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX IF NOT EXISTS item_visible_at ON item (queue, visible_at);
    COMMIT;
  `)
  return database
}

/**
 * All of `work`, or nothing of it. It takes the lock at once: what it reads stays true until it has written.
 *
 * @template T
 * @param {DatabaseSync} database
 * @param {() => T} work
 * @returns {T}
 */
export function transaction(database, work) {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}
