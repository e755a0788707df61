/** Stores photos and jobs. Keys are paths such as `photos/<author>/<firstId>/<id>-0`. */
export interface BlobStore {
  /** Stores the bytes, replacing any earlier ones under the key. They are durable when the promise resolves. */
  put(key: string, bytes: Uint8Array, type: string): Promise<void>
  /** Returns the blob under the key, or `undefined` if there is none. */
  get(key: string): Promise<Blob | undefined>
  /** Removes the blob under the key, if there is one. */
  remove(key: string): Promise<void>
  /** Removes every blob whose key begins with `prefix`, which ends in `/`. */
  removeAll(prefix: string): Promise<void>
}

/** A stored blob. */
export interface Blob {
  readonly bytes: Uint8Array
  /** Media type, as given to `put`. */
  readonly type: string
}
