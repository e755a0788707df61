import { crc32, deflateSync } from 'node:zlib'
import { runs } from '@hexbird/testkit/runs'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import sharp, { type Sharp } from 'sharp'

import { decodePhoto } from '../../src/detector/photo.js'
import { stopSign } from './drawn.js'

const jpeg = await stopSign.clone().jpeg({ quality: 90 }).toBuffer()

test('a photo that is on its side, and says so, is turned upright', async () => {
  const upright = await stopSign.clone().png().toBuffer()
  // How each orientation is undone, so that showing it by its EXIF turns it upright.
  const turned: Record<number, (photo: Sharp) => Sharp> = {
    2: (photo) => photo.flop(),
    3: (photo) => photo.rotate(180),
    4: (photo) => photo.flip(),
    6: (photo) => photo.rotate(270),
    8: (photo) => photo.rotate(90),
  }
  for (const [orientation, turn] of Object.entries(turned)) {
    const bytes = await turn(stopSign.clone())
      .withMetadata({ orientation: Number(orientation) })
      .png()
      .toBuffer()
    expect(await differenceOf(bytes, upright)).toBeLessThan(3)
  }
  expect(await differenceOf(await stopSign.clone().flip().png().toBuffer(), upright)).toBeGreaterThan(10)
})

test('what is transparent is white', async () => {
  const clear = sharp({ create: { width: 100, height: 100, channels: 4, background: '#ff000000' } })
  const decoded = await decodePhoto(await clear.png().toBuffer())
  expect(decoded.kind === 'pixels' && new Set(decoded.pixels)).toEqual(new Set([255]))
})

test('a photo that is cut off anywhere is unreadable', async () => {
  for (const whole of [jpeg, await stopSign.clone().png().toBuffer(), await stopSign.clone().webp().toBuffer()]) {
    for (let eighth = 0; eighth < 8; eighth++) {
      const cut = whole.subarray(0, Math.floor((whole.length * eighth) / 8))
      expect(await decodePhoto(cut)).toMatchObject({ kind: 'unreadable', detail: expect.any(String) })
    }
  }
})

test('a drawing that could ask for other files is not read', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="50" height="50"/></svg>'
  expect(await decodePhoto(Buffer.from(svg))).toEqual({ kind: 'unreadable', detail: 'no JPEG, PNG, WebP or GIF' })
})

test('a photo that is huge when decoded is refused', async () => {
  expect(await decodePhoto(png(10_000, 10_000))).toEqual({
    kind: 'unreadable',
    detail: '10000 × 10000 pixels; at most 50 million are decoded',
  })
  expect(await decodePhoto(png(2 ** 31 - 1, 2 ** 31 - 1))).toMatchObject({ kind: 'unreadable' })
})

test('bytes of any kind are a picture or none', async () => {
  const spoilt = fc
    .tuple(fc.constantFrom(jpeg, png(40, 40)), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }))
    .map(([whole, changes]) => {
      const bytes = Buffer.from(whole)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array(), spoilt), async (bytes) => {
      expect(['pixels', 'unreadable']).toContain((await decodePhoto(bytes)).kind)
    }),
    { numRuns: runs(100) },
  )
})

/** How much two photos differ on average, as the model is shown them, of 255. */
async function differenceOf(one: Uint8Array, two: Uint8Array): Promise<number> {
  const [a, b] = await Promise.all([one, two].map((bytes) => decodePhoto(bytes)))
  if (a?.kind !== 'pixels' || b?.kind !== 'pixels') throw new Error('unreadable')
  return a.pixels.reduce((sum, value, at) => sum + Math.abs(value - (b.pixels[at] ?? 0)), 0) / a.pixels.length
}

/** A PNG of one color, as small as it gets. */
function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([1, 0], 8)
  const rows = width * height > 1e9 ? Buffer.alloc(10) : Buffer.alloc((Math.ceil(width / 8) + 1) * height)
  const chunks: [string, Buffer][] = [
    ['IHDR', head],
    ['IDAT', deflateSync(rows)],
    ['IEND', Buffer.alloc(0)],
  ]
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks.map(chunk)])
}

function chunk([name, data]: readonly [string, Buffer]): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  out.set(body, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
