import { TIMES } from '@hexbird/core/host'
import type { Database } from './database.js'
import { SqliteError } from './error.js'

/** Distinguishes a store from other programs' databases: `hexb`. */
const APPLICATION_ID = 0x68657862

/** Migrations: the nth one upgrades a store to version n. Existing ones never change. */
const MIGRATIONS: readonly string[] = [
  `
  PRAGMA application_id = ${APPLICATION_ID};

  CREATE TABLE reply (
    bot_id TEXT NOT NULL,
    about TEXT NOT NULL,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    kept_until INTEGER NOT NULL,
    PRIMARY KEY (bot_id, about)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX reply_kept_until ON reply (kept_until);
  CREATE INDEX reply_begun ON reply (kind) WHERE kind = 'begun';

  CREATE TABLE budget_window (
    name TEXT PRIMARY KEY,
    sum INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX budget_window_ends_at ON budget_window (ends_at);
  CREATE TABLE budget_call (
    window TEXT NOT NULL REFERENCES budget_window (name) ON DELETE CASCADE,
    call TEXT NOT NULL,
    reserved INTEGER NOT NULL,
    PRIMARY KEY (window, call)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE kill_switch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    owner TEXT,
    stopped TEXT,
    waits TEXT NOT NULL,
    strikes TEXT NOT NULL
  ) STRICT;

  CREATE TABLE cursor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    tweet_id TEXT NOT NULL,
    seen TEXT NOT NULL
  ) STRICT;

  CREATE TABLE opt_out (
    user_id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    is_out INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE session (
    request_token TEXT PRIMARY KEY,
    flow_secret_hash TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    content TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_expires_at ON session (expires_at);

  CREATE TABLE account (
    uid TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    access_token TEXT NOT NULL,
    access_secret TEXT NOT NULL,
    signed_in_at INTEGER NOT NULL,
    tracked TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE blob (
    key TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX blob_stored_at ON blob (stored_at);

  -- A number that was given once is never given again: who is late must not end the item of another.
  CREATE TABLE queue_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0,
    receipt INTEGER NOT NULL DEFAULT 0,
    visible_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX queue_item_visible_at ON queue_item (queue, visible_at);

  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    receives INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX dead_letter_at ON dead_letter (at);
  `,
  `
  CREATE TABLE mark (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Numbered in the order in which the tweets came.
  CREATE TABLE journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tweet_id TEXT NOT NULL UNIQUE,
    author_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
  CREATE INDEX journal_author_id ON journal (author_id);
  CREATE INDEX journal_at ON journal (at);

  CREATE TABLE journal_day (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (day, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX journal_day_at ON journal_day (at);
  `,
]

/** The version that this release writes. */
export const NEWEST_VERSION = MIGRATIONS.length

/**
 * Refuses a file that this release can't use, before changing anything in it.
 *
 * @throws SqliteError STORE_NOT_A_STORE, STORE_NEWER
 */
export function checkIdentity(db: Database, newest = MIGRATIONS.length): void {
  const isEmpty = db.get('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined
  if (!isEmpty && pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new SqliteError(
      'STORE_NOT_A_STORE',
      `${db.path} is the database of another program. Choose another path for the store.`,
    )
  }
  const version = versionOf(db)
  if (version > newest) {
    throw new SqliteError(
      'STORE_NEWER',
      `${db.path} has version ${version} and this release of hexbird knows ${newest} at most. Install the newer release again.`,
    )
  }
}

/** Upgrades the store to the newest version, each step in its own transaction. */
export function migrate(db: Database, migrations = MIGRATIONS): void {
  for (const [index, sql] of migrations.entries()) {
    db.write(() => {
      if (pragma(db, 'user_version') === index) db.exec(`${sql}; PRAGMA user_version = ${index + 1}`)
    })
  }
}

/** Returns 0 if nothing has been stored yet. */
export const versionOf = (db: Database): number => pragma(db, 'user_version')

const pragma = (db: Database, name: 'application_id' | 'user_version'): number =>
  db.get<Record<typeof name, number>>(`PRAGMA ${name}`)?.[name] ?? 0

/** What expires, by which column, and as of when. */
const EXPIRY = {
  reply: ['kept_until', 0],
  budget_window: ['ends_at', 0],
  session: ['expires_at', 0],
  blob: ['stored_at', TIMES.photoLifetime],
  dead_letter: ['at', TIMES.deadLetters],
  journal: ['at', TIMES.journal],
  journal_day: ['at', TIMES.journal],
} as const

/**
 * Removes a table's rows that have expired by `now`. There is no timer: each write to a table calls this first, and
 * opening the store calls it for every table.
 */
export function dropExpired(db: Database, table: keyof typeof EXPIRY, now: number): void {
  const [column, age] = EXPIRY[table]
  db.run(`DELETE FROM ${table} WHERE ${column} <= ?`, now - age)
}

export function dropAllExpired(db: Database, now: number): void {
  const tables = Object.keys(EXPIRY) as (keyof typeof EXPIRY)[]
  db.write(() => {
    for (const table of tables) dropExpired(db, table, now)
  })
}
