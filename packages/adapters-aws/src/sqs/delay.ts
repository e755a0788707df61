import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { AwsCall } from '../error.js'
import { awsError } from '../error.js'
import { NOT_BEFORE } from './messages.js'

/** The queue in which to defer messages. */
export interface SqsDelayOptions {
  readonly client: SQSClient
  readonly queueUrl: string
}

/** The longest that SQS delays one message, in seconds. */
const LONGEST = 900

/**
 * Defers a message of a queue for any length of time. It sends a new message, so that waiting uses up none of the
 * message's tries. A long wait is split into several short ones.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
 */
export class SqsDelay {
  readonly #client: SQSClient
  readonly #queueUrl: string

  constructor({ client, queueUrl }: SqsDelayOptions) {
    this.#client = client
    this.#queueUrl = queueUrl
  }

  /**
   * Sends the same body again, to arrive at `until` or a little later. It is in the queue when this resolves. @throws
   * AwsError
   */
  async defer(body: string, until: number, now: number): Promise<void> {
    const seconds = Math.min(LONGEST, Math.max(0, Math.ceil((until - now) / 1000)))
    const call: AwsCall = { service: 'SQS', operation: 'SendMessage', on: this.#queueUrl }
    const command = new SendMessageCommand({
      QueueUrl: this.#queueUrl,
      MessageBody: body,
      DelaySeconds: seconds,
      MessageAttributes: { [NOT_BEFORE]: { DataType: 'Number', StringValue: String(Math.ceil(until)) } },
    })
    await this.#client.send(command).catch((error: unknown) => {
      throw awsError(call, error)
    })
  }
}
