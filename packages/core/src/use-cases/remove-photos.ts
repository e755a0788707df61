import { jobKey, photosPrefix } from '../domain/job.js'
import type { Tweet } from '../domain/tweet.js'
import type { BlobStore } from '../ports/blob-store.js'

/** Removes a tweet's photos, and its job last: if this is interrupted, the job runs again and finishes the removal. */
export async function removePhotos(blobs: BlobStore, tweet: Pick<Tweet, 'author' | 'firstId'>): Promise<void> {
  await blobs.removeAll(photosPrefix(tweet))
  await blobs.remove(jobKey(tweet))
}
