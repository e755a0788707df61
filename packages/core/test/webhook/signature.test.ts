import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { textArbitrary } from '../../src/testing/index.js'
import { signatureOf, verifySignature } from '../../src/webhook/signature.js'
import { bytes, twoKilobytes } from './payloads.js'

const secret = textArbitrary({ minLength: 1 }).filter((text) => text.trim() !== '')
const rawBody = fc.uint8Array({ maxLength: 300 })

describe('the signature', () => {
  test('is base64 of the HMAC-SHA256 behind sha256=', () => {
    // RFC 4231, test case 2.
    const digest = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
    const given = signatureOf(bytes('what do ya want for nothing?'), 'Jefe')
    expect(given).toBe(`sha256=${Buffer.from(digest, 'hex').toString('base64')}`)
  })

  test('of the same bytes and secret passes, for any body and secret', () => {
    fc.assert(
      fc.property(rawBody, secret, (body, key) => {
        expect(verifySignature(body, signatureOf(body, key), key)).toBe(true)
      }),
      { numRuns: runs() },
    )
  })

  test('counts a text as its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), secret, (text, key) => {
        expect(verifySignature(text, signatureOf(bytes(text), key), [key])).toBe(true)
      }),
      { numRuns: runs() },
    )
  })

  test('of a body with any one bit flipped is refused', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        secret,
        fc.nat(),
        fc.nat(7),
        (body, key, at, bit) => {
          const other = Uint8Array.from(body)
          const index = at % other.length
          other[index] = (other[index] ?? 0) ^ (1 << bit)
          expect(verifySignature(other, signatureOf(body, key), key)).toBe(false)
        },
      ),
      { numRuns: runs() },
    )
  })

  test('with any one character replaced, left out or added is refused', () => {
    const change = fc.constantFrom('replace', 'remove', 'insert')
    fc.assert(
      fc.property(
        rawBody,
        secret,
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        change,
        (body, key, at, by, how) => {
          const good = signatureOf(body, key)
          const index = at % good.length
          const rest = good.slice(how === 'insert' ? index : index + 1)
          const other = good.slice(0, index) + (how === 'remove' ? '' : by) + rest
          fc.pre(other !== good)
          expect(verifySignature(body, other, key)).toBe(false)
        },
      ),
      { numRuns: 2 * runs() },
    )
  })

  test('does not pass in another base64 spelling of the same bytes', () => {
    const good = signatureOf('', 'key')
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const last = letters.indexOf(good.at(-2) ?? '')
    const same = `${good.slice(0, -2)}${letters[last + 1]}=`
    expect(Buffer.from(same.slice(7), 'base64')).toEqual(Buffer.from(good.slice(7), 'base64'))
    expect(verifySignature('', same, 'key')).toBe(false)
  })

  test('of another secret is refused', () => {
    fc.assert(
      fc.property(rawBody, secret, secret, (body, one, other) => {
        fc.pre(one !== other && !isSameKey(one, other))
        expect(verifySignature(body, signatureOf(body, one), other)).toBe(false)
      }),
      { numRuns: runs() },
    )
  })

  test('passes with any of several secrets, wherever it stands', () => {
    const body = twoKilobytes()
    const secrets = ['newest', 'older', 'oldest']
    for (const key of secrets) expect(verifySignature(body, signatureOf(body, key), secrets)).toBe(true)
    expect(verifySignature(body, signatureOf(body, 'retired'), secrets)).toBe(false)
  })

  test.each([
    ['no secret at all', []],
    ['an empty one', ''],
    ['only empty ones', ['', '']],
    ['a blank one', [' ']],
    ['settings that were never filled in', [undefined, null] as unknown as string[]],
  ])('never passes with %s', (_, secrets) => {
    for (const key of ['', ' ', 'undefined', 'null']) {
      expect(verifySignature('{}', signatureOf('{}', key), secrets)).toBe(false)
    }
  })

  test('that is empty beside a usable one does not pass for the empty one', () => {
    expect(verifySignature('{}', signatureOf('{}', ''), ['', 'key'])).toBe(false)
    expect(verifySignature('{}', signatureOf('{}', 'key'), ['', 'key'])).toBe(true)
  })

  test('header of any kind is answered with false and never throws', () => {
    const header = fc.oneof(
      fc.anything(),
      textArbitrary(),
      textArbitrary().map((text) => `sha256=${text}`),
      textArbitrary({ minLength: 44, maxLength: 44 }).map((text) => `sha256=${text}`),
      fc.base64String({ minLength: 44, maxLength: 44 }).map((text) => `sha256=${text}`),
    )
    fc.assert(
      fc.property(header, (value) => {
        expect(verifySignature('{}', value, 'key')).toBe(false)
      }),
      { numRuns: 2 * runs() },
    )
  })

  test.each([
    ['in an array', (good: string): unknown => [good]],
    ['with a blank before it', (good: string): unknown => ` ${good}`],
    ['with a line end after it', (good: string): unknown => `${good}\n`],
    ['of another algorithm', (good: string): unknown => good.replace('sha256', 'sha1')],
    ['without its algorithm', (good: string): unknown => good.replace('sha256=', '')],
    ['twice', (good: string): unknown => `${good}, ${good}`],
  ])('%s is refused', (_, change) => {
    expect(verifySignature('{}', change(signatureOf('{}', 'key')), 'key')).toBe(false)
  })
})

/** HMAC fills a short key up with zeros, so that keys which differ only in those are one key (RFC 2104). */
function isSameKey(one: string, other: string): boolean {
  return one.replace(/\0+$/, '') === other.replace(/\0+$/, '')
}

describe('known faults of the originals', () => {
  test('a body that nobody signed is refused', () => {
    for (const header of [undefined, null, '']) expect(verifySignature(twoKilobytes(), header, 'key')).toBe(false)
  })

  test('a short signature is refused and does not throw', () => {
    for (const header of ['sha256=', 'sha256=AAAA', 's', signatureOf('{}', 'key').slice(0, -1)]) {
      expect(verifySignature('{}', header, 'key')).toBe(false)
    }
  })
})
