import { describe, expect, test } from '@jest/globals'
import { imageType, photoType } from '../../src/domain/photo-type.js'

const JPEG = [0xff, 0xd8, 0xff]
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const ascii = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0))
/** The four bytes between are the length of the file. */
const WEBP = [...ascii('RIFF'), 1, 2, 3, 4, ...ascii('WEBP')]
const bytes = (head: readonly number[]) => Uint8Array.of(...head, 0, 0, 0, 0, 0, 0, 0, 0)

describe('the type of a photo is told by its first bytes', () => {
  test.each([
    ['a JPEG', JPEG, 'image/jpeg', 'image/jpeg'],
    ['a PNG', PNG, 'image/png', 'image/png'],
    ['a WebP, which only a reply may have', WEBP, undefined, 'image/webp'],
    ['a GIF', ascii('GIF89a'), undefined, undefined],
    ['another RIFF file', [...ascii('RIFF'), 1, 2, 3, 4, ...ascii('WAVE')], undefined, undefined],
    ['nothing', [], undefined, undefined],
  ] as const)('%s', (_name, head, photo, image) => {
    expect([photoType(bytes(head)), imageType(bytes(head))]).toEqual([photo, image])
  })

  test.each([
    ['JPEG', JPEG, [0, 1, 2]],
    ['PNG', PNG, [0, 1, 2, 3, 4, 5, 6, 7]],
    ['WebP', WEBP, [0, 1, 2, 3, 8, 9, 10, 11]],
  ] as const)('each byte of the signature of a %s counts', (_name, head, counted) => {
    for (const index of counted) {
      const wrong = head.map((byte, at) => (at === index ? byte ^ 1 : byte))
      expect([index, photoType(bytes(wrong)), imageType(bytes(wrong))]).toEqual([index, undefined, undefined])
    }
  })

  test('a file that is cut off within its signature has no type', () => {
    for (const head of [JPEG, PNG, WEBP]) expect(imageType(Uint8Array.from(head.slice(0, -1)))).toBeUndefined()
  })
})
