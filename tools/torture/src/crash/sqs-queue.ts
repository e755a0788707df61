import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { waitsUntil } from '@hexbird/adapters-aws/messages'
import { SqsDelay } from '@hexbird/adapters-aws/sqs'
import type { Attempt, Handled } from '@hexbird/core/host'
import type { Queue } from '@hexbird/runner'

/** What is called with each message. */
type Handler<Item> = (item: Item, attempt: Attempt) => Promise<Handled>

/** A queue of SQS, and how its messages are read. */
export interface SqsQueueOptions<Item> {
  readonly sqs: SQSClient
  readonly queueUrl: string
  readonly decode: (body: string) => Item
  readonly now: () => number
  /** How many times faster `now` goes than the queue's own clock. */
  readonly factor: number
}

/**
 * Takes messages, as Lambda does: what is done is deleted, what has to wait is put into the queue anew, what fails comes
 * again. It does not know how many wait, nor after how many attempts the queue gives up, and ends with its process.
 */
export function sqsQueue<Item>({ sqs, queueUrl, decode, now, factor }: SqsQueueOptions<Item>): Queue<Item> {
  const delay = new SqsDelay({ client: sqs, queueUrl })
  return {
    size: 0,
    idle: async () => {},
    consume(handler) {
      void take(handler)
      return async () => {}
    },
  }

  async function take(handler: Handler<Item>): Promise<never> {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 3,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        }),
      )
      await Promise.all(Messages.map((message) => handle(message, handler).catch(() => undefined)))
    }
  }

  async function handle(message: Message, handler: Handler<Item>): Promise<void> {
    const { Attributes, Body = '', MessageAttributes = {}, ReceiptHandle } = message
    const attempt = { number: Number(Attributes?.ApproximateReceiveCount ?? 1), of: Number.POSITIVE_INFINITY }
    const messageAttributes = Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, { stringValue: StringValue }]),
    )
    const until = waitsUntil({ messageAttributes }, now()) ?? retryAt(await handler(decode(Body), attempt))
    if (until !== undefined) await delay.defer(Body, until, until - (until - now()) / factor)
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
  }
}

const retryAt = (handled: Handled) => (handled === 'done' ? undefined : handled.retryAt)
