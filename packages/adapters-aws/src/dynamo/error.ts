/** What went wrong between this program and its tables. */
export type DynamoErrorCode =
  /** More was asked than the table takes, after all retries. Try again later. */
  | 'STORE_THROTTLED'
  /** No answer in time, a cut or unreadable one, or a failure of DynamoDB's own. Whether it was done is not known. */
  | 'STORE_UNREACHABLE'
  /** DynamoDB will not do this, now or later: no such table, no permission, an invalid request. */
  | 'STORE_REFUSED'
  /** The row was written by another release, whose rows this one does not know. */
  | 'STORE_ROW_VERSION'
  /** The row lacks something that every row of its table has. */
  | 'STORE_ROW_UNREADABLE'
  /** What is to be a key cannot be one, such as a user id that is no decimal number. */
  | 'STORE_KEY_INVALID'

/** A table could not be asked, or what is in it makes no sense. Holds nothing of any row, and neither does its cause. */
export class DynamoError extends Error {
  override readonly name = 'DynamoError'
  readonly code: DynamoErrorCode

  constructor(code: DynamoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What a call of the SDK threw, as a `DynamoError`; what is not about DynamoDB is given back as it is. */
export function dynamoErrorOf(error: unknown, table: string): unknown {
  if (!(error instanceof Error)) return error
  const code = codeOf(error)
  if (code === undefined) return error
  const cause = causeOf(error)
  return new DynamoError(code, `${table}: ${cause.name}: ${cause.message}`, { cause })
}

/** What the SDK adds to the errors of services and of the network. */
interface Thrown extends Error {
  readonly code?: string
  readonly $fault?: 'client' | 'server'
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const THROTTLED = /^(?:ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|LimitExceeded)/
const SYSTEM_CODE = /^E[A-Z_]+$/

function codeOf({ name, $fault, $metadata }: Thrown): DynamoErrorCode | undefined {
  const status = $metadata?.httpStatusCode ?? 0
  if (THROTTLED.test(name) || status === 429) return 'STORE_THROTTLED'
  if (status >= 500) return 'STORE_UNREACHABLE'
  if ($fault || name === 'CredentialsProviderError') return 'STORE_REFUSED'
  // Not said by DynamoDB, and thrown on the way: a cut or late connection, an answer that the SDK cannot read.
  return $metadata && 'STORE_UNREACHABLE'
}

/**
 * A cause of its own: the SDK's errors hold the answer, and a message about JSON quotes it; AWS's messages about
 * signatures quote the request, with its security token, from their second line on.
 */
function causeOf({ name, message, code }: Thrown): Error {
  const text = name === 'SyntaxError' ? 'the answer is unreadable' : message.split('\n', 1)[0]
  return Object.assign(new Error(text), { name, ...(code !== undefined && SYSTEM_CODE.test(code) && { code }) })
}
