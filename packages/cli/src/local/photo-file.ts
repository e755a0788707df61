import { UsageError } from '../usage-error.js'
import { readUserFile } from './user-file.js'

/** X takes so many photos in one tweet. */
const MOST_PHOTOS = 4
/** X's own limit for a photo, and the types that it takes, by their first bytes. */
const MAX_BYTES = 5 * 1024 * 1024
const TYPES = /^(?:\xff\xd8\xff|\x89PNG\r\n|GIF8|RIFF.{4}WEBP)/s

export interface PhotoFile {
  readonly bytes: Uint8Array
}

/** @throws UsageError where they are too many for one tweet, or one is none that X would take */
export async function readPhotos(paths: readonly string[] = []): Promise<readonly PhotoFile[]> {
  if (paths.length > MOST_PHOTOS)
    throw new UsageError(`X takes at most ${MOST_PHOTOS} photos in one tweet. Pass fewer files to --photo.`)
  return Promise.all(paths.map(readPhoto))
}

/** @throws UsageError where there is no such file, or it is not a photo that X would take. */
async function readPhoto(path: string): Promise<PhotoFile> {
  const bytes = await readUserFile(path)
  if (bytes.length > MAX_BYTES)
    throw new UsageError(`${path} is larger than 5 MB, and X takes no larger photo. Make it smaller first.`)
  if (!TYPES.test(Buffer.from(bytes.subarray(0, 12)).toString('latin1'))) {
    throw new UsageError(`${path} is not a JPEG, PNG, WEBP or GIF. Convert it to one of these first.`)
  }
  return { bytes }
}
