import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { DynamoReplyLedger } from '@hexbird/adapters-aws/dynamo'
import { tableNames, tables } from '@hexbird/adapters-aws/tables'
import { JOBS, type ReplyLedger } from '@hexbird/core/adapter'
import { startBucketEvents } from '@hexbird/testkit/bucket-events'
import { startDynamo } from '@hexbird/testkit/dynamo'
import { startFauxqs } from 'fauxqs'
import { BUCKET, STAGE } from './settings.js'

/** DynamoDB, S3 and SQS over the wire; a stored job becomes a message. */
export interface Emulators {
  readonly dynamo: string
  readonly s3: string
  readonly sqs: string
  readonly queues: { readonly events: string; readonly jobs: string }
  readonly ledger: ReplyLedger
  /** How many photos and jobs are stored. */
  stored(): Promise<number>
  /** How many messages wait or are being handled, dead letters apart. */
  waiting(): Promise<number>
  /** Puts dead letters back into their queues, as an operator does; gives how many. */
  redrive(): Promise<number>
  close(): Promise<void>
}

/** How often a queue hands a message out before it is a dead letter: as on AWS. */
const MOST_RECEIVES = 5

export async function startEmulators({ visibility }: { readonly visibility: number }): Promise<Emulators> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const region = 'us-east-1'
  const dynamo = await startDynamo()
  for (const table of Object.values(tables(STAGE))) await dynamo.create(table)
  const faux = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  faux.createBucket(BUCKET)
  const url = `http://127.0.0.1:${faux.port}`
  const sqs = new SQSClient({ region, endpoint: url, credentials, useQueueUrlAsEndpoint: false })
  const s3 = new S3Client({ region, endpoint: url, credentials, forcePathStyle: true })
  const queueOf = (name: string) => {
    const dead = faux.createQueue(`${name}-dead`)
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: MOST_RECEIVES })
    const { queueUrl } = faux.createQueue(name, {
      attributes: { VisibilityTimeout: String(visibility), RedrivePolicy },
    })
    return { url: queueUrl, dead: dead.queueUrl }
  }
  const all = { events: queueOf('events'), jobs: queueOf('jobs') }
  const send = async (queueUrl: string, body: string) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }))
  }
  const bucketEvents = await startBucketEvents({ port: faux.port }, { bucket: BUCKET, prefix: JOBS }, (message) =>
    send(all.jobs.url, message),
  )

  return {
    dynamo: dynamo.url,
    s3: `http://127.0.0.1:${bucketEvents.port}`,
    sqs: url,
    queues: { events: all.events.url, jobs: all.jobs.url },
    ledger: new DynamoReplyLedger({ client: dynamo.client, table: tableNames(STAGE).reply }),
    async stored() {
      return (await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).KeyCount ?? 0
    },
    async waiting() {
      const lengths = await Promise.all(Object.values(all).map((queue) => lengthOf(queue.url)))
      return lengths.reduce((sum, length) => sum + length, 0)
    },
    async redrive() {
      let moved = 0
      for (const { url, dead } of Object.values(all)) {
        for (;;) {
          const receive = new ReceiveMessageCommand({ QueueUrl: dead, MaxNumberOfMessages: 10 })
          const { Messages = [] } = await sqs.send(receive)
          if (Messages.length === 0) break
          for (const { Body = '', ReceiptHandle } of Messages) {
            await send(url, Body)
            await sqs.send(new DeleteMessageCommand({ QueueUrl: dead, ReceiptHandle }))
            moved += 1
          }
        }
      }
      return moved
    },
    async close() {
      await bucketEvents.close()
      for (const one of [sqs, s3]) one.destroy()
      await faux.stop()
      await dynamo.close()
    },
  }

  async function lengthOf(queueUrl: string): Promise<number> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    })
    const { Attributes = {} } = await sqs.send(command)
    return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0)
  }
}
