import type { Deferral } from '@hexbird/core/adapter'
import { sentence } from './problem.js'

/** What went wrong between this program and X. */
export type XErrorCode =
  /** No answer, a cut one, or a 5xx. Try again, unless the message says otherwise. */
  | 'X_UNREACHABLE'
  /** X answered, and not what its description promises. */
  | 'X_ANSWER_UNREADABLE'
  | 'X_RATE_LIMITED'
  | 'X_NO_CREDITS'
  | 'X_UNAUTHORIZED'
  /** The account or the app is locked, suspended or flagged. */
  | 'X_ACCOUNT_LOCKED'
  /** X refuses the request as it is; the same request will be refused again. */
  | 'X_REQUEST_REFUSED'
  /** The address that a sign-in is to lead back to is not on the app's list at X. */
  | 'X_CALLBACK_NOT_ALLOWED'
  /** The bot posted so much since then that not all of it was read. */
  | 'X_TIMELINE_TOO_LONG'
  /** The photo did not come whole in time. Try again. */
  | 'MEDIA_TIMEOUT'
  /** X's media host was not reached, or the connection was cut. Try again. */
  | 'MEDIA_UNREACHABLE'
  /** X's media host answered with an error and did not say that the photo is gone. Try again. */
  | 'MEDIA_UNAVAILABLE'

/**
 * X could not be asked, refused, or gave an answer that makes no sense; `code` says which. Holds no credentials, tokens or
 * verifiers, and neither does its cause.
 */
export class XError extends Error {
  override readonly name = 'XError'
  readonly code: XErrorCode

  constructor(code: XErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** For ports that have no word for "later". */
export function errorOfDeferral({ reason, detail, until }: Deferral): XError {
  const when = until === undefined ? '' : ` Try again after ${new Date(until).toISOString()}.`
  return new XError(DEFERRAL_CODES[reason], `${sentence(detail)}${when}`)
}

const DEFERRAL_CODES: Readonly<Record<Deferral['reason'], XErrorCode>> = {
  'rate-limited': 'X_RATE_LIMITED',
  'no-credits': 'X_NO_CREDITS',
  unauthorized: 'X_UNAUTHORIZED',
  unreachable: 'X_UNREACHABLE',
}
