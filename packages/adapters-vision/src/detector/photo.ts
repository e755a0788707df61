import type { Sharp, SharpOptions } from 'sharp'
import { DetectorError } from './errors.js'
import { SIDE } from './model.js'

/** A photo as the model wants it, or why it is none. */
export type Decoded =
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array }
  | { readonly kind: 'unreadable'; readonly detail: string }

/** In pixels of what the model is given: 15 % of the photo. */
const MARGIN = Math.round((SIDE * 0.15) / 1.3)
/** Photos of the largest telephones have 50 million. */
const MOST_PIXELS = 50_000_000
/** What X serves. The library reads more, SVG for example, and nobody needs it to. */
const FORMATS = ['jpeg', 'png', 'webp', 'gif']
const STARTS: readonly RegExp[] = [/^\xff\xd8\xff/, /^\x89PNG\r\n/, /^RIFF[\s\S]{4}WEBP/, /^GIF8[79]a/]

/**
 * Decodes a photo outside of this thread: upright by its EXIF, the first picture of an animation, transparency on white, RGB.
 * Its size is checked before it is decoded. `hasMargin` puts white around it, as if it were seen from farther away.
 *
 * @throws DetectorError where the library is not there, or it takes longer than `timeoutMs`
 */
export async function decodePhoto(
  bytes: Uint8Array,
  timeoutMs: number,
  { hasMargin = false }: { readonly hasMargin?: boolean } = {},
): Promise<Decoded> {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  if (!STARTS.some((start) => start.test(head))) return unreadable('no JPEG, PNG, WebP or GIF')
  const { default: sharp } = await import('sharp').catch((cause: unknown) => {
    throw new DetectorError(
      'DETECTOR_UNAVAILABLE',
      'sharp, which decodes photos, could not be loaded. Install it again.',
      {
        cause,
      },
    )
  })
  const late = Symbol('late')
  let timer: NodeJS.Timeout | undefined
  // The library's own limit leaves out what it does before it decodes.
  const timeout = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), timeoutMs)
  })
  const decoded = await Promise.race([decode(sharp, bytes, hasMargin ? MARGIN : 0), timeout])
  clearTimeout(timer)
  if (decoded !== late) return decoded
  throw new DetectorError('DETECTOR_TIMEOUT', `The photo was not decoded within ${timeoutMs} ms.`)
}

async function decode(sharp: typeof import('sharp').default, bytes: Uint8Array, margin: number): Promise<Decoded> {
  const options: SharpOptions = { failOn: 'error', limitInputPixels: MOST_PIXELS, sequentialRead: true }
  try {
    const { format, width, height } = await sharp(bytes, { ...options, limitInputPixels: false }).metadata()
    if (!FORMATS.includes(format)) return unreadable('no JPEG, PNG, WebP or GIF')
    if (width * height > MOST_PIXELS) return unreadable(`${width} × ${height} pixels; at most 50 million are decoded`)
    return { kind: 'pixels', pixels: await pixelsOf(sharp(bytes, options), margin) }
  } catch (cause) {
    const [why = ''] = cause instanceof Error ? cause.message.split('\n', 1) : []
    return unreadable(`cannot be decoded: ${why}`)
  }
}

async function pixelsOf(photo: Sharp, margin: number): Promise<Uint8Array> {
  const side = SIDE - 2 * margin
  const pixels = await photo
    .autoOrient()
    .flatten({ background: '#fff' })
    .resize(side, side, { fit: 'fill' })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: '#fff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer()
  if (pixels.length !== SIDE * SIDE * 3)
    throw new Error(`${pixels.length / (SIDE * SIDE)} channels where RGB has three`)
  return pixels
}

const unreadable = (detail: string): Decoded => ({ kind: 'unreadable', detail })
