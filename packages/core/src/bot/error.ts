/** What is wrong with a bot's code or definition. */
export type BotErrorCode =
  /** This is not a definition, or it contradicts itself. */
  | 'DEFINITION'
  /** `ctx.reply` was called twice in one run. */
  | 'ALREADY_REPLIED'
  /** One handler called `next()` twice. */
  | 'NEXT_TWICE'
  /** A job's data is not JSON or is too large, or the job was not added to the bot. */
  | 'JOB'
  /** A photo can no longer be fetched. */
  | 'PHOTO_GONE'
  /** The bot needs a port that it was not given. */
  | 'PORT_MISSING'

/** A mistake in a bot's own code. The message says what to do. */
export class BotError extends Error {
  override readonly name = 'BotError'
  readonly code: BotErrorCode

  constructor(code: BotErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
