import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { Event } from '@hexbird/core'
import type { Inbox } from '@hexbird/core/adapter'
import { shortenEvent } from '@hexbird/core/host'
import { AwsError, awsError, unreadable } from '../error.js'
import { encodeEvent } from './messages.js'

/** The queue for the events. */
export interface SqsInboxOptions {
  readonly client: SQSClient
  /** A standard queue: events may arrive twice and in any order, which does no harm. */
  readonly queueUrl: string
  /**
   * Called for an event that is too large for a message even when shortened, or whose content SQS rejects. It won't be
   * handled; the others are. By default, `put` throws this error once the others are in the queue.
   */
  readonly setAside?: (event: Event, error: AwsError) => void
}

/** The most messages in a batch. */
const MOST_MESSAGES = 10

/**
 * The maximum bytes of a batch, and of a message. SQS has accepted 1 MiB since August 2025. Older queues accept
 * messages of up to 256 KiB.
 */
const MOST_BYTES = 262_144

/** Error codes with which SQS rejects a message for its content. Sending it again fails the same way. */
const UNACCEPTABLE: readonly (string | undefined)[] = ['InvalidMessageContents', 'InvalidParameterValue']

/** An event and its message. */
interface Outgoing {
  readonly event: Event
  readonly body: string
}

/**
 * Puts events into an SQS queue, one message each. SQS stores several copies of each message. If SQS accepts only some
 * of the events, `put` throws, but those still arrive. An event that is too large for a message is shortened.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export class SqsInbox implements Inbox {
  readonly #client: SQSClient
  readonly #queueUrl: string
  readonly #setAside: SqsInboxOptions['setAside']

  constructor({ client, queueUrl, setAside }: SqsInboxOptions) {
    this.#client = client
    this.#queueUrl = queueUrl
    this.#setAside = setAside
  }

  /** @throws AwsError `EVENT_TOO_LARGE` if an event is set aside and there is no callback for it */
  async put(events: readonly Event[]): Promise<void> {
    const outgoing = events.map(outgoingOf)
    const aside = outgoing
      .filter(({ body }) => body.length > MOST_BYTES)
      .map(({ event, body }) => ({ event, error: tooLarge(body.length) }))
    for (const batch of batchesOf(outgoing.filter(({ body }) => body.length <= MOST_BYTES))) {
      aside.push(...(await this.#send(batch)))
    }
    for (const { event, error } of aside) {
      if (!this.#setAside) throw error
      this.#setAside(event, error)
    }
  }

  /** Sends a batch. Returns the events that SQS will never accept, with the reasons. */
  async #send(batch: readonly Outgoing[]) {
    const call = { service: 'SQS', operation: 'SendMessageBatch', on: this.#queueUrl } as const
    const Entries = batch.map(({ body }, index) => ({ Id: String(index), MessageBody: body }))
    const command = new SendMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries })
    const { Successful = [], Failed = [] } = await this.#client.send(command).catch((error: unknown) => {
      throw awsError(call, error)
    })
    const isUnacceptable = ({ SenderFault, Code }: (typeof Failed)[number]) =>
      SenderFault === true && UNACCEPTABLE.includes(Code)
    const [first] = Failed.filter((failed) => !isUnacceptable(failed))
    if (first) throw refused(first.SenderFault === true, `${Failed.length} of ${batch.length} (${first.Code})`)
    if (Successful.length + Failed.length !== batch.length) {
      throw unreadable(call, `it tells of ${Successful.length + Failed.length} of ${batch.length} messages`)
    }
    return Failed.flatMap(({ Id, Code }) => {
      const { event } = batch[Number(Id)] ?? {}
      return event ? [{ event, error: refused(true, `1 of ${batch.length} (${Code})`) }] : []
    })
  }
}

/** Returns the event's message, shortened if the event is too large. */
function outgoingOf(event: Event): Outgoing {
  const whole = encodeEvent(event)
  return { event, body: whole.length <= MOST_BYTES ? whole : encodeEvent(shortenEvent(event)) }
}

const refused = (isOurFault: boolean, what: string) =>
  isOurFault
    ? new AwsError('AWS_REFUSED', `SQS refused ${what} of the messages as they are.`)
    : new AwsError('AWS_UNREACHABLE', `SQS did not take ${what} of the messages. Put the events again.`)

/** Splits the messages into batches, in order and as large as a request allows. */
function batchesOf(messages: readonly Outgoing[]): readonly (readonly Outgoing[])[] {
  const batches: Outgoing[][] = []
  let bytes = 0
  for (const message of messages) {
    const { length } = message.body
    const last = batches.at(-1)
    if (last && last.length < MOST_MESSAGES && bytes + length <= MOST_BYTES) {
      last.push(message)
      bytes += length
    } else {
      batches.push([message])
      bytes = length
    }
  }
  return batches
}

const tooLarge = (bytes: number) =>
  new AwsError('EVENT_TOO_LARGE', `An event of ${bytes} bytes is more than a message holds, ${MOST_BYTES}.`)
