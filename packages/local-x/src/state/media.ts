import { LocalXError } from '../errors.js'
import { type Random, randomText } from '../random.js'

/** The media types that X gives photos as. */
export type PhotoType = 'image/jpeg' | 'image/png'

/** What a tweet can show, in X's words. Of a GIF and a video there is only the still that X shows first. */
export type MediaKind = 'photo' | 'animated_gif' | 'video'

/** A photo to tweet, or the still of a GIF or a video. `type` is read from the bytes where it can be. */
export type PhotoUpload = {
  readonly bytes: Uint8Array
  readonly type?: PhotoType
  /** Default `photo`. */
  readonly kind?: MediaKind
  readonly altText?: string
}

/** A photo on the local X. `url` is the address that events and the API name; it is answered to `Host: pbs.twimg.com`. */
export type LocalPhoto = {
  readonly id: string
  /** The name in the URL. */
  readonly key: string
  readonly url: string
  readonly type: PhotoType
  readonly kind: MediaKind
  /** Pixels; a made-up 1200 × 800 where the bytes do not say. */
  readonly width: number
  readonly height: number
  readonly altText?: string
}

export type Media = ReturnType<typeof createMedia>

// X's limit for an image: docs.x.com/x-api/media/quickstart/best-practices
const MAX_BYTES = 5 * 1024 * 1024

export function createMedia(newId: () => string, random: Random) {
  const stored = new Map<string, { readonly photo: LocalPhoto; readonly bytes: Uint8Array }>()

  /** Keeps the bytes as they are. (X re-encodes photos, and so drops embedded keywords and positions.) */
  function add(
    { bytes, type = sniff(bytes), kind = 'photo', altText }: PhotoUpload,
    key = `G${randomText(random, 14)}`,
  ): LocalPhoto {
    if (type === undefined) {
      throw new LocalXError(
        'BAD_PHOTO',
        'These bytes are neither JPEG nor PNG. Give `type` if they should pass as one.',
      )
    }
    if (bytes.length > MAX_BYTES) throw new LocalXError('BAD_PHOTO', 'A photo on X has at most 5 MB.')
    const photo = describe(newId(), key, type, kind, sizeOf(bytes), altText)
    stored.set(key, { photo, bytes: new Uint8Array(bytes) })
    return photo
  }

  /** A photo of a recording whose bytes nobody has: events and the API name it, its address answers 404. */
  const name = (key: string, type: PhotoType, altText?: string): LocalPhoto =>
    describe(newId(), key, type, 'photo', undefined, altText)

  return { add, name, find: (key: string) => stored.get(key) }
}

function describe(
  id: string,
  key: string,
  type: PhotoType,
  kind: MediaKind,
  size: { readonly width: number; readonly height: number } | undefined,
  altText: string | undefined,
): LocalPhoto {
  const url = `https://pbs.twimg.com/${folderOf(kind, id)}/${key}.${type === 'image/png' ? 'png' : 'jpg'}`
  const { width, height } = size ?? { width: 1200, height: 800 }
  return { id, key, url, type, kind, width, height, ...(altText === undefined ? {} : { altText }) }
}

function folderOf(kind: MediaKind, id: string): string {
  if (kind === 'animated_gif') return 'tweet_video_thumb'
  return kind === 'video' ? `ext_tw_video_thumb/${id}/pu/img` : 'media'
}

function sniff(bytes: Uint8Array): PhotoType | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg'
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  return png.every((byte, index) => bytes[index] === byte) ? 'image/png' : undefined
}

function sizeOf(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (sniff(bytes) === 'image/png' && bytes.length >= 24)
    return { width: view.getUint32(16), height: view.getUint32(20) }
  if (sniff(bytes) !== 'image/jpeg') return undefined
  // JPEG: walk the segments to the first start-of-frame, which holds height and width.
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
  }
  return undefined
}
