/** A command could not do what it was asked, and the person who typed it did nothing wrong: exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: 'DEPLOY_FAILED' | 'INSTALL_FAILED' | 'SIGN_IN_FAILED' | 'STAGE_FAILED'

  constructor(code: CommandError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
