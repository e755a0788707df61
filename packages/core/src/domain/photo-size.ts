import { photoType } from './photo-type.js'

/** The dimensions of a photo in pixels. */
export interface PhotoSize {
  readonly width: number
  readonly height: number
}

/**
 * Reads the dimensions of a JPEG or PNG from the file header. `undefined` for any other type, or if the header is cut
 * off. Nothing is decoded, so a photo that claims to be huge costs no more than any other.
 *
 * @see https://www.w3.org/TR/png-3/#11IHDR
 */
export function photoSize(bytes: Uint8Array): PhotoSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (photoType(bytes)) {
    case 'image/png':
      return pngSize(view)
    case 'image/jpeg':
      return jpegSize(view)
    default:
      return undefined
  }
}

/** `IHDR`, the type of a PNG's first chunk. */
const HEADER = 0x49_48_44_52

function pngSize(view: DataView): PhotoSize | undefined {
  if (view.byteLength < 24 || view.getUint32(12) !== HEADER) return undefined
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

/** Whether a marker begins a frame (any SOF). Three markers in the same range do not: DHT, JPG and DAC. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
/** Whether no frame can follow: the image data begins (SOS), the image ends (EOI), or another one begins (SOI). */
const isEnd = (marker: number) => marker >= 0xd8 && marker <= 0xda
/** Whether a marker has no length field: TEM and the restart markers. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

/**
 * Walks from segment to segment, so as not to read the size of an embedded thumbnail. Source: ISO/IEC 10918-1, B.1 and
 * B.2.
 */
function jpegSize(view: DataView): PhotoSize | undefined {
  let at = 2
  while (at + 4 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (isEnd(marker)) return undefined
    // A marker may be preceded by any number of 0xff fill bytes.
    if (marker === 0xff) at += 1
    else if (isBare(marker)) at += 2
    else if (isFrame(marker)) return frameSize(view, at)
    else at += 2 + Math.max(2, view.getUint16(at + 2))
  }
  return undefined
}

function frameSize(view: DataView, at: number): PhotoSize | undefined {
  if (at + 9 > view.byteLength) return undefined
  return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
}
