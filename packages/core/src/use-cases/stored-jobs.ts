import { encodeJob, jobKey } from '../domain/job.js'
import type { BlobStore } from '../ports/blob-store.js'
import type { Jobs } from '../ports/jobs.js'

/**
 * Jobs as blobs. Once a job is stored, its key is put into the queue; without one, whatever keeps the blobs tells of it, as a
 * bucket of S3 does.
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
