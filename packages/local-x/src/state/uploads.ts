import { LocalXError } from '../util/errors.js'
import type { LocalPhoto, Media, TakenPhoto } from './media.js'

/** Images that an account uploads through the API, from `initialize` to the tweet: docs.x.com/x-api/media/quickstart. */
export type Uploads = ReturnType<typeof createUploads>

/** What X's answers tell of an upload. */
export type Upload = {
  readonly id: string
  readonly size: number
  /** Milliseconds until X forgets it, unless a tweet has it. */
  readonly expiresInMs: number
  /** Absent until `finalize`, and where nothing had to be processed. */
  readonly processing?: {
    readonly state: 'pending' | 'in_progress' | 'succeeded'
    readonly percent: number
    readonly leftMs: number
  }
  /** Absent until `finalize`. */
  readonly image?: { readonly type: string; readonly width: number; readonly height: number }
}

type Stored = {
  readonly id: string
  readonly ownerId: string
  readonly type: string
  readonly totalBytes: number
  readonly segments: Map<number, Uint8Array>
  expiresAt: number
  taken?: TakenPhoto
  altText?: string
  /** When it was finalized, and since when it can be posted. */
  finalizedAt?: number
  readyAt?: number
  photo?: LocalPhoto
}

/** Both as in X's samples: 15 days for the upload, a day for the image. */
const SESSION_MS = 1_295_999_000
const IMAGE_MS = 86_400_000

/** docs.x.com/x-api/media/introduction */
const MOST_BYTES = 5 * 1024 * 1024

type Outside = {
  readonly newId: () => string
  readonly now: () => number
  readonly media: Media
  /** How long an image is processed, in milliseconds; 0 for at once. */
  readonly processingMs: number
}

export function createUploads({ newId, now, media, processingMs }: Outside) {
  const stored = new Map<string, Stored>()

  function begin(ownerId: string, type: string, totalBytes: number): Upload {
    if (totalBytes > MOST_BYTES) throw refused(`File size exceeds ${MOST_BYTES} bytes.`)
    for (const { id, expiresAt, photo } of stored.values()) if (!photo && expiresAt <= now()) stored.delete(id)
    const [id, at] = [newId(), now()]
    const upload = { id, ownerId, type, totalBytes, segments: new Map(), expiresAt: at + SESSION_MS }
    stored.set(id, upload)
    return describe(upload, at)
  }

  function append(upload: Stored, index: number, bytes: Uint8Array): number {
    if (upload.finalizedAt !== undefined) throw refused('The upload was finalized.')
    const rest = sizeOf(upload) - (upload.segments.get(index)?.length ?? 0)
    if (rest + bytes.length > upload.totalBytes) throw refused('Segments do not add up to provided total file size.')
    upload.segments.set(index, bytes)
    return upload.expiresAt
  }

  /** A second time, it is told once more. */
  async function finalize(upload: Stored): Promise<Upload> {
    if (upload.finalizedAt !== undefined) return describe(upload)
    const { segments, totalBytes } = upload
    const isWhole = Array.from({ length: segments.size }, (_, index) => segments.has(index)).every(Boolean)
    if (!isWhole || sizeOf(upload) !== totalBytes) {
      throw refused('Segments do not add up to provided total file size.')
    }
    const bytes = Buffer.concat(
      Array.from({ length: segments.size }, (_, index) => segments.get(index) ?? new Uint8Array()),
    )
    const [taken] = await media.take([{ bytes }])
    const at = now()
    Object.assign(upload, { taken, finalizedAt: at, readyAt: at + processingMs, expiresAt: at + IMAGE_MS })
    segments.clear()
    return describe(upload, at)
  }

  /** @param at - the time for which all of it holds, so that a new upload has its full lifetime */
  function describe({ id, totalBytes, expiresAt, taken, finalizedAt, readyAt }: Stored, at = now()): Upload {
    const expiresInMs = expiresAt - at
    if (taken === undefined || finalizedAt === undefined || readyAt === undefined)
      return { id, size: totalBytes, expiresInMs }
    const { type, width, height } = taken.picture
    const [leftMs, passed] = [Math.max(0, readyAt - at), at - finalizedAt]
    const state = leftMs === 0 ? 'succeeded' : passed === 0 ? 'pending' : 'in_progress'
    const percent = leftMs === 0 ? 100 : Math.floor((passed / processingMs) * 100)
    const processing = processingMs === 0 ? {} : { processing: { state, percent, leftMs } as const }
    return { id, size: totalBytes, expiresInMs, image: { type, width, height }, ...processing }
  }

  /** The account's own, as long as X knows it. */
  function find(id: string, ownerId: string): Stored | undefined {
    const upload = stored.get(id)
    return upload?.ownerId === ownerId && now() < upload.expiresAt ? upload : undefined
  }

  /** What a tweet of the account shows; `undefined` where one of them cannot be posted. */
  function photosOf(ids: readonly string[], ownerId: string): readonly LocalPhoto[] | undefined {
    const photos = ids.map((id) => photoOf(find(id, ownerId)))
    return photos.every((photo) => photo !== undefined) ? photos : undefined
  }

  function photoOf(upload: Stored | undefined): LocalPhoto | undefined {
    if (upload?.taken === undefined || now() < (upload.readyAt ?? Infinity)) return undefined
    const { id, taken, altText } = upload
    upload.photo ??= media.add({ ...taken, ...(altText === undefined ? {} : { altText }) }, undefined, id)
    return upload.photo
  }

  return {
    begin,
    append,
    finalize,
    describe,
    find,
    photosOf,
    setAltText: (upload: Stored, text: string): void => void Object.assign(upload, { altText: text }),
  }
}

const sizeOf = ({ segments }: Stored): number => [...segments.values()].reduce((sum, { length }) => sum + length, 0)

const refused = (words: string) => new LocalXError('BAD_PHOTO', words)
