import { photoType } from '@hexbird/core/adapter'
import type { Unreadable } from './question.js'

/** No photo that a bot stores has more: the labeler's range of sides ends at 10,000. */
const MOST_PIXELS = 100_000_000

/**
 * The photo as a data URL: a JPEG of at most `maxPixels` a side, upright and without metadata. Every photo is
 * re-encoded, because servers differ in what they read: llama.cpp and LM Studio take no WebP, Ollama's address check no GIF.
 *
 * @see https://github.com/ggml-org/llama.cpp/blob/master/tools/mtmd/mtmd-helper.h
 * @see https://github.com/ollama/ollama/blob/main/openai/openai.go
 */
export async function dataUrlOf(bytes: Uint8Array, maxPixels: number): Promise<string | Unreadable> {
  if (!isPhoto(bytes)) return { kind: 'unreadable', detail: 'the bytes are no JPEG, PNG, WebP or GIF' }
  const { default: sharp } = await import('sharp')
  try {
    const jpeg = await sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .resize({ width: maxPixels, height: maxPixels, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .jpeg({ quality: 85 })
      .toBuffer()
    return `data:image/jpeg;base64,${jpeg.toString('base64')}`
  } catch {
    return { kind: 'unreadable', detail: 'the image is damaged, or has too many pixels' }
  }
}

/** Only what begins like a photo reaches the decoder: SVG, PDF and other formats that it knows never do. */
function isPhoto(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  return photoType(bytes) !== undefined || /^GIF8[79]a|^RIFF.{4}WEBP/s.test(head)
}
