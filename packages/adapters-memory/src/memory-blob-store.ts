import type { Blob, BlobStore } from '@hexbird/core/adapter'

/**
 * Stores photos and jobs in memory until the process ends. `put` and `get` each copy the bytes, so that callers can't
 * change the stored ones. Nothing expires.
 */
export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<string, Blob>()

  async put(key: string, bytes: Uint8Array, type: string): Promise<void> {
    this.#blobs.set(key, { bytes: new Uint8Array(bytes), type })
  }

  async get(key: string): Promise<Blob | undefined> {
    const blob = this.#blobs.get(key)
    return blob && { bytes: new Uint8Array(blob.bytes), type: blob.type }
  }

  async remove(key: string): Promise<void> {
    this.#blobs.delete(key)
  }

  async removeAll(prefix: string): Promise<void> {
    for (const key of this.#blobs.keys()) {
      if (key.startsWith(prefix)) this.#blobs.delete(key)
    }
  }
}
