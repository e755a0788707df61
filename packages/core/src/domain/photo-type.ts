/**
 * The media types of the photos that a bot labels. X serves every photo as one of these, and labelers read only these.
 */
export type PhotoType = 'image/jpeg' | 'image/png'

/** The media types of the images that X accepts in a reply. */
export type ImageType = PhotoType | 'image/webp'

const SIGNATURES = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
] as const

/** Detects the type of a photo from its first bytes, not from a name or a header. `undefined` for any other type. */
export function photoType(bytes: Uint8Array): PhotoType | undefined {
  return SIGNATURES.find(([, signature]) => signature.every((byte, index) => bytes[index] === byte))?.[0]
}

/** Detects the type of an image for a reply, which may also be a WebP. */
export function imageType(bytes: Uint8Array): ImageType | undefined {
  const isWebp = ['RIFF', 'WEBP'].every((mark, half) =>
    Array.from(mark).every((letter, index) => bytes[half * 8 + index] === letter.charCodeAt(0)),
  )
  return isWebp ? 'image/webp' : photoType(bytes)
}
