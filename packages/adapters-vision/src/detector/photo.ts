import sharp, { type Sharp, type SharpOptions } from 'sharp'
import { looksLikePhoto, NO_PHOTO } from './looks-like-photo.js'
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

/**
 * Decodes a photo: upright by its EXIF, the first picture of an animation, transparency on white, RGB. Its size is checked
 * before it is decoded. `hasMargin` puts white around it, as if it were seen from farther away.
 */
export async function decodePhoto(
  bytes: Uint8Array,
  { hasMargin = false }: { readonly hasMargin?: boolean } = {},
): Promise<Decoded> {
  if (!looksLikePhoto(bytes)) return NO_PHOTO
  const options: SharpOptions = { failOn: 'error', limitInputPixels: MOST_PIXELS, sequentialRead: true }
  try {
    const { format, width, height } = await sharp(bytes, { ...options, limitInputPixels: false }).metadata()
    if (!FORMATS.includes(format)) return NO_PHOTO
    if (width * height > MOST_PIXELS) return unreadable(`${width} × ${height} pixels; at most 50 million are decoded`)
    return { kind: 'pixels', pixels: await pixelsOf(sharp(bytes, options), hasMargin ? MARGIN : 0) }
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
