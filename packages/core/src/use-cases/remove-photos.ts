import { jobKey, photosPrefix } from '../domain/job.js'
import type { Tweet } from '../domain/tweet.js'
import type { BlobStore } from '../ports/blob-store.js'

/** Photos first, the job last: whoever is interrupted finds the job again, and finishes. */
export async function removePhotos(blobs: BlobStore, tweet: Pick<Tweet, 'author' | 'firstId'>): Promise<void> {
  await blobs.removeAll(photosPrefix(tweet))
  await blobs.remove(jobKey(tweet))
}
