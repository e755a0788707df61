import type { Database } from './database.js'

/** `restored`: when a backup replaced the store. `polled`: when X last answered a request for mentions. */
export type MarkName = 'restored' | 'polled'

/** Stores times by name, in epoch milliseconds. */
export class SqliteMarks {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  find(name: MarkName): number | undefined {
    return this.#db.get<{ at: number }>('SELECT at FROM mark WHERE name = ?', name)?.at
  }

  put(name: MarkName, at: number): void {
    this.#db.run('INSERT OR REPLACE INTO mark (name, at) VALUES (?, ?)', name, at)
  }
}
