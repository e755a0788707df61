import type { OptOuts } from '@hexbird/core/adapter'
import type { Database } from './database.js'

/** Stores the latest wish of each person. */
export class SqliteOptOuts implements OptOuts {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async has(userId: string): Promise<boolean> {
    return this.#db.get('SELECT 1 FROM opt_out WHERE user_id = ? AND is_out = 1', userId) !== undefined
  }

  async add(userId: string, at: number): Promise<void> {
    this.#wish(userId, at, 1)
  }

  async remove(userId: string, at: number): Promise<void> {
    this.#wish(userId, at, 0)
  }

  async removeAll(): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM opt_out'))
  }

  /** Of two wishes at the same moment, the opt-out counts. */
  #wish(userId: string, at: number, isOut: 0 | 1): void {
    this.#db.write(() =>
      this.#db.run(
        `INSERT INTO opt_out (user_id, at, is_out) VALUES (?, ?, ?)
         ON CONFLICT (user_id) DO UPDATE SET at = excluded.at, is_out = excluded.is_out
         WHERE excluded.at > at OR (excluded.at = at AND excluded.is_out = 1)`,
        userId,
        at,
        isOut,
      ),
    )
  }
}
