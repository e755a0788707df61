/** The code of an `AwsError`. */
export type AwsErrorCode = ServiceErrorCode | StoreErrorCode | EventErrorCode

/** Codes of S3, SQS and Rekognition. */
type ServiceErrorCode =
  /** After the client's retries: no answer in time, a truncated one, or a 5xx. Try again. */
  | 'AWS_UNREACHABLE'
  /** After the client's retries: too many requests. Try again later. */
  | 'AWS_THROTTLED'
  /** The credentials are missing, wrong, or don't allow this. */
  | 'AWS_DENIED'
  /** The bucket or queue doesn't exist. */
  | 'AWS_MISSING'
  /** AWS sent an answer that doesn't match its documentation. */
  | 'AWS_ANSWER_UNREADABLE'
  /** AWS refused the request, and would refuse it again. */
  | 'AWS_REFUSED'
  /** The adapter got invalid input, and sent no request. */
  | 'AWS_INPUT_INVALID'

/** Codes of DynamoDB. */
export type StoreErrorCode =
  /** After all retries: more requests than the table accepts. Try again later. */
  | 'STORE_THROTTLED'
  /** No answer in time, an unreadable one, or a failure of DynamoDB. The write may or may not have happened. */
  | 'STORE_UNREACHABLE'
  /** DynamoDB refused for good: no such table, no permission, or an invalid request. */
  | 'STORE_REFUSED'
  /** Another release wrote the row, in a version that this one doesn't know. */
  | 'STORE_ROW_VERSION'
  /** The row lacks something that every row of its table has. */
  | 'STORE_ROW_UNREADABLE'
  /** The key is invalid, such as a user id that isn't a decimal number. */
  | 'STORE_KEY_INVALID'

/** Codes for converting events to messages and back. */
type EventErrorCode =
  /** The message isn't an event that this version can read. */
  | 'EVENT_UNREADABLE'
  /** The event is too large for a message. */
  | 'EVENT_TOO_LARGE'

/** The operation that failed. */
export interface AwsCall {
  readonly service: 'Rekognition' | 'S3' | 'SQS'
  /** AWS's name for it: `PutObject`. */
  readonly operation: string
  /** The target, without contents and credentials. */
  readonly on: string
}

/**
 * AWS couldn't be reached, refused a request, or returned invalid data; `code` says which. The error and its cause
 * contain no contents and no credentials.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: AwsErrorCode

  constructor(code: AwsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The known fields of an error of an SDK client. */
export interface Thrown {
  readonly name: string
  readonly message: string
  readonly code?: unknown
  readonly $fault?: 'client' | 'server'
  readonly $retryable?: { readonly throttling?: boolean }
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
}

/** The kinds of failures of an SDK call. */
type Failed = Exclude<ServiceErrorCode, 'AWS_INPUT_INVALID'>

const HINTS: Readonly<Record<Failed, string>> = {
  AWS_UNREACHABLE: 'It was not reached, or it failed. Try again.',
  AWS_THROTTLED: 'It has too much to do. Try again later, or ask AWS for a higher quota.',
  AWS_DENIED: 'The credentials are missing, wrong or may not do this. Look at the policy of the role.',
  AWS_MISSING: 'It is not there. Look at the name and the region.',
  AWS_ANSWER_UNREADABLE: 'The answer makes no sense. Look at what stands between this program and AWS.',
  AWS_REFUSED: 'The request was refused as it is.',
}

/**
 * Converts an error into an `AwsError` with the right code. `hints` replace the usual advice.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
export function awsError(call: AwsCall, error: unknown, hints: Partial<typeof HINTS> = {}): AwsError {
  if (error instanceof AwsError) return error
  const thrown = thrownOf(error)
  const code = codeOf(thrown)
  const { requestId } = thrown.$metadata ?? {}
  const said = `${thrown.name}${requestId === undefined ? '' : `, request ${requestId}`}`
  const message = `${call.service} ${call.operation} on ${call.on} failed (${said}). ${hints[code] ?? HINTS[code]}`
  return new AwsError(code, message, { cause: causeOf(thrown) })
}

/** Creates the error for an answer with missing or excess data. */
export function unreadable({ service, operation, on }: AwsCall, reason: string): AwsError {
  return new AwsError('AWS_ANSWER_UNREADABLE', `${service} ${operation} on ${on} was answered, but ${reason}.`)
}

/** Returns the error's name: AWS's, or JavaScript's. */
export const nameOf = (error: unknown): string => thrownOf(error).name

/** Checks the shape, because an error of another realm isn't `instanceof Error`. */
const thrownOf = (error: unknown): Thrown =>
  typeof error === 'object' && error !== null && 'name' in error && 'message' in error
    ? (error as Thrown)
    : { name: 'Error', message: 'something that is no Error was thrown' }

const THROTTLED = /Thrott|TooManyRequests|SlowDown|RequestLimitExceeded|ProvisionedThroughputExceeded|^LimitExceeded/
const DENIED =
  /AccessDenied|^Forbidden$|CredentialsProviderError|Signature|^(?:Expired|Invalid).*Token|InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClient|MissingAuthenticationToken|NotAuthorized/
const MISSING =
  /^NoSuchBucket$|^PermanentRedirect$|^AuthorizationHeaderMalformed$|QueueDoesNotExist|NonExistentQueue|^NotFoundException$/
const UNREACHABLE = /^(?:TimeoutError|AbortError)$/
const MISREAD = /^(?:Syntax|URI|Type|Range)Error$/
const WRONG_CHECKSUM = /checksum/i

function codeOf({ name, message, $retryable, $metadata }: Thrown): Failed {
  const status = $metadata?.httpStatusCode
  if (status === 429 || $retryable?.throttling || THROTTLED.test(name)) return 'AWS_THROTTLED'
  if (DENIED.test(name) || status === 401 || status === 403) return 'AWS_DENIED'
  if (MISSING.test(name)) return 'AWS_MISSING'
  if (UNREACHABLE.test(name) || (status !== undefined && status >= 500)) return 'AWS_UNREACHABLE'
  if (status !== undefined) return status >= 400 ? 'AWS_REFUSED' : 'AWS_ANSWER_UNREADABLE'
  // Without a status, there was no answer, or the SDK couldn't read it.
  return MISREAD.test(name) || WRONG_CHECKSUM.test(message) ? 'AWS_ANSWER_UNREADABLE' : 'AWS_UNREACHABLE'
}

const LONGEST = 300

/**
 * Creates a new cause. The SDK's errors contain the answer, and some contain the request with its security token. AWS's
 * messages name those after the first line, and a message about JSON quotes the answer.
 */
export function causeOf({ name, message, code }: Thrown): Error {
  const own = typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? { code } : {}
  const text = name === 'SyntaxError' ? 'the answer is not what was expected' : message.split('\n', 1)[0]
  return Object.assign(new Error(text?.slice(0, LONGEST)), { name, ...own })
}
