/**
 * What `LocalXError.code` can say.
 *
 * - `UNKNOWN_TWEET`: the id names no tweet that is known here, or a deleted one.
 * - `NOT_EDITABLE`: X would not let this tweet be edited.
 * - `BAD_MESSAGE`: a direct message without text, or to somebody who takes none of the sender.
 * - `BAD_TEXT`: a tweet without words and photos, or longer than X takes from anybody.
 * - `BAD_PHOTO`: nothing that X takes as a photo (JPEG, PNG, WEBP, GIF; whole, at most 5 MB and 8192 pixels a side), or more
 *   than four.
 * - `BAD_NAME`: a username that X does not allow, or an id that belongs to somebody else.
 * - `BAD_RECORDING`: not a delivery of either dialect.
 * - `BAD_NOTE`: what a bot tells of itself is not a link or a time.
 * - `BAD_SWITCH`: a switch that there is not, or a value that it does not take.
 * - `BAD_SCOPE`: a scope that X does not have.
 * - `BAD_CLOCK`: a test's clock was to go back.
 * - `UNKNOWN_WEBHOOK`: the id names no webhook.
 * - `UNKNOWN_DELIVERY`: the id names no delivery.
 * - `NO_REPLY`: the bot did not reply within the time.
 * - `CLOSED`: the local X was closed meanwhile.
 */
export type LocalXErrorCode =
  | 'UNKNOWN_TWEET'
  | 'NOT_EDITABLE'
  | 'BAD_MESSAGE'
  | 'BAD_TEXT'
  | 'BAD_PHOTO'
  | 'BAD_NAME'
  | 'BAD_RECORDING'
  | 'BAD_NOTE'
  | 'BAD_SWITCH'
  | 'BAD_SCOPE'
  | 'BAD_CLOCK'
  | 'UNKNOWN_WEBHOOK'
  | 'UNKNOWN_DELIVERY'
  | 'NO_REPLY'
  | 'CLOSED'

/** Thrown by the in-process controls when they are asked for what X could not do. */
export class LocalXError extends Error {
  override readonly name = 'LocalXError'
  readonly code: LocalXErrorCode

  constructor(code: LocalXErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
