import type { StoredJob } from '../domain/job.js'

/** Accepts jobs: the work that is left to do for a tweet. */
export interface Jobs {
  /**
   * Durably accepts the job: when this returns, the blob store has it under `jobKey(job.tweet)`, where it replaces an
   * earlier one, and `runJob` will be called with that key at least once, after the job is stored. If it throws, the
   * job may be lost.
   */
  put(job: StoredJob): Promise<void>
}
