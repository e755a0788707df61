import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Line, LineReader } from '../src/line-reader.js'

const MOST = 64

const text = (line: Line) => (line.kind === 'line' ? Buffer.from(line.bytes).toString() : line.length)

function read(chunks: Iterable<Uint8Array>, most = MOST) {
  const reader = new LineReader(most)
  const lines = [...chunks].flatMap((chunk) => [...reader.read(chunk)].map(text))
  return { lines, rest: text(reader.end()) }
}

/** The bytes in pieces, cut at these places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end))
}

const someText = fc.string({ unit: 'grapheme', maxLength: 40 }).map((one) => one.replace(/[\r\n]/g, ''))
const cuts = fc.array(fc.nat(), { maxLength: 20 })

describe('the line reader', () => {
  test('gives the same lines however the bytes are cut, inside a character too', () => {
    const property = fc.property(
      fc.array(someText, { maxLength: 8 }),
      cuts,
      fc.constantFrom('\n', '\r\n'),
      (all, at, end) => {
        const bytes = Buffer.from(all.map((one) => one + end).join(''))
        const expected = all.map((one) => (Buffer.byteLength(one) + end.length - 1 > MOST ? expect.any(Number) : one))
        expect(read(pieces(bytes, at))).toEqual({ lines: expected, rest: '' })
      },
    )
    fc.assert(property, { numRuns: runs(1000) })
  })

  test('loses nothing but the last line when the bytes end at any place', () => {
    const all = ['{"a":"🦊é"}', '', '{"b":"ü"}', '{"c":1}']
    const bytes = Buffer.from(all.map((one) => `${one}\r\n`).join(''))
    for (let end = 0; end <= bytes.length; end++) {
      const { lines } = read([bytes.subarray(0, end)])
      const whole = bytes.subarray(0, end).toString('latin1').split('\n').length - 1
      expect([end, lines]).toEqual([end, all.slice(0, whole)])
    }
  })

  test('counts a line that is too long, and reads the next', () => {
    const long = Buffer.alloc(10_000, 'x')
    const { lines } = read([Buffer.from('a\n'), long, long, Buffer.from('x\nb\n')])
    expect(lines).toEqual(['a', 20_001, 'b'])
  })

  test('holds no more than its bound of a line without an end', () => {
    const reader = new LineReader(MOST)
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const before = process.memoryUsage().arrayBuffers
    for (let count = 0; count < 1000; count++) for (const _ of reader.read(chunk));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
    expect(reader.end()).toEqual({ kind: 'too-long', length: 64 * 1024 * 1000 })
  })

  test('keeps a short piece without the memory of the chunk that it came in', () => {
    const reader = new LineReader(MOST)
    const chunk = Buffer.alloc(1024 * 1024, '\n')
    chunk[chunk.length - 1] = 0x78
    for (const _ of reader.read(chunk));
    const line = reader.end()
    expect(line.kind === 'line' && line.bytes.buffer.byteLength).toBe(1)
  })
})
