/** What went wrong between this program and X. */
export type XErrorCode =
  /** No answer, a cut one, or a 5xx. Try again. */
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

/** Webhooks or subscriptions could not be administered. Holds no credentials, and neither does its cause. */
export class XWebhooksError extends Error {
  override readonly name = 'XWebhooksError'
  readonly code: XErrorCode

  constructor(code: XErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

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
