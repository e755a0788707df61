import type { StoredJob } from '../domain/job.js'

/** Takes in what is left to do for a tweet. */
export interface Jobs {
  /**
   * Accepted means durable: when this returns, the blob store has the job under `jobKey(job.tweet)`, in place of an earlier
   * one, and `runJob` will be called with that key at least once, never before the job is there. A throw: it need not be.
   */
  put(job: StoredJob): Promise<void>
}
