import { SQSClient } from '@aws-sdk/client-sqs'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/**
 * Creates a client; create it once. It makes only two attempts of 3 seconds, because X waits for the webhook's answer.
 */
export const sqsClient = (options: AwsClientOptions = {}): SQSClient =>
  new SQSClient({
    ...clientSettings(options, { request: 3000, attempts: 2 }),
    // Otherwise the queue's URL would override AWS_ENDPOINT_URL_SQS.
    useQueueUrlAsEndpoint: false,
  })
