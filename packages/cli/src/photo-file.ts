import { readFile } from 'node:fs/promises'
import { UsageError } from './usage-error.js'

/** X's own limit for a photo. */
const MAX_BYTES = 5 * 1024 * 1024

export interface PhotoFile {
  readonly bytes: Uint8Array
  readonly type: 'image/jpeg' | 'image/png'
}

/** @throws UsageError where there is no such file, or it is not a photo that X would take. */
export async function readPhoto(path: string): Promise<PhotoFile> {
  const bytes = await readUserFile(path)
  if (bytes.length > MAX_BYTES) throw new UsageError(`${path} is larger than 5 MB, which is the most that X takes.`)
  const type = typeOf(bytes)
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

function typeOf(bytes: Uint8Array): PhotoFile['type'] | undefined {
  const startsWith = (...start: number[]) => start.every((byte, index) => bytes[index] === byte)
  if (startsWith(0xff, 0xd8, 0xff)) return 'image/jpeg'
  return startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) ? 'image/png' : undefined
}
