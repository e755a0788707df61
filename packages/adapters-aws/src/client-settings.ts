import { defined } from '@hexbird/core/util'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/** Overrides for what the SDK finds in the environment. */
export interface AwsClientOptions {
  /** Default: the environment, `AWS_REGION`. */
  readonly region?: string
}

/** The time limits of one attempt, in milliseconds, and the number of attempts. */
interface Patience {
  /** The longest wait for the answer to start, and between two parts of it. */
  readonly request: number
  readonly attempts: number
}

const CONNECTION_MS = 1000

/**
 * Returns the settings that all clients share: kept-alive connections, short timeouts, and the SDK's standard retries
 * with jitter. Endpoints are those of AWS, unless `AWS_ENDPOINT_URL_<SERVICE>` is set.
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
      // Without this, the SDK only logs a request that takes too long, and keeps waiting.
      throwOnRequestTimeout: true,
      socketTimeout: request,
      httpAgent: { keepAlive: true },
      httpsAgent: { keepAlive: true },
    }),
  }
}
