/** Why a `BotError` was thrown. */
export type BotErrorCode =
  /** This is not a definition, or it contradicts itself. */
  | 'DEFINITION'
  /** The run had already replied, stored a job or skipped the tweet. */
  | 'ALREADY_REPLIED'
  /** One handler called `next()` twice. */
  | 'NEXT_TWICE'
  /** A job's data is not JSON or is too large, or the job was not added to the bot. */
  | 'JOB'
  /** A photo no longer exists or cannot be used. */
  | 'PHOTO_GONE'
  /** The bot needs a port that it was not given. */
  | 'PORT_MISSING'
  /** A handler or job did not finish in time. */
  | 'TIMEOUT'

/** A mistake in a bot's own code or definition, or a photo that cannot be fetched. The message says what is wrong. */
export class BotError extends Error {
  override readonly name = 'BotError'
  readonly code: BotErrorCode

  constructor(code: BotErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Returns the error of an attempt that did not finish within this time. */
export function timedOut(milliseconds: number): BotError {
  const message = `The handler did not finish within ${milliseconds / 1000} seconds. Await what it starts, pass ctx.signal to slow calls, and leave slow work to ctx.defer.`
  return new BotError('TIMEOUT', message)
}
