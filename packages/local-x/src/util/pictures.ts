import type { Sharp } from 'sharp'
import { LocalXError } from './errors.js'

/** The media types that X gives photos as. */
export type PhotoType = 'image/jpeg' | 'image/png'

/** What a tweet can show, in X's words. Of a GIF and a video there is only the still that X shows first. */
export type MediaKind = 'photo' | 'animated_gif' | 'video'

/** A picture as X keeps it: upright, and by default without metadata. */
export type Picture = {
  readonly bytes: Uint8Array
  readonly type: PhotoType
  readonly width: number
  readonly height: number
  readonly hasMetadata: boolean
}

/** Formats that `format=` can name. X's pages have jpg and png; webp is what its own pages load. */
export type ServedFormat = 'jpg' | 'png' | 'webp'

/** The sizes that `name=` can name. */
export type ServedSize = keyof typeof SIDES

/*
 * X's limits and words. Types and bytes: docs.x.com/x-api/media/quickstart/best-practices. The words are from public
 * reports of what the upload answered, all with HTTP 400:
 * - "media type unrecognized.", also for an empty file: github.com/tweepy/tweepy/issues/1304
 * - "File size exceeds 5242880 bytes.": github.com/bear/python-twitter/issues/662
 * - "Image dimensions must be >= 4x4 and <= 8192x8192", code 324: github.com/DocNow/diffengine/issues/18
 * Guesses: that a picture that breaks off is "unrecognized", and that animation in a photo is refused. (The real X makes
 * a GIF tweet of an animated GIF; here the kind says what it should be.)
 */
const MOST_BYTES = 5 * 1024 * 1024
const MOST_GIF_BYTES = 15 * 1024 * 1024
const LEAST_SIDE = 4
const MOST_SIDE = 8192
const UNRECOGNIZED = 'media type unrecognized.'

/** X's quality is not published. */
const JPEG_QUALITY = 85

/**
 * The longest side of each size; `thumb` is cropped, `orig` has no limit. The first four: X's data dictionary, "Media size
 * objects". The others are what X's pages and apps ask for.
 */
const SIDES = {
  thumb: 150,
  small: 680,
  medium: 1200,
  large: 2048,
  orig: Number.POSITIVE_INFINITY,
  '240x240': 240,
  '360x360': 360,
  '900x900': 900,
  '4096x4096': 4096,
} as const

export const isServedSize = (name: string): name is ServedSize => Object.hasOwn(SIDES, name)

/**
 * Makes of uploaded bytes what X would keep.
 *
 * With `keepMetadata`, an upright JPEG or PNG stays byte for byte as it came.
 *
 * @throws LocalXError `BAD_PHOTO` for what X would not take
 */
export async function takePicture(bytes: Uint8Array, kind: MediaKind, keepMetadata: boolean): Promise<Picture> {
  const format = formatOf(bytes)
  if (format === undefined) {
    const hint = bytes.length === 0 ? 'The file is empty' : 'Photos are JPEG, PNG, WEBP or GIF files'
    throw refused(UNRECOGNIZED, hint)
  }
  const most = format === 'gif' && kind === 'animated_gif' ? MOST_GIF_BYTES : MOST_BYTES
  if (bytes.length > most) {
    throw refused(`File size exceeds ${most} bytes.`, `This one has ${bytes.length}: make it smaller`)
  }
  const open = await opener()
  const head = await decoded(() => open(bytes, false).metadata())
  const { width, height, pages = 1, orientation = 1 } = head
  if (Math.min(width, height) < LEAST_SIDE || Math.max(width, height) > MOST_SIDE) {
    const words = `Image dimensions must be >= ${LEAST_SIDE}x${LEAST_SIDE} and <= ${MOST_SIDE}x${MOST_SIDE}`
    throw refused(words, `This one is ${width}x${height}`)
  }
  if (pages > 1 && (kind !== 'animated_gif' || format !== 'gif')) {
    throw refused('', `This ${format.toUpperCase()} moves and a photo does not: send it as an animated_gif, or a still`)
  }
  if (keepMetadata && orientation === 1 && (format === 'jpeg' || format === 'png')) {
    await decoded(() => open(bytes).resize(1, 1, { fit: 'fill' }).raw().toBuffer())
    return { bytes, type: `image/${format}`, width, height, hasMetadata: true }
  }
  const isOpaque =
    format === 'jpeg' || (format !== 'png' && (!head.hasAlpha || (await decoded(() => open(bytes).stats())).isOpaque))
  const upright = open(bytes).autoOrient()
  const made = await decoded(() =>
    encode(keepMetadata ? upright.keepMetadata() : upright, isOpaque ? 'jpg' : 'png').toBuffer({
      resolveWithObject: true,
    }),
  )
  return {
    bytes: new Uint8Array(made.data),
    type: isOpaque ? 'image/jpeg' : 'image/png',
    width: made.info.width,
    height: made.info.height,
    hasMetadata: keepMetadata,
  }
}

/** The picture in a format and a size, never enlarged; its own bytes where these are both. */
export async function serveAs(picture: Picture, format: ServedFormat, size: ServedSize): Promise<Uint8Array> {
  const isSmall = Math.max(picture.width, picture.height) <= SIDES[size]
  if (isSmall && TYPES[format] === picture.type) return picture.bytes
  const open = await opener()
  const { width, height } =
    size === 'thumb'
      ? { width: Math.min(picture.width, SIDES.thumb), height: Math.min(picture.height, SIDES.thumb) }
      : fitWithin(picture, SIDES[size])
  const whole = open(picture.bytes)
  const sized = isSmall ? whole : whole.resize(width, height, { fit: size === 'thumb' ? 'cover' : 'fill' })
  return new Uint8Array(await encode(picture.hasMetadata ? sized.keepMetadata() : sized, format).toBuffer())
}

/** The media type that each format is served as. */
export const TYPES = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' } as const

/** The sides of a picture once its longer one is at most so long. */
export function fitWithin(
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, side / Math.max(width, height))
  const scaled = (of: number) => Math.max(1, Math.round(of * scale))
  return { width: scaled(width), height: scaled(height) }
}

/** X's pages do not say what shows through in a JPEG; white is a guess. */
function encode(image: Sharp, format: ServedFormat): Sharp {
  if (format === 'png') return image.png()
  return format === 'webp' ? image.webp() : image.flatten({ background: '#fff' }).jpeg({ quality: JPEG_QUALITY })
}

type Format = 'jpeg' | 'png' | 'gif' | 'webp'

/** By the first bytes, whatever the file is called. Other formats never reach the decoder. */
function formatOf(bytes: Uint8Array): Format | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'gif'
  return head.startsWith('RIFF') && head.slice(8) === 'WEBP' ? 'webp' : undefined
}

/** The decoder takes a while to load and is wanted by photos alone. */
let decoder: Promise<typeof import('sharp')> | undefined

async function opener(): Promise<(bytes: Uint8Array, isLimited?: boolean) => Sharp> {
  decoder ??= import('sharp')
  const { default: sharp } = await decoder
  return (bytes, isLimited = true) =>
    sharp(bytes, { failOn: 'truncated', limitInputPixels: isLimited && MOST_SIDE ** 2 })
}

async function decoded<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (cause) {
    throw refused(UNRECOGNIZED, 'The file cannot be decoded: it is broken or cut off', cause)
  }
}

function refused(words: string, hint: string, cause?: unknown): LocalXError {
  const said = words === '' ? 'X refuses this photo.' : `X refuses this photo: "${words}"`
  return new LocalXError('BAD_PHOTO', `${said} ${hint}.`, { cause })
}
