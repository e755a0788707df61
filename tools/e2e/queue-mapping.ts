import { DeleteMessageCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'

export interface Mapping {
  readonly close: () => Promise<void>
}

/**
 * What connects a queue to a function: messages are handed out in batches, those that the function does not name as
 * failed are deleted, and where it fails as a whole none is. The queue does the rest.
 */
export function mapQueue(
  client: SQSClient,
  queue: { readonly url: string; readonly arn: string },
  invoke: (event: unknown) => Promise<unknown>,
): Mapping {
  const closing = new AbortController()
  const ended = run()

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const receive = new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: 5,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      })
      const { Messages = [] } = await client
        .send(receive, { abortSignal: closing.signal })
        .catch(() => ({ Messages: [] }))
      if (Messages.length > 0) await handle(Messages)
    }
  }

  async function handle(messages: readonly Message[]): Promise<void> {
    const event = { Records: messages.map((message) => recordOf(message, queue.arn)) }
    const result = await invoke(event).then(
      (value) => value as { batchItemFailures?: { itemIdentifier: string }[] } | undefined,
      () => ({ batchItemFailures: messages.map(({ MessageId = '' }) => ({ itemIdentifier: MessageId })) }),
    )
    const failed = new Set((result?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier))
    await Promise.all(
      messages
        .filter(({ MessageId = '' }) => !failed.has(MessageId))
        .map(({ ReceiptHandle }) => client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }))),
    )
  }

  return {
    async close() {
      closing.abort()
      await ended
    },
  }
}

function recordOf(message: Message, arn: string) {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
    name,
    { dataType: DataType, stringValue: StringValue },
  ])
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'us-east-1',
  }
}
