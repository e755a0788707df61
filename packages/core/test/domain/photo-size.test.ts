import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { photoSize } from '../../src/adapter/index.js'
import { jpegHead } from '../../src/testing/index.js'

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const joined = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

const SOI = [0xff, 0xd8]
const EOI = [0xff, 0xd9]
const segment = (marker: number, data: Uint8Array | readonly number[]) =>
  joined([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff], data)
const frame = (width: number, height: number, marker = 0xc0) =>
  segment(marker, [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 1, 1, 0x11, 0])

const word = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff)
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const png = (width: number, height: number, first = 'IHDR') =>
  joined(SIGNATURE, word(13), bytesOf(first), word(width), word(height), [8, 2, 0, 0, 0], word(0))

const side = fc.nat({ max: 0xffff })

describe('the size of a JPEG', () => {
  test('is that of its frame, whatever the coding', () => {
    for (const marker of [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])
      expect(photoSize(joined(SOI, frame(4000, 3000, marker), EOI))).toEqual({ width: 4000, height: 3000 })
  })

  test('is not that of tables that look like a frame', () => {
    for (const marker of [0xc4, 0xc8, 0xcc])
      expect(photoSize(joined(SOI, frame(1, 1, marker), frame(640, 480)))).toEqual({ width: 640, height: 480 })
  })

  test('is not that of a thumbnail within', () => {
    const thumbnail = joined(bytesOf('Exif\0\0'), jpegHead(160, 120))
    expect(photoSize(joined(SOI, segment(0xe1, thumbnail), frame(640, 480)))).toEqual({ width: 640, height: 480 })
  })

  test('is found behind filling, restarts and segments of no length', () => {
    const before = joined([0xff, 0xff, 0xff, 0xd0, 0xff, 0x01], [0xff, 0xfe, 0, 0])
    expect(photoSize(joined(SOI, before, frame(640, 480)))).toEqual({ width: 640, height: 480 })
  })

  test('is whatever its frame says, and nothing is made of it', () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        expect(photoSize(jpegHead(width, height))).toEqual({ width, height })
      }),
      { numRuns: runs() },
    )
  })

  test('is not known where it is cut before its frame has told, at whatever byte', () => {
    const whole = joined(SOI, segment(0xe0, bytesOf('JFIF\0')), segment(0xdb, new Uint8Array(65)), frame(640, 480), EOI)
    const told = whole.length - EOI.length - 4
    for (let length = 0; length < whole.length; length += 1) {
      const size = photoSize(whole.subarray(0, length))
      expect(size).toEqual(length < told ? undefined : { width: 640, height: 480 })
    }
  })

  test.each([
    ['without a frame before its picture', [...SOI, ...segment(0xda, [1]), ...frame(640, 480)]],
    ['without a frame before its end', [...SOI, ...EOI, ...frame(640, 480)]],
    ['that begins a second time', [...SOI, ...SOI, ...frame(640, 480)]],
    ['with something else in place of a marker', [...SOI, 0xff, 0xe0, 0, 2, 0, ...frame(640, 480)]],
  ])('%s is not known', (_, bytes) => {
    expect(photoSize(Uint8Array.from(bytes))).toBeUndefined()
  })
})

describe('the size of a PNG', () => {
  test('is what its header says, up to the largest number', () => {
    for (const [width, height] of [
      [640, 480],
      [10_000, 10_000],
      [0xffff_ffff, 1],
    ] as const)
      expect(photoSize(png(width, height))).toEqual({ width, height })
  })

  test('is not known where another chunk comes first, or the header is cut', () => {
    expect(photoSize(png(640, 480, 'iTXt'))).toBeUndefined()
    for (let length = 0; length < 24; length += 1) expect(photoSize(png(640, 480).subarray(0, length))).toBeUndefined()
  })
})

describe('whatever else it is, at the same time or in its place', () => {
  const page = '<html><script>alert(1)</script></html>'

  test.each([
    ['a page in its comment', joined(SOI, segment(0xfe, bytesOf(page)), frame(640, 480), EOI)],
    ['a page behind its end', joined(jpegHead(), bytesOf(page))],
    [
      'an archive behind its end',
      joined(jpegHead(), bytesOf('PK\x03\x04'), new Uint8Array(200), bytesOf('PK\x05\x06')),
    ],
    ['a PNG behind its end', joined(jpegHead(), png(1, 1))],
  ])('a JPEG with %s is a JPEG of its own size', (_, bytes) => {
    expect(photoSize(bytes)).toEqual({ width: 640, height: 480 })
  })

  test.each([
    ['a GIF with an archive (GIFAR)', joined(bytesOf('GIF89a\x80\x02\xe0\x01'), bytesOf('PK\x03\x04'))],
    ['an SVG', bytesOf('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"/>')],
    ['a WebP', joined(bytesOf('RIFF\x1a\0\0\0WEBPVP8L'), new Uint8Array(20))],
    ['a page with a JPEG behind it', joined(bytesOf(page), jpegHead())],
    ['a blank before a JPEG', joined([0x20], jpegHead())],
    ['nothing', new Uint8Array()],
  ])('%s has no size', (_, bytes) => {
    expect(photoSize(bytes)).toBeUndefined()
  })

  test('any bytes have two sides that are whole numbers, or no size', () => {
    const start = fc.constantFrom<readonly number[]>([], [0xff, 0xd8, 0xff], SIGNATURE, [...png(1, 1)], [...jpegHead()])
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 500 }), fc.nat({ max: 20 }), (head, rest, drop) => {
        const size = photoSize(joined(head.slice(0, Math.max(0, head.length - drop)), rest))
        for (const side of [size?.width ?? 0, size?.height ?? 0]) {
          expect(Number.isInteger(side) && side >= 0 && side <= 0xffff_ffff).toBe(true)
        }
      }),
      { numRuns: runs() },
    )
  })

  test('five megabytes of filling, or of segments of no length, are read to their end', () => {
    const most = 5 * 1024 * 1024
    for (const part of [[0xff], [0xff, 0xfe, 0, 2], [0xff, 0xd0]]) {
      const bytes = Uint8Array.from({ length: most }, (_, at) => part[at % part.length] ?? 0)
      bytes.set([0xff, 0xd8, 0xff])
      expect(photoSize(bytes)).toBeUndefined()
    }
  })
})
