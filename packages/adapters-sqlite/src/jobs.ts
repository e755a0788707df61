import { encodeJob, type Jobs, jobKey, type StoredJob } from '@hexbird/core/adapter'
import type { SqliteBlobStore } from './blob-store.js'
import type { SqliteQueue } from './queue.js'

/** Stores a job and queues its key in one write, so that neither exists without the other. */
export class SqliteJobs implements Jobs {
  readonly #blobs: SqliteBlobStore
  readonly #queue: Pick<SqliteQueue<string>, 'put'>

  constructor(blobs: SqliteBlobStore, queue: Pick<SqliteQueue<string>, 'put'>) {
    this.#blobs = blobs
    this.#queue = queue
  }

  async put(job: StoredJob): Promise<void> {
    const key = jobKey(job.tweet)
    await this.#queue.put([key], () => this.#blobs.insert(key, encodeJob(job), 'application/json'))
  }
}
