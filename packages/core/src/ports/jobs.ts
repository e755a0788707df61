import type { StoredJob } from '../domain/job.js'

/** Accepts jobs: work for a tweet that a handler has deferred. */
export interface Jobs {
  /**
   * Durably accepts the job. Once the promise resolves, the blob store has the job under `jobKey(job.tweet)`, in place
   * of any earlier one. After the job is stored, `runJob` is called with that key at least once. If the promise
   * rejects, the job may be lost.
   */
  put(job: StoredJob): Promise<void>
}
