export type SmokeErrorCode =
  | 'OPTIONS_INVALID'
  /** Nobody is signed in, or AWS does not know or let pass who is. */
  | 'CREDENTIALS_UNUSABLE'
  | 'STAGE_MISSING'
  /** Neither the stack nor the command says where the functions answer. */
  | 'ADDRESS_UNKNOWN'

/** Something that the person who typed the command can mend. Nothing was made by then. */
export class SmokeError extends Error {
  override readonly name = 'SmokeError'
  readonly code: SmokeErrorCode

  constructor(code: SmokeErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** What something thrown is called, by its shape: an error of another copy of the SDK is no `instanceof`. */
export const nameOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error

/** The first line alone: AWS's messages about signatures quote the request, with its security token, after that. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const line = `${nameOf(error)}: ${message.split('\n', 1)[0]}`.slice(0, 400)
  // Of a request that failed, fetch says why in the cause alone.
  return message === 'fetch failed' ? `${line} (${codeOf(error)})` : line
}

function codeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } }
  return typeof cause?.code === 'string' ? cause.code : nameOf(cause)
}
