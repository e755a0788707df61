import type { Blob, BlobStore, Now } from '@hexbird/core'
import type { Database } from './database.js'
import { dropExpired } from './schema.js'

/** What a `SqliteBlobStore` may be told. */
export interface SqliteBlobStoreOptions {
  /** Called with the key after each `put`, once the blob is on the disk, as S3 tells of an object that was created. */
  readonly onStored?: (key: string) => void
}

/** Photos and jobs. What nobody removed is dropped after `TIMES.photoLifetime`, by the next `put` or start. */
export class SqliteBlobStore implements BlobStore {
  readonly #db: Database
  readonly #now: Now
  readonly #onStored: ((key: string) => void) | undefined

  constructor(db: Database, now: Now, { onStored }: SqliteBlobStoreOptions) {
    this.#db = db
    this.#now = now
    this.#onStored = onStored
  }

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    const now = this.#now()
    this.#db.write(() => {
      dropExpired(this.#db, 'blob', now)
      const sql = 'INSERT OR REPLACE INTO blob (key, type, stored_at, bytes) VALUES (?, ?, ?, ?)'
      this.#db.run(sql, key, type, now, bytes)
    })
    this.#onStored?.(key)
  }

  async get(key: string): Promise<Blob | undefined> {
    return this.#db.get<Blob>('SELECT bytes, type FROM blob WHERE key = ?', key)
  }

  async remove(key: string): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM blob WHERE key = ?', key))
  }

  async removeAll(prefix: string): Promise<void> {
    // In the order of keys, everything below a folder stands before the folder's name with a `0`, which follows `/`.
    const end = prefix.replace(/\/$/, '0')
    this.#db.remove(() => this.#db.run('DELETE FROM blob WHERE key >= ? AND key < ?', prefix, end))
  }
}
