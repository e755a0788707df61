import type { Cursor, CursorState } from '@hexbird/core/adapter'
import type { Database } from './database.js'

/** Stores the sweep's position, in one row. */
export class SqliteCursor implements Cursor {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async read(): Promise<CursorState | undefined> {
    return this.#read()
  }

  async advance({ id, seen }: CursorState): Promise<void> {
    this.#db.write(() => {
      const known = this.#read()
      if (known !== undefined && BigInt(id) < BigInt(known.id)) return
      this.#db.run('INSERT OR REPLACE INTO cursor (id, tweet_id, seen) VALUES (1, ?, ?)', id, JSON.stringify(seen))
    })
  }

  #read(): CursorState | undefined {
    const row = this.#db.get<{ tweet_id: string; seen: string }>('SELECT tweet_id, seen FROM cursor')
    return row && { id: row.tweet_id, seen: JSON.parse(row.seen) }
  }
}
