import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Event, Inbox } from '@hexbird/core'
import { AwsError, awsError, unreadable } from './aws-error.js'
import { EventMessageError, encodeEvent } from './sqs-message.js'

/** The queue that events are put into. */
export interface SqsInboxOptions {
  readonly client: SQSClient
  /** A standard queue: events may arrive twice and in any order, which does no harm. */
  readonly queueUrl: string
}

/** The most messages in a batch. */
const MOST_MESSAGES = 10

/**
 * The most bytes in a batch, and in a message. SQS has taken 1 MiB since August 2025, a queue from before then takes
 * 256 KiB of a message.
 */
const MOST_BYTES = 262_144

/**
 * Puts events into a queue of SQS, each a message. What SQS has taken is stored more than once; where it took only some
 * of the events, `put` throws, and those arrive.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export class SqsInbox implements Inbox {
  readonly #client: SQSClient
  readonly #queueUrl: string

  constructor({ client, queueUrl }: SqsInboxOptions) {
    this.#client = client
    this.#queueUrl = queueUrl
  }

  /** @throws AwsError, EventMessageError `EVENT_TOO_LARGE` before anything is sent */
  async put(events: readonly Event[]): Promise<void> {
    for (const batch of batchesOf(events.map(encodeEvent))) await this.#send(batch)
  }

  async #send(bodies: readonly string[]): Promise<void> {
    const call = { service: 'SQS', operation: 'SendMessageBatch', on: this.#queueUrl } as const
    const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
    const command = new SendMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries })
    const { Successful = [], Failed = [] } = await this.#client.send(command).catch((error: unknown) => {
      throw awsError(call, error)
    })
    const [first] = Failed
    if (first) throw refused(first.SenderFault === true, `${Failed.length} of ${bodies.length} (${first.Code})`)
    if (Successful.length !== bodies.length) {
      throw unreadable(call, `it tells of ${Successful.length} of ${bodies.length} messages`)
    }
  }
}

const refused = (isOurFault: boolean, what: string) =>
  isOurFault
    ? new AwsError('AWS_REFUSED', `SQS refused ${what} of the messages as they are.`)
    : new AwsError('AWS_UNREACHABLE', `SQS did not take ${what} of the messages. Put the events again.`)

/** In their order; as many together as one request holds. */
function batchesOf(bodies: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = []
  let bytes = 0
  for (const body of bodies) {
    if (body.length > MOST_BYTES) throw tooLarge(body.length)
    const last = batches.at(-1)
    if (last && last.length < MOST_MESSAGES && bytes + body.length <= MOST_BYTES) {
      last.push(body)
      bytes += body.length
    } else {
      batches.push([body])
      bytes = body.length
    }
  }
  return batches
}

const tooLarge = (bytes: number) =>
  new EventMessageError('EVENT_TOO_LARGE', `An event of ${bytes} bytes is more than a message holds, ${MOST_BYTES}.`)
