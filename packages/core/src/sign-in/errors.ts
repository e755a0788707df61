/** Why nobody can sign in: the app's settings at X, or the bot's options. */
export type SignInErrorCode = 'CALLBACK_NOT_CONFIRMED' | 'OPTIONS_INVALID'

/** Nobody can sign in until the app's settings at X or the bot's options are corrected. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  readonly code: SignInErrorCode

  constructor(code: SignInErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
