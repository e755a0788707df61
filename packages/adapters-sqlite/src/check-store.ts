import { realpathSync } from 'node:fs'
import type { KillSwitchState, Spending } from '@hexbird/core/adapter'
import { SqliteBudget } from './budget.js'
import { Database } from './database.js'
import { SqliteError, sqliteError } from './error.js'
import { type MarkName, SqliteMarks } from './marks.js'
import { checkIdentity, NEWEST_VERSION, versionOf } from './schema.js'

/** The result of checking a store. */
export interface StoreFacts {
  /** The version of its tables. Opening the store upgrades an older one. */
  readonly version: number
  /** The version that this release writes. */
  readonly newestVersion: number
  /** The owner; `undefined` before the first run. */
  readonly botId: string | undefined
  /** Why and since when posting is stopped; `undefined` if it is allowed. */
  readonly stopped: KillSwitchState['stopped']
  /** The tweets to which X refused replies without a reason, since the last reply that it accepted. */
  readonly strikes: readonly string[]
  /** The newest mention that a sweep or a poll has seen. */
  readonly newestMentionId: string | undefined
  /** How many events and jobs failed too often. */
  readonly deadLetters: number
  /** Epoch milliseconds. */
  readonly marks: Readonly<Partial<Record<MarkName, number>>>
}

/**
 * Reads a whole store or backup, without changing it. A bot may be using it.
 *
 * @throws SqliteError STORE_NEWER, STORE_NOT_A_STORE, STORE_CORRUPT, STORE_CANNOT_OPEN
 */
export function checkStore(path: string): StoreFacts {
  const db = new Database(existing(path), 5000, true)
  try {
    checkIdentity(db)
    const version = versionOf(db)
    if (version === 0) throw new SqliteError('STORE_NOT_A_STORE', `${path} is empty: no bot has stored anything in it.`)
    const found = db.get<{ integrity_check: string }>('PRAGMA integrity_check(1)')?.integrity_check
    if (found !== 'ok') throw new SqliteError('STORE_CORRUPT', `${path} is damaged (${found}). Restore a backup.`)
    return {
      version,
      newestVersion: NEWEST_VERSION,
      ...switchIn(db),
      newestMentionId: db.get<{ tweet_id: string }>('SELECT tweet_id FROM cursor')?.tweet_id,
      deadLetters: db.get<{ count: number }>('SELECT count(*) AS count FROM dead_letter')?.count ?? 0,
      marks: version < 2 ? {} : marksIn(db),
    }
  } finally {
    db.close()
  }
}

/**
 * Reads the budget of a store without changing the store. A bot may be using it. Each read opens the file.
 *
 * @throws SqliteError from `spent`: STORE_NEWER, STORE_NOT_A_STORE, STORE_CORRUPT, STORE_CANNOT_OPEN
 */
export const spendingIn = (path: string): Spending => ({
  async spent(window) {
    const db = new Database(existing(path), 5000, true)
    try {
      checkIdentity(db)
      return await new SqliteBudget(db).spent(window)
    } finally {
      db.close()
    }
  },
})

function existing(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    throw sqliteError(error, path)
  }
}

/** A store that nobody has claimed has no row. */
function switchIn(db: Database): Pick<StoreFacts, 'botId' | 'stopped' | 'strikes'> {
  const row = db.get<{ owner: string | null; stopped: string | null; strikes: string }>(
    'SELECT owner, stopped, strikes FROM kill_switch',
  )
  return {
    botId: row?.owner ?? undefined,
    stopped: JSON.parse(row?.stopped ?? 'null') ?? undefined,
    strikes: JSON.parse(row?.strikes ?? '[]'),
  }
}

function marksIn(db: Database): StoreFacts['marks'] {
  const marks = new SqliteMarks(db)
  const names: readonly MarkName[] = ['restored', 'polled']
  return Object.fromEntries(names.flatMap((name) => (marks.find(name) === undefined ? [] : [[name, marks.find(name)]])))
}
