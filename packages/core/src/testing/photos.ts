/**
 * A JPEG as far as its head goes, which is as far as a bot looks before a labeler does: for a `MediaFetcher` of a test.
 * The sides are in pixels; the platform says which of them are looked at.
 */
export function jpegHead(width = 640, height = 480): Uint8Array {
  const frame = [0xff, 0xc0, 0, 11, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]
  return Uint8Array.of(0xff, 0xd8, ...frame, 0xff, 0xd9)
}
