import { encodeJob, jobKey } from '../domain/job.js'
import type { BlobStore } from '../ports/blob-store.js'
import type { Jobs } from '../ports/jobs.js'

/**
 * Stores jobs as blobs. After a job is stored, its key is put into the queue. Without a queue, the blob store has to
 * announce stored jobs itself, as an S3 bucket does.
 */
export const storedJobs = (
  blobs: Pick<BlobStore, 'put'>,
  queue?: { put(keys: readonly string[]): Promise<void> },
): Jobs => ({
  async put(job) {
    const key = jobKey(job.tweet)
    await blobs.put(key, encodeJob(job), 'application/json')
    await queue?.put([key])
  },
})
