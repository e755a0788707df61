import { createHmac, timingSafeEqual } from 'node:crypto'

declare const TextEncoder: new () => { encodeInto(text: string, bytes: Uint8Array): { readonly written: number } }

/** The length of a signature in characters and in bytes, since all are ASCII. */
const LENGTH = 'sha256='.length + 44

const utf8 = new TextEncoder()

// Two reused buffers, because allocating them took longer than comparing. Safe because nothing below is asynchronous.
const received = new Uint8Array(LENGTH)
const expected = new Uint8Array(LENGTH)

/**
 * Returns the value of `x-twitter-webhooks-signature` (keyed with the app's consumer secret) and of
 * `x-twitter-webhooks-signature-oauth2` (keyed with its OAuth 2.0 client secret): `sha256=` and the base64 of the
 * HMAC-SHA256 of the raw body. A string stands for its UTF-8 bytes. Source: docs.x.com/x-api/webhooks/introduction.
 */
export function signatureOf(rawBody: Uint8Array | string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(rawBody).digest('base64')}`
}

/**
 * Checks whether X signed exactly these bytes with one of the secrets. Pass several secrets during a rotation. Without
 * a usable secret, the result is always false. Never throws, even for a malformed header.
 *
 * @param rawBody the raw body, before any parsing; decode base64 from a gateway first
 * @param header the value of the signature header for these secrets
 */
export function verifySignature(
  rawBody: Uint8Array | string,
  header: unknown,
  secrets: readonly string[] | string,
): boolean {
  if (typeof header !== 'string' || header.length !== LENGTH) return false
  if (utf8.encodeInto(header, received).written !== LENGTH) return false
  let passed = false
  for (const secret of typeof secrets === 'string' ? [secrets] : secrets) {
    if (!isUsableSecret(secret)) continue
    // Try every secret, so that the duration does not reveal which one matched.
    utf8.encodeInto(signatureOf(rawBody, secret), expected)
    passed = timingSafeEqual(received, expected) || passed
  }
  return passed
}

/** Rejects an empty secret: a setting that was never filled in must not become a key that everybody knows. */
export function isUsableSecret(secret: unknown): secret is string {
  return typeof secret === 'string' && secret.trim() !== ''
}
