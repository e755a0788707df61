import { SecretBoxError } from './errors.js'

/** The parts of `v1.<key id>.<base64url of nonce, ciphertext, tag>`. */
export interface SealedText {
  readonly keyId: string
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

export const VERSION = 'v1'
export const NONCE_BYTES = 12
export const TAG_BYTES = 16
/** The longest secret, in bytes of UTF-8. */
export const MOST_SECRET_BYTES = 65_536

const SHAPE = /^v1\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]+)$/
const ANY_VERSION = /^v[0-9]{1,9}\./

export function writeSealedText({ keyId, nonce, ciphertext, tag }: SealedText): string {
  return `${VERSION}.${keyId}.${Buffer.concat([nonce, ciphertext, tag]).toString('base64url')}`
}

/** @throws SecretBoxError SECRET_UNREADABLE, SECRET_VERSION_UNKNOWN */
export function readSealedText(text: string): SealedText {
  if (typeof text !== 'string') throw unreadable()
  const [, keyId, base64url] = SHAPE.exec(text) ?? []
  if (keyId === undefined || base64url === undefined) throw isOfOtherVersion(text) ? unknownVersion() : unreadable()
  const bytes = Buffer.from(base64url, 'base64url')
  // Node passes over bits that are left at the end: another text would be the same secret.
  if (bytes.toString('base64url') !== base64url) throw unreadable()
  const length = bytes.length - NONCE_BYTES - TAG_BYTES
  if (length < 0 || length > MOST_SECRET_BYTES) throw unreadable()
  return {
    keyId,
    nonce: bytes.subarray(0, NONCE_BYTES),
    ciphertext: bytes.subarray(NONCE_BYTES, NONCE_BYTES + length),
    tag: bytes.subarray(NONCE_BYTES + length),
  }
}

const isOfOtherVersion = (text: string) => ANY_VERSION.test(text) && !text.startsWith(`${VERSION}.`)

const unreadable = () =>
  new SecretBoxError(
    'SECRET_UNREADABLE',
    'The text is not of the form v1.<key id>.<base64url>: it was cut or changed, or never sealed. Do not use it.',
  )

const unknownVersion = () =>
  new SecretBoxError(
    'SECRET_VERSION_UNKNOWN',
    'The text is of another version than v1. Deploy the version of this library that sealed it, or a later one.',
  )
