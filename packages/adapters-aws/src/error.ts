/** What went wrong between this program and AWS. */
export type AwsErrorCode = ServiceErrorCode | StoreErrorCode | EventErrorCode

/** Of S3, SQS and Rekognition. */
type ServiceErrorCode =
  /** No answer in time, a cut one, or a 5xx, after the retries of the client. Try again. */
  | 'AWS_UNREACHABLE'
  /** Too many requests, after the retries of the client. Try again later. */
  | 'AWS_THROTTLED'
  /** No credentials, wrong ones, or ones that may not do this. */
  | 'AWS_DENIED'
  /** The bucket or queue that is named is not there. */
  | 'AWS_MISSING'
  /** AWS answered, and not what its description promises. */
  | 'AWS_ANSWER_UNREADABLE'
  /** AWS refuses the request as it is; the same request will be refused again. */
  | 'AWS_REFUSED'
  /** What was asked of the adapter makes no sense; AWS was not asked. */
  | 'AWS_INPUT_INVALID'

/** Of a table of DynamoDB. */
export type StoreErrorCode =
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

/** Of an event and a message that cannot be made of each other. */
type EventErrorCode =
  /** What is in the queue is no event that this version can read. */
  | 'EVENT_UNREADABLE'
  /** One event alone is more than a message can hold. */
  | 'EVENT_TOO_LARGE'

/** What was being done when it went wrong. */
export interface AwsCall {
  readonly service: 'Rekognition' | 'S3' | 'SQS'
  /** As AWS names it: `PutObject`. */
  readonly operation: string
  /** On what: no contents and no credentials. */
  readonly on: string
}

/**
 * AWS could not be asked, said no, or holds what makes no sense; `code` says which. Holds no contents and no credentials, and
 * neither does its cause.
 */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  readonly code: AwsErrorCode

  constructor(code: AwsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What a client of the SDK threw, as far as it tells. */
export interface Thrown {
  readonly name: string
  readonly message: string
  readonly code?: unknown
  readonly $fault?: 'client' | 'server'
  readonly $retryable?: { readonly throttling?: boolean }
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
}

/** What a call of the SDK can come to. */
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
 * What was thrown, as an `AwsError` of the right code. `hints` say what to do instead of the usual words.
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

/** An answer that came, and lacks something or has too much of it. */
export function unreadable({ service, operation, on }: AwsCall, reason: string): AwsError {
  return new AwsError('AWS_ANSWER_UNREADABLE', `${service} ${operation} on ${on} was answered, but ${reason}.`)
}

/** What the SDK calls what was thrown: AWS's name of an error, or that of JavaScript. */
export const nameOf = (error: unknown): string => thrownOf(error).name

/** By its shape: an error of another realm is no `instanceof Error`. */
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
  // Without a status there was no answer, or it was read and is wrong.
  return MISREAD.test(name) || WRONG_CHECKSUM.test(message) ? 'AWS_ANSWER_UNREADABLE' : 'AWS_UNREACHABLE'
}

const LONGEST = 300

/**
 * A cause of its own: the SDK's errors carry the answer, and some the request with its security token. AWS's messages
 * name those after the first line, and a message about JSON quotes the answer.
 */
export function causeOf({ name, message, code }: Thrown): Error {
  const own = typeof code === 'string' && /^E[A-Z_]+$/.test(code) ? { code } : {}
  const text = name === 'SyntaxError' ? 'the answer is not what was expected' : message.split('\n', 1)[0]
  return Object.assign(new Error(text?.slice(0, LONGEST)), { name, ...own })
}
