import { AwsError, causeOf, type StoreErrorCode, type Thrown } from '../error.js'

/** What a call of the SDK threw, as an `AwsError`; what is not about DynamoDB is given back as it is. */
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
  // Not said by DynamoDB, and thrown on the way: a cut or late connection, an answer that the SDK cannot read.
  return $metadata && 'STORE_UNREACHABLE'
}
