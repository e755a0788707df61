/** A usage error, which the user can fix. `hexbird` shows only its message, without a stack trace, and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'USAGE'
}
