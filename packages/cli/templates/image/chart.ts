import { deflateSync } from 'node:zlib'

const WIDTH = 800
const HEIGHT = 450
const MARGIN = 40
/** Red, green and blue of each color. */
const PALETTE = { paper: [255, 255, 255], ink: [51, 51, 51], bar: [29, 155, 240] }
const COLORS = Object.keys(PALETTE)

/** Draws a bar for each value, scaled so that the highest fills the chart. Returns the bytes of a PNG. */
export function barChart(values: readonly number[]): Uint8Array {
  // One byte per pixel. Each row begins with a 0, PNG's sign for no filter.
  const pixels = new Uint8Array((WIDTH + 1) * HEIGHT)
  const fill = (color: keyof typeof PALETTE, left: number, right: number, top: number, bottom: number) => {
    for (let y = Math.round(top); y < Math.round(bottom); y++) {
      const row = y * (WIDTH + 1) + 1
      pixels.fill(COLORS.indexOf(color), row + Math.round(left), row + Math.round(right))
    }
  }
  const floor = HEIGHT - MARGIN
  const slot = (WIDTH - 2 * MARGIN) / values.length
  const scale = (floor - MARGIN) / Math.max(...values, 1)
  for (const [at, value] of values.entries()) {
    const left = MARGIN + at * slot
    fill('bar', left + slot * 0.1, left + slot * 0.9, floor - value * scale, floor)
  }
  fill('ink', MARGIN, WIDTH - MARGIN, floor, floor + 2)
  return png(pixels)
}

/** @see https://www.w3.org/TR/png-3/ */
function png(pixels: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  // Bit depth 8 and color type 3: each byte is an index into the palette.
  header.set([8, 3], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(Object.values(PALETTE).flat())),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', new Uint8Array()),
  ])
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const checked = Buffer.concat([Buffer.from(type), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(checked))
  return Buffer.concat([length, checked, checksum])
}

function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1))
  }
  return ~crc >>> 0
}
