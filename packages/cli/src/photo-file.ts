import { readFile } from 'node:fs/promises'
import type { PhotoType } from '@hexbird/core'
import { photoType } from '@hexbird/core'
import { UsageError } from './usage-error.js'

/** X's own limit for a photo. */
const MAX_BYTES = 5 * 1024 * 1024

export interface PhotoFile {
  readonly bytes: Uint8Array
  readonly type: PhotoType
}

/** @throws UsageError where there is no such file, or it is not a photo that X would take. */
export async function readPhoto(path: string): Promise<PhotoFile> {
  const bytes = await readUserFile(path)
  if (bytes.length > MAX_BYTES) throw new UsageError(`${path} is larger than 5 MB, which is the most that X takes.`)
  const type = photoType(bytes)
  if (!type) throw new UsageError(`${path} is neither a JPEG nor a PNG. Convert it to one of these first.`)
  return { bytes, type }
}

/** @throws UsageError where the file cannot be read. */
export async function readUserFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    const { code = '', message } = cause as NodeJS.ErrnoException
    throw new UsageError(`${path} cannot be read: ${reasons[code] ?? message}.`, { cause })
  })
}

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}
