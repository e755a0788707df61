import { createSecretKey, generateKeySync, KeyObject } from 'node:crypto'
import { types } from 'node:util'
import { SecretBoxError } from './errors.js'

/** One key and the name that sealed texts carry for it. */
export interface SecretKey {
  /** 1 to 32 of `A-Z a-z 0-9 _ -`: not secret, unique, never used again for another key. The month it was made does. */
  readonly id: string
  /** 32 bytes. As a `KeyObject` they do not show when somebody logs the settings. */
  readonly key: KeyObject | Uint8Array
}

/** A key that was checked. */
interface HeldKey {
  readonly id: string
  readonly key: KeyObject
}

const KEY_BYTES = 32
const ID = /^[A-Za-z0-9_-]{1,32}$/

/**
 * Reads keys as an environment variable or an SSM parameter holds them: `<id>:<base64 of 32 bytes>`, joined by commas,
 * the newest first; blanks and line ends around an entry are passed over.
 *
 * ```
 * 2026-11:wVvD0rO1sL…=,2026-05:Zk3x9QeT0a…=
 * ```
 *
 * @throws SecretBoxError SECRET_KEYS_INVALID, which says which entry is wrong and never quotes it
 */
export function parseKeys(text: string | undefined): readonly SecretKey[] {
  if (text === undefined || text.trim() === '') {
    throw invalid('There are no keys: the text is missing or empty. Write one as <id>:<base64 of 32 random bytes>.')
  }
  return checkedKeys(text.split(',').map((entry, index) => parsedKey(entry.trim(), index + 1)))
}

/** Makes a key from the system's randomness. `formatKey` writes it out. */
export function newKey(id: string): SecretKey {
  const key = { id, key: generateKeySync('aes', { length: KEY_BYTES * 8 }) }
  checkedKeys([key])
  return key
}

/** Writes a key as `parseKeys` reads it. The text is the key: it belongs in a secret store and in no log. */
export function formatKey(key: SecretKey): string {
  const [held] = checkedKeys([key])
  return `${held.id}:${held.key.export().toString('base64')}`
}

/** @throws SecretBoxError SECRET_KEYS_INVALID */
export function checkedKeys(keys: readonly SecretKey[]): readonly [HeldKey, ...HeldKey[]] {
  const given: readonly SecretKey[] = Array.isArray(keys) ? keys : []
  const [first, ...others] = given.map((key, index) => checkedKey(key, index + 1))
  if (!first) throw invalid('There are no keys. Give at least one, the newest first.')
  const held: readonly [HeldKey, ...HeldKey[]] = [first, ...others]
  for (const [index, later] of held.entries()) {
    for (const [before, earlier] of held.slice(0, index).entries()) refuseTwins(earlier, later, before + 1, index + 1)
  }
  return held
}

function parsedKey(entry: string, position: number): SecretKey {
  if (entry === '') throw invalid(`Key ${position} is empty. Remove the comma that is too much.`)
  const colon = entry.indexOf(':')
  if (colon < 0) throw invalid(`Key ${position} has no id. Write it as <id>:<base64>.`)
  const base64 = entry.slice(colon + 1)
  const bytes = Buffer.from(base64, 'base64')
  // Node reads whatever looks like base64; only what it would write is the key that somebody meant.
  if (base64 === '' || bytes.toString('base64') !== base64) {
    throw invalid(`Key ${position} is not base64. Write it as \`openssl rand -base64 32\` does, with + / and =.`)
  }
  return { id: entry.slice(0, colon), key: bytes }
}

function checkedKey({ id, key }: SecretKey, position: number): HeldKey {
  if (typeof id !== 'string' || !ID.test(id)) {
    throw invalid(`The id of key ${position} is not 1 to 32 of A-Z a-z 0-9 _ -. Rename it; 2026-11 would do.`)
  }
  const held = keyObjectOf(key)
  if (!held) throw invalid(`Key ${position} is neither a Uint8Array nor a secret KeyObject. Give its 32 bytes.`)
  if (held.symmetricKeySize !== KEY_BYTES) {
    throw invalid(`Key ${position} has ${held.symmetricKeySize} bytes. AES-256 takes ${KEY_BYTES}: make a new one.`)
  }
  return { id, key: held }
}

function keyObjectOf(key: KeyObject | Uint8Array): KeyObject | undefined {
  if (types.isUint8Array(key)) return createSecretKey(key)
  return key instanceof KeyObject && key.type === 'secret' ? key : undefined
}

function refuseTwins(one: HeldKey, other: HeldKey, first: number, second: number): void {
  if (one.id === other.id) {
    throw invalid(`Keys ${first} and ${second} have the same id. Rename the one that has sealed nothing yet.`)
  }
  if (one.key.equals(other.key)) {
    throw invalid(`Keys ${first} and ${second} are the same key under two ids. Make a new one.`)
  }
}

const invalid = (message: string) => new SecretBoxError('SECRET_KEYS_INVALID', message)
