import { AwsError, causeOf, type StoreErrorCode, type Thrown } from '../error.js'

/** Converts an error of an SDK call into an `AwsError`. Returns errors that don't concern DynamoDB unchanged. */
export function dynamoErrorOf(error: unknown, table: string): unknown {
  if (!(error instanceof Error)) return error
  const code = codeOf(error)
  if (code === undefined) return error
  const cause = causeOf(error)
  return new AwsError(code, `${table}: ${cause.name}: ${cause.message}`, { cause })
}

const THROTTLED = /^(?:ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|LimitExceeded)/

function codeOf({ name, $fault, $metadata }: Thrown): StoreErrorCode | undefined {
  const status = $metadata?.httpStatusCode ?? 0
  if (THROTTLED.test(name) || status === 429) return 'STORE_THROTTLED'
  if (status >= 500) return 'STORE_UNREACHABLE'
  if ($fault || name === 'CredentialsProviderError') return 'STORE_REFUSED'
  // The error isn't from DynamoDB: the connection was cut or too slow, or the SDK can't read the answer.
  return $metadata && 'STORE_UNREACHABLE'
}
