import { createHmac, timingSafeEqual } from 'node:crypto'

declare const TextEncoder: new () => { encodeInto(text: string, bytes: Uint8Array): { readonly written: number } }

/** In characters, and in bytes: all are ASCII. */
const LENGTH = 'sha256='.length + 44

const utf8 = new TextEncoder()

// Two fixed places, since making new ones took longer than comparing them. Nothing here waits, so nothing shares them.
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
 * Checks whether X signed exactly these bytes with one of the secrets. Pass several secrets during a rotation. Without a
 * usable secret, the result is always false. Never throws, whatever the header is.
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
    // Every secret is tried, so that the time taken does not tell which one it was.
    utf8.encodeInto(signatureOf(rawBody, secret), expected)
    passed = timingSafeEqual(received, expected) || passed
  }
  return passed
}

/** A setting that was never filled in must not become a key that everybody knows. */
export function isUsableSecret(secret: unknown): secret is string {
  return typeof secret === 'string' && secret.trim() !== ''
}
