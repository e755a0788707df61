import { isUtf8 } from 'node:buffer'
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { SecretBoxError } from './errors.js'
import { checkedKeys, type SecretKey } from './keys.js'
import {
  MOST_SECRET_BYTES,
  NONCE_BYTES,
  readSealedText,
  type SealedText,
  TAG_BYTES,
  VERSION,
  writeSealedText,
} from './sealed-text.js'

/** Where a secret is kept. A secret that was moved elsewhere cannot be opened there. No part is empty. */
export interface Place {
  readonly table: string
  /** The key of the row. */
  readonly key: string
  readonly attribute: string
}

/** Seals secrets for the place where they are kept, and opens them there. */
export interface SecretBox {
  /**
   * Printable ASCII that tells nothing of the secret but its length, and which key sealed it. Each call gives another one.
   *
   * @throws SecretBoxError SECRET_REFUSED where the secret has more than 65,536 bytes of UTF-8, or a surrogate without its
   * other half, which UTF-8 cannot carry; SECRET_PLACE_INVALID
   */
  seal(secret: string, place: Place): string
  /**
   * @throws SecretBoxError SECRET_UNREADABLE where the text was changed, or was sealed for another place or stage;
   * SECRET_KEY_UNKNOWN, SECRET_VERSION_UNKNOWN, SECRET_PLACE_INVALID
   */
  open(sealed: string, place: Place): string
  /**
   * Whether an older key sealed the text. Whoever writes the row anyway then seals the secret again, until nothing is left
   * that needs the old key. It looks at the text alone: only `open` tells whether the text is genuine.
   *
   * @throws SecretBoxError SECRET_UNREADABLE, SECRET_KEY_UNKNOWN, SECRET_VERSION_UNKNOWN
   */
  needsResealing(sealed: string): boolean
}

/** The keys of a secret box, and the stage that it belongs to. */
export interface SecretBoxOptions {
  /** Where the program runs, such as `staging`: what one stage sealed, no other can open. */
  readonly stage: string
  /** The newest first: it seals. All of them open. The bytes are copied. */
  readonly keys: readonly SecretKey[]
}

/**
 * A box for secrets at rest: AES-256-GCM, each secret bound to its stage, table, row and attribute.
 *
 * ```ts
 * import { createSecretBox, newKey } from '@hexbird/secret-box'
 *
 * const box = createSecretBox({ stage: 'production', keys: [newKey('2026-11')] })
 * const place = { table: 'production_twitter', key: '42', attribute: 'accessSecret' }
 *
 * const sealed = box.seal('a secret', place) // v1.2026-11.rC0o…
 * console.log(box.open(sealed, place))
 * // a secret
 * // With `{ ...place, key: '12' }` it throws SecretBoxError SECRET_UNREADABLE.
 * ```
 *
 * The text is `v1.<key id>.<base64url>`, without padding, of nonce (12 bytes), ciphertext and tag (16 bytes). The
 * associated data is the JSON array `["v1", key id, stage, table, key, attribute]` in UTF-8, as `JSON.stringify` writes
 * it: no two places have the same. The secret is UTF-8. Any AES-GCM can open it.
 *
 * A new key: put `formatKey(newKey('2026-11'))` before the others, and deploy. In a fleet where old and new programs run
 * together, put it last first, so that all can open what it will seal, and then to the front. Remove the old key once no
 * row `needsResealing`.
 *
 * A new key is due long before 2^32 seals with the old one: up to there, two of its random 96-bit nonces meet with a chance
 * below 2^-32, and two secrets under one nonce are neither secret nor safe from forgery. That is 49 days at a thousand
 * seals a second. The box does not count, since many programs may share a key; once a year is plenty for a bot.
 *
 * What it does not do: somebody who may write the table can put back what the same attribute held before, and each secret
 * shows its length.
 *
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final section 8.3
 * @throws SecretBoxError SECRET_KEYS_INVALID, SECRET_PLACE_INVALID (the stage is part of every place)
 */
export function createSecretBox({ stage, keys }: SecretBoxOptions): SecretBox {
  const held = checkedKeys(keys)
  const [newest] = held
  const byId: ReadonlyMap<string, KeyObject> = new Map(held.map(({ id, key }) => [id, key]))
  if (!isName(stage)) throw placeInvalid('The stage is missing: name it, such as staging.')

  // Keys live in this closure, and in no property that a log could print.
  return {
    seal(secret, place) {
      const context = contextOf(newest.id, stage, place)
      return writeSealedText({ keyId: newest.id, ...encrypted(bytesOf(secret), newest.key, context) })
    },
    open(sealed, place) {
      const text = readSealedText(sealed)
      return decrypted(text, keyOf(text.keyId), contextOf(text.keyId, stage, place))
    },
    needsResealing(sealed) {
      const { keyId } = readSealedText(sealed)
      return keyOf(keyId) !== newest.key
    },
  }

  function keyOf(id: string): KeyObject {
    const key = byId.get(id)
    if (!key) throw new SecretBoxError('SECRET_KEY_UNKNOWN', `No key has the id ${id}. Add it behind the newest key.`)
    return key
  }
}

function encrypted(secret: Uint8Array, key: KeyObject, context: Uint8Array): Omit<SealedText, 'keyId'> {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(context)
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()])
  return { nonce, ciphertext, tag: cipher.getAuthTag() }
}

function decrypted({ nonce, ciphertext, tag }: SealedText, key: KeyObject, context: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  const start = decipher.setAAD(context).setAuthTag(tag).update(ciphertext)
  const secret = Buffer.concat([start, verifiedEnd(decipher)])
  if (!isUtf8(secret)) throw new SecretBoxError('SECRET_UNREADABLE', 'What was sealed is no text in UTF-8.')
  return secret.toString('utf8')
}

/** The cipher's end, which it gives only where the tag is that of key, nonce, context and ciphertext. */
function verifiedEnd(decipher: { final(): Uint8Array }): Uint8Array {
  try {
    return decipher.final()
  } catch (cause) {
    throw new SecretBoxError(
      'SECRET_UNREADABLE',
      'The text was changed, or sealed for another table, row, attribute or stage, or with another key of that id. ' +
        'Do not use it: have the secret given anew.',
      { cause },
    )
  }
}

function contextOf(keyId: string, stage: string, { table, key, attribute }: Place): Uint8Array {
  const parts = [table, key, attribute]
  if (!parts.every(isName))
    throw placeInvalid('A place names a table, the key of a row and an attribute; one is missing.')
  return Buffer.from(JSON.stringify([VERSION, keyId, stage, ...parts]))
}

function bytesOf(secret: string): Uint8Array {
  if (typeof secret !== 'string') throw refused('Only text can be sealed: give a string.')
  if (/\p{Surrogate}/u.test(secret)) throw refused('The secret has half a surrogate pair, which UTF-8 cannot carry.')
  const bytes = Buffer.from(secret)
  if (bytes.length > MOST_SECRET_BYTES) {
    throw refused(`The secret has ${bytes.length} bytes of UTF-8, and at most ${MOST_SECRET_BYTES} are sealed.`)
  }
  return bytes
}

const isName = (value: string) => typeof value === 'string' && value !== ''
const placeInvalid = (message: string) => new SecretBoxError('SECRET_PLACE_INVALID', message)
const refused = (message: string) => new SecretBoxError('SECRET_REFUSED', message)
