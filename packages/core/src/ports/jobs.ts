import type { Job } from '../domain/job.js'

/** Takes in what is left to do for tweets whose photos are stored. */
export interface Jobs {
  /**
   * Accepted means durable: when this returns, the blob store has the job under `jobKey(job.tweet)`, in place of an earlier
   * one, and `replyWithLabels` will be called with that key at least once, never before the job is there. A throw: it need
   * not be.
   */
  put(job: Job): Promise<void>
}
