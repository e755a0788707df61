import type { Gap } from '@hexbird/core/adapter'
import type { Database } from './database.js'

/** Until when the ledger may have forgotten replies, in one row. */
export class SqliteGap implements Gap {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async before(): Promise<number | undefined> {
    return this.#db.get<{ at: number }>("SELECT at FROM mark WHERE name = 'gap'")?.at
  }

  async widen(before: number): Promise<void> {
    this.#db.run(
      "INSERT INTO mark (name, at) VALUES ('gap', ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)",
      before,
    )
  }
}
