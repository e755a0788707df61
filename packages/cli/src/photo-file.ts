import type { PhotoType } from '@hexbird/core'
import { photoType } from '@hexbird/core'
import { UsageError } from './usage-error.js'
import { readUserFile } from './user-file.js'

/** X takes so many photos in one tweet. */
const MOST_PHOTOS = 4
/** X's own limit for a photo. */
const MAX_BYTES = 5 * 1024 * 1024

export interface PhotoFile {
  readonly bytes: Uint8Array
  readonly type: PhotoType
}

/** @throws UsageError where they are too many for one tweet, or one is none that X would take */
export async function readPhotos(paths: readonly string[] = []): Promise<readonly PhotoFile[]> {
  if (paths.length > MOST_PHOTOS) throw new UsageError(`X takes at most ${MOST_PHOTOS} photos in one tweet.`)
  return Promise.all(paths.map(readPhoto))
}

/** @throws UsageError where there is no such file, or it is not a photo that X would take. */
async function readPhoto(path: string): Promise<PhotoFile> {
  const bytes = await readUserFile(path)
  if (bytes.length > MAX_BYTES) throw new UsageError(`${path} is larger than 5 MB, which is the most that X takes.`)
  const type = photoType(bytes)
  if (!type) throw new UsageError(`${path} is neither a JPEG nor a PNG. Convert it to one of these first.`)
  return { bytes, type }
}
