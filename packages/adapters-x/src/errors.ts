import type { Later } from '@hexbird/core'
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

/** X could not be asked as the bot, or its answer makes no sense. Holds no credentials, and neither does its cause. */
export class SocialClientError extends Error {
  override readonly name = 'SocialClientError'
  readonly code: XErrorCode

  constructor(code: XErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The app, its webhooks or subscriptions could not be administered. Holds no credentials, and neither does its cause. */
export class XWebhooksError extends Error {
  override readonly name = 'XWebhooksError'
  readonly code: XErrorCode

  constructor(code: XErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Nobody can sign in at present. Holds no credentials, tokens or verifiers, and neither does its cause. */
export class XSignInError extends Error {
  override readonly name = 'XSignInError'
  readonly code: XErrorCode

  constructor(code: XErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Whether it was done in the person's name is not known, or X does not accept this app. Holds no credentials. */
export class XUserActionsError extends Error {
  override readonly name = 'XUserActionsError'
  readonly code: XErrorCode

  constructor(code: XErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** One of the above. */
export type XErrorClass<Failure extends Error = Error> = new (
  code: XErrorCode,
  message: string,
  options?: ErrorOptions,
) => Failure

/** For those whose port has no word for "later". */
export function errorOfLater<Failure extends Error>(later: Later, Failure: XErrorClass<Failure>): Failure {
  const { reason, detail, until } = later
  const when = until === undefined ? '' : ` Try again after ${new Date(until).toISOString()}.`
  return new Failure(LATER_CODES[reason], `${sentence(detail)}${when}`)
}

const LATER_CODES: Readonly<Record<Later['reason'], XErrorCode>> = {
  'rate-limited': 'X_RATE_LIMITED',
  'no-credits': 'X_NO_CREDITS',
  unauthorized: 'X_UNAUTHORIZED',
  unreachable: 'X_UNREACHABLE',
}

/** It took too long; no connection came about or it was cut; X answered with an error of its own. */
export type MediaFetchErrorCode = 'MEDIA_TIMEOUT' | 'MEDIA_UNREACHABLE' | 'MEDIA_UNAVAILABLE'

/** X's media host gave no photo and did not say that there is none. Try again. */
export class MediaFetchError extends Error {
  override readonly name = 'MediaFetchError'
  readonly code: MediaFetchErrorCode

  constructor(code: MediaFetchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
