/** What is wrong with a sealed text, a key, or what was to be sealed. */
export type SecretBoxErrorCode =
  /** The sealed text was changed, moved, cut, or sealed under another key, or it is none. Do not use it. */
  | 'SECRET_UNREADABLE'
  /** A later version of this library sealed it. */
  | 'SECRET_VERSION_UNKNOWN'
  /** It names a key that the box was not given. */
  | 'SECRET_KEY_UNKNOWN'
  /** The keys are missing, malformed, of the wrong length, or not distinct. */
  | 'SECRET_KEYS_INVALID'
  /** Stage, table, key or attribute is missing: the secret would be bound to less than one place. */
  | 'SECRET_PLACE_INVALID'
  /** What was to be sealed is too long, or is text that UTF-8 cannot carry. */
  | 'SECRET_REFUSED'

/**
 * A secret could not be sealed or opened. Holds nothing of a secret, a key or a row's key, and neither does its cause:
 * keys are named by their position, and by their id only where a well-formed sealed text names it.
 */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError'
  readonly code: SecretBoxErrorCode

  constructor(code: SecretBoxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
