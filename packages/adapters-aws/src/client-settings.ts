import { defined } from '@hexbird/core/util'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Where a client's requests go, other than what the SDK finds in the environment. */
export interface AwsClientOptions {
  /** Default: the environment, `AWS_REGION`. */
  readonly region?: string
}

/** How long one attempt may take, in milliseconds, and how often it is made. */
interface Patience {
  /** Until the answer begins; and then between any two parts of it. */
  readonly request: number
  readonly attempts: number
}

const CONNECTION_MS = 1000

/**
 * What all clients have in common: connections that are kept and given up soon, and the SDK's standard retries, with
 * jitter, of what is worth another try. Endpoints are those of AWS, or what `AWS_ENDPOINT_URL_<SERVICE>` says.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function clientSettings({ region }: AwsClientOptions, { request, attempts }: Patience) {
  return {
    ...defined({ region }),
    maxAttempts: attempts,
    retryMode: 'standard',
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_MS,
      requestTimeout: request,
      // Without this a request that takes too long is a line in the log, and is waited for.
      throwOnRequestTimeout: true,
      socketTimeout: request,
      httpAgent: { keepAlive: true },
      httpsAgent: { keepAlive: true },
    }),
  }
}
