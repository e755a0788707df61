/** A usage error, which the user can fix. It is shown as one message without a stack trace; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'USAGE'
}
