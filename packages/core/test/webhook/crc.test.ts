import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { textArbitrary } from '../../src/testing/index.js'
import { crcResponse, isUsualCrcToken } from '../../src/webhook/crc.js'
import { acceptsBody, decodeDelivery } from '../../src/webhook/decode.js'
import { signatureOf, verifySignature } from '../../src/webhook/signature.js'
import { bytes, classic, delivery } from './payloads.js'

const SECRET = 'consumer-secret'

/** The start of a JSON text, as far as a JSON reader is patient with it, and what some readers skip as well. */
const lead = fc.constantFrom('', ' ', '\t', '\r\n', '   \n', '\uFEFF', '\u00A0', '\0', '!')
const bodyText = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify({ for_user_id: '1', tweet_create_events: [value] })),
  fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
  textArbitrary().map((rest) => `{${rest}`),
)
const challenge = fc.oneof(
  fc.string({ unit: fc.constantFrom(...plainCharacters()), minLength: 1, maxLength: 1100 }),
  textArbitrary(),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.tuple(lead, bodyText).map(([blank, text]) => blank + text),
  fc.base64String({ minLength: 4 }),
)

function plainCharacters(): string[] {
  return Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index))
}

describe('the challenge', () => {
  test("is answered with the HMAC-SHA256 of the token, in X's form", () => {
    expect(crcResponse('challenge_string', SECRET)).toEqual({
      response_token: 'sha256=S/mG8E9n5SjoGuCqHguvP8K8uuu5ogCPF0dOpIdyZlk=',
    })
  })

  test.each(['M2RkODJkZmMtYjlkYi00NmQ4LTk0MGUtM2JjYzkwM2Q4MjQ0', 'OWY4ODQ2ZjgtNDljMC00NDY2LWJhMGQtYTE4NzQ0MTM2OGFi'])(
    'with a token as X sends them is answered and is usual: %s',
    (token) => {
      expect(crcResponse(token, SECRET)).toHaveProperty('response_token')
      expect(isUsualCrcToken(token)).toBe(true)
    },
  )

  test.each([
    ['no secret', 'token', '', 'no-secret'],
    ['a blank secret', 'token', ' \n', 'no-secret'],
    ['no token', undefined, SECRET, 'no-token'],
    ['null', null, SECRET, 'no-token'],
    ['an empty token', '', SECRET, 'no-token'],
    ['two tokens', ['one', 'two'], SECRET, 'not-one-token'],
    ['a number', 1, SECRET, 'not-one-token'],
    ['1025 bytes', 'a'.repeat(1025), SECRET, 'too-long'],
    ['a blank', 'to ken', SECRET, 'not-plain'],
    ['a line end', 'token\n', SECRET, 'not-plain'],
    ['a control character', 'to\u007fken', SECRET, 'not-plain'],
    ['an umlaut', 'tökén', SECRET, 'not-plain'],
    ['an opening brace', 'to{ken', SECRET, 'not-plain'],
  ])('with %s is refused with a code', (_, token, secret, code) => {
    expect(crcResponse(token, secret)).toEqual({ kind: 'refused', code, reason: expect.stringMatching(/\.$/) })
  })

  test('takes tokens of 1 byte and of 1024, of every plain character but the brace', () => {
    const plain = plainCharacters().filter((character) => character !== '{')
    for (const token of [...plain, plain.join(''), 'a'.repeat(1024)]) {
      expect(crcResponse(token, SECRET)).toEqual({ response_token: signatureOf(token, SECRET) })
    }
  })

  test('refuses without a secret that is no string, as a broken setting gives it', () => {
    expect(crcResponse('token', undefined as unknown as string)).toMatchObject({ code: 'no-secret' })
  })

  test('tells an unusual token', () => {
    for (const token of ['challenge_string', 'a'.repeat(47), 'a'.repeat(49), `${'a'.repeat(47)}=`]) {
      expect(isUsualCrcToken(token)).toBe(false)
    }
  })

  test('never gets an answer that signs a body which the webhook would take', () => {
    const answered = challenge.filter((token) => 'response_token' in crcResponse(token, SECRET))
    fc.assert(
      fc.property(answered, (token) => {
        const { response_token: signed } = crcResponse(token, SECRET) as { readonly response_token: string }
        expect(verifySignature(bytes(token), signed, SECRET)).toBe(true)
        expect(acceptsBody(bytes(token))).toBe(false)
        expect(() => decodeDelivery(bytes(token))).toThrow(expect.objectContaining({ code: 'DELIVERY_NOT_AN_OBJECT' }))
      }),
      { numRuns: runs() },
    )
  })

  test('is refused whenever it is a body which the webhook would take', () => {
    const body = fc.tuple(lead, bodyText).map((parts) => parts.join(''))
    const accepted = body.filter((text) => acceptsBody(bytes(text)))
    fc.assert(
      fc.property(accepted, (text) => {
        expect(crcResponse(text, SECRET)).toMatchObject({ kind: 'refused' })
      }),
      { numRuns: runs() },
    )
  })
})

describe('known faults of the originals', () => {
  test('a forged event as crc_token hands out no signature', () => {
    const forged = JSON.stringify(delivery([classic()]))
    for (const token of [forged, ` ${forged}`, `\uFEFF${forged}`, '{}']) {
      expect(crcResponse(token, SECRET)).toMatchObject({ kind: 'refused' })
    }
  })

  test('a missing crc_token is a refusal and no crash', () => {
    expect(crcResponse(undefined, SECRET)).toMatchObject({ kind: 'refused', code: 'no-token' })
  })
})
