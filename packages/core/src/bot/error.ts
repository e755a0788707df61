/** What is wrong with a bot's own code or its definition. */
export type BotErrorCode =
  /** The definition is none, or contradicts itself. */
  | 'DEFINITION'
  /** `ctx.reply` was called twice in one run. */
  | 'ALREADY_REPLIED'
  /** `next()` was called twice by one handler. */
  | 'NEXT_TWICE'
  /** The data of a job is no JSON, or too large; or the job was not added to the bot. */
  | 'JOB'
  /** A photo cannot be fetched any more. */
  | 'PHOTO_GONE'
  /** The bot needs a port that it was not given. */
  | 'PORT_MISSING'

/** A mistake in a bot's own code: its message says what to do. */
export class BotError extends Error {
  override readonly name = 'BotError'
  readonly code: BotErrorCode

  constructor(code: BotErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
