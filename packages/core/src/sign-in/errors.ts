/** What is wrong with the app's settings at X, or with X. */
export type SignInErrorCode = 'CALLBACK_NOT_CONFIRMED' | 'OPTIONS_INVALID'

/** A sign-in cannot begin, for nobody. */
export class SignInError extends Error {
  override readonly name = 'SignInError'
  readonly code: SignInErrorCode

  constructor(code: SignInErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
