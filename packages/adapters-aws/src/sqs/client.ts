import { SQSClient } from '@aws-sdk/client-sqs'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/** A client to be made once. 3 seconds for an attempt, two of them: X waits for the webhook's answer. */
export const sqsClient = (options: AwsClientOptions = {}): SQSClient =>
  new SQSClient({
    ...clientSettings(options, { request: 3000, attempts: 2 }),
    // Otherwise the queue's URL would overrule AWS_ENDPOINT_URL_SQS.
    useQueueUrlAsEndpoint: false,
  })
