/** Keeps photos and jobs. Keys are paths such as `photos/<author>/<firstId>/0`. */
export interface BlobStore {
  /** Stores the bytes; what was there under the key is replaced. They are durable when this returns. */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>
  /** What is stored under the key; `undefined` where nothing is. */
  get(key: string): Promise<Blob | undefined>
  /** Nothing happens where there is none. */
  remove(key: string): Promise<void>
  /** Removes every blob whose key begins with `prefix`, which ends in `/`. */
  removeAll(prefix: string): Promise<void>
}

/** What is stored under one key. */
export interface Blob {
  readonly bytes: Uint8Array
  /** Media type, as given to `put`. */
  readonly type: string
}
