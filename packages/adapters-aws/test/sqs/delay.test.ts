import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { type Emulator, pointAt, startEmulator } from '@hexbird/testkit/s3-sqs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SqsDelay, sqsClient } from '../../src/sqs/index.js'
import { waitsUntil } from '../../src/sqs/messages.js'

const NOW = 1_790_000_000_000

let emulator: Emulator
let client: SQSClient
beforeAll(async () => {
  emulator = await startEmulator()
  pointAt('SQS', emulator.url)
  client = sqsClient()
})
afterAll(async () => {
  client.destroy()
  await emulator.server.stop()
})

async function receive(QueueUrl: string) {
  const command = new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] })
  const [message] = (await client.send(command)).Messages ?? []
  if (!message) return undefined
  const { Body, MessageAttributes = {} } = message
  const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
    name,
    { stringValue: StringValue },
  ])
  return { body: Body, messageAttributes: Object.fromEntries(attributes) }
}

function delayed(queueUrl: string) {
  const [queue] = [queueUrl.split('/').at(-1) ?? '']
  return emulator.server.inspectQueue(queue)?.messages.delayed ?? []
}

describe('SqsDelay', () => {
  test('puts the same body into the queue again, hidden until its time', async () => {
    const queueUrl = emulator.queue()
    await new SqsDelay({ client, queueUrl }).defer('{"v":1}', NOW + 60_000, NOW)
    expect(await receive(queueUrl)).toBeUndefined()
    expect(delayed(queueUrl)).toHaveLength(1)
  })

  test('what should come at once comes at once', async () => {
    const queueUrl = emulator.queue()
    await new SqsDelay({ client, queueUrl }).defer('{"v":1}', NOW - 5, NOW)
    expect(await receive(queueUrl)).toMatchObject({ body: '{"v":1}' })
  })

  test('a wait that is longer than SQS allows is told by the message, and goes on', async () => {
    const queueUrl = emulator.queue()
    const delay = new SqsDelay({ client, queueUrl })
    const until = NOW + 3 * 3_600_000
    await delay.defer('{"v":1}', until, NOW)
    const [message] = delayed(queueUrl)
    const messageAttributes = { notBefore: { stringValue: message?.messageAttributes.notBefore?.StringValue } }
    expect(waitsUntil({ messageAttributes }, NOW + 900_000)).toBe(until)
    expect(waitsUntil({ messageAttributes }, until)).toBeUndefined()
  })

  test('a message that was never deferred waits for nothing, and neither does one with nonsense', () => {
    for (const stringValue of [undefined, '', 'soon', 'NaN', '-1', 'Infinity']) {
      expect(waitsUntil({ messageAttributes: { notBefore: { stringValue } } }, NOW)).toBeUndefined()
    }
    expect(waitsUntil({ messageAttributes: {} }, NOW)).toBeUndefined()
  })

  test('where the queue is not there it throws, so that the old message is not acknowledged', async () => {
    const delay = new SqsDelay({ client, queueUrl: emulator.queue().replace(/queue-\d+$/, 'none') })
    await expect(delay.defer('{}', NOW, NOW)).rejects.toMatchObject({ code: 'AWS_MISSING' })
  })
})
