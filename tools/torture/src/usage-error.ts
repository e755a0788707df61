/** A mistake in the command line. It is shown as one message, without a stack trace, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'USAGE'
}
