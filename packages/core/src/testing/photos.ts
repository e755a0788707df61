/**
 * Returns a JPEG that has only the header, for a test's `MediaFetcher`. The bot itself reads no more than that.
 * `width` and `height` are in pixels; the platform's `photoPixels` limits which photos are labeled.
 */
export function jpegHead(width = 640, height = 480): Uint8Array {
  const frame = [0xff, 0xc0, 0, 11, 8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0]
  return Uint8Array.of(0xff, 0xd8, ...frame, 0xff, 0xd9)
}
