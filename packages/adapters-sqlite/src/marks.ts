import type { Database } from './database.js'

/** `restored`: a backup took the place of the store. `polled`: X was last asked for mentions, and answered. */
export type MarkName = 'restored' | 'polled'

/** Times that a store keeps by name, epoch milliseconds. */
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
