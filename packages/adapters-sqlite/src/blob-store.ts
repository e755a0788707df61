import type { Blob, BlobStore, Now } from '@hexbird/core/adapter'
import type { Database } from './database.js'
import { dropExpired } from './schema.js'

/** Stores photos and jobs. The next `put` or start removes those older than `TIMES.photoLifetime`. */
export class SqliteBlobStore implements BlobStore {
  readonly #db: Database
  readonly #now: Now

  constructor(db: Database, now: Now) {
    this.#db = db
    this.#now = now
  }

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    this.#db.write(() => this.insert(key, bytes, type))
  }

  /** Runs within a write. */
  insert(key: string, bytes: Uint8Array, type: string): void {
    const now = this.#now()
    dropExpired(this.#db, 'blob', now)
    const sql = 'INSERT OR REPLACE INTO blob (key, type, stored_at, bytes) VALUES (?, ?, ?, ?)'
    this.#db.run(sql, key, type, now, bytes)
  }

  async get(key: string): Promise<Blob | undefined> {
    return this.#db.get<Blob>('SELECT bytes, type FROM blob WHERE key = ?', key)
  }

  async remove(key: string): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM blob WHERE key = ?', key))
  }

  async removeAll(prefix: string): Promise<void> {
    // `0` is the character after `/`, so all keys in a folder sort before the folder's name followed by `0`.
    const end = prefix.replace(/\/$/, '0')
    this.#db.remove(() => this.#db.run('DELETE FROM blob WHERE key >= ? AND key < ?', prefix, end))
  }
}
