/** Something the person who typed the command can mend: shown as one message, without a stack trace, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'USAGE'
}
