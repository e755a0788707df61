import { isUsableSecret, signatureOf } from './signature.js'

/** The answer to X's challenge. As JSON, it is the body of the 200 response. */
export interface CrcAnswer {
  readonly response_token: string
}

/** A challenge that must not be answered. `reason` is a sentence that never quotes the token. */
export interface CrcRefused {
  readonly kind: 'refused'
  readonly code: 'no-secret' | 'no-token' | 'not-one-token' | 'too-long' | 'not-plain'
  readonly reason: string
}

/**
 * Answers X's challenge-response check: `response_token` proves that this end holds the consumer secret.
 * Source: docs.x.com/x-api/webhooks/quickstart.
 *
 * The answer is computed like the signature of a delivery, so answering a challenge that is also a valid delivery would
 * reveal its signature. A token must therefore be one string of 1 to 1024 bytes, each 0x21 to 0x7E, without `{`: no
 * body that `acceptsBody` accepts can be one. `'response_token' in answer` distinguishes the two outcomes.
 *
 * @param crcToken the value of the one `crc_token` in the query, percent-decoded once
 * @param secret the app's newest OAuth 2.0 client secret or, if it has none, its newest consumer secret. X invalidates the webhook at once after a wrong answer, but not after a refusal
 */
export function crcResponse(crcToken: unknown, secret: string): CrcAnswer | CrcRefused {
  if (!isUsableSecret(secret)) return refused('no-secret', 'The secret is not set.')
  if (crcToken === undefined || crcToken === null || crcToken === '') {
    return refused('no-token', 'The challenge has no crc_token.')
  }
  if (typeof crcToken !== 'string') return refused('not-one-token', 'The challenge has no single crc_token.')
  if (crcToken.length > 1024) return refused('too-long', 'The crc_token is longer than 1024 bytes.')
  if (!/^[\x21-\x7a\x7c-\x7e]+$/.test(crcToken)) {
    return refused(
      'not-plain',
      'The crc_token has a byte outside of 0x21 to 0x7E, or a brace that could open a delivery.',
    )
  }
  return { response_token: signatureOf(crcToken, secret) }
}

/**
 * Whether the token has the form of all of X's tokens so far: 48 letters and digits. Any other form is worth an alarm.
 */
export function isUsualCrcToken(crcToken: string): boolean {
  return /^[A-Za-z0-9]{48}$/.test(crcToken)
}

function refused(code: CrcRefused['code'], reason: string): CrcRefused {
  return { kind: 'refused', code, reason }
}
