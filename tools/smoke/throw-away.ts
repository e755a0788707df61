import { randomBytes } from 'node:crypto'
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  paginateScan,
  UpdateTimeToLiveCommand,
  type WriteRequest,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3'
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { type Table, type TableId, tables } from '@hexbird/adapters-aws/tables'
import { TIMES } from '@hexbird/core/host'
import type { Aws } from './aws.js'
import { lineOf, nameOf } from './errors.js'

/** Tables, a bucket and queues that nobody else has: named after the stage, and after a random number. */
export interface ThrowAway {
  readonly stage: string
  /** The name of the table of that kind, with whatever is in it. There is one of each. */
  table(id: TableId): Promise<string>
  /** The same without a row: whoever had it before is done with it. */
  emptyTable(id: TableId): Promise<string>
  /** The bucket, without an object. */
  emptyBucket(): Promise<string>
  /** A new queue; its URL. */
  newQueue(): Promise<string>
  /** Sets the attribute by which DynamoDB drops rows. */
  dropBy(name: string, attribute: string): Promise<void>
  /** Removes all of it, and no more is made. Gives what could not be removed, each with the command that does. */
  remove(): Promise<readonly string[]>
}

const PATIENCE = { maxWaitTime: 180, minDelay: 1, maxDelay: 3 }

export function throwAwayOf(aws: Aws, stage: string, account: string): ThrowAway {
  const name = `${stage}-smoke-${randomBytes(5).toString('hex')}`
  const bucketName = `hexbird-${name}-${account}`
  const definitions = tables(name)
  /** Every creation that was begun, by what undoes it: one whose answer is lost is undone too. */
  const begun = new Map<Undo, Promise<unknown>>()
  const made = new Map<string, Promise<void>>()
  let queues = 0
  let ending = false

  function goOn(): void {
    if (ending) throw new Error('Nothing is made any more: this is being ended.')
  }

  /** Nothing is made that was not taken down before as something to remove. */
  function make<T>(undo: Undo, create: () => Promise<T>): Promise<T> {
    goOn()
    const creation = create()
    begun.set(undo, creation)
    return creation
  }

  function once(key: string, create: () => Promise<void>): Promise<void> {
    const there = made.get(key) ?? create()
    made.set(key, there)
    return there
  }

  async function table(id: TableId): Promise<string> {
    const definition = definitions[id]
    const undo = {
      run: () => removeTable(aws.dynamo, definition.name),
      byHand: `aws dynamodb delete-table --table-name ${definition.name}`,
    }
    await once(id, () => make(undo, () => createTable(aws.dynamo, definition)))
    return definition.name
  }

  return {
    stage: name,
    table,
    async emptyTable(id) {
      goOn()
      await table(id)
      await emptyTable(aws.dynamo, definitions[id])
      return definitions[id].name
    },
    async emptyBucket() {
      goOn()
      const undo = {
        run: () => removeBucket(aws.s3, bucketName),
        byHand: `aws s3 rb --force s3://${bucketName}`,
      }
      await once('bucket', () => make(undo, () => createBucket(aws, bucketName)))
      await emptyBucket(aws.s3, bucketName)
      return bucketName
    },
    async newQueue() {
      queues += 1
      const queueName = `${name}-hexbird-events-${queues}`
      const undo = {
        run: () => removeQueue(aws.sqs, queueName),
        byHand: `aws sqs delete-queue --queue-url $(aws sqs get-queue-url --queue-name ${queueName} --output text)`,
      }
      return make(undo, () => createQueue(aws, queueName))
    },
    async dropBy(table, attribute) {
      const specification = { Enabled: true, AttributeName: attribute }
      await aws.dynamo.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: specification }))
    },
    async remove() {
      ending = true
      const left = [...begun].map(async ([undo, creation]) => {
        await creation.catch(() => undefined)
        return undo.run().then(
          () => [],
          (error: unknown) => [`${undo.byHand}   # ${lineOf(error)}`],
        )
      })
      return (await Promise.all(left)).flat()
    },
  }
}

interface Undo {
  run(): Promise<void>
  readonly byHand: string
}

/** As the stage's are, but without backups: those of a table that was removed would stay for a month. */
async function createTable(client: DynamoDBClient, { name, key }: Table): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: [{ AttributeName: key.name, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: key.name, AttributeType: key.type }],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { Enabled: true, SSEType: 'KMS' },
    }),
  )
  await waitUntilTableExists({ client, ...PATIENCE }, { TableName: name })
}

/** Without the adapters, which are what is tried. */
async function emptyTable(client: DynamoDBClient, { name, key }: Table): Promise<void> {
  const projection = { ProjectionExpression: '#key', ExpressionAttributeNames: { '#key': key.name } }
  const pages = paginateScan({ client }, { TableName: name, ConsistentRead: true, ...projection })
  for await (const { Items: rows = [] } of pages) {
    let left: WriteRequest[] = rows.map((row) => ({ DeleteRequest: { Key: row } }))
    while (left.length > 0) {
      const command = new BatchWriteItemCommand({ RequestItems: { [name]: left.slice(0, 25) } })
      const { UnprocessedItems } = await client.send(command)
      left = [...(UnprocessedItems?.[name] ?? []), ...left.slice(25)]
    }
  }
}

/** A table that is still being made or changed cannot be removed yet. */
function removeTable(client: DynamoDBClient, name: string): Promise<void> {
  return unlessGone(/^ResourceNotFoundException$/, async () => {
    await whileBusy(/^(?:ResourceInUse|LimitExceeded|Throttling)/, () =>
      client.send(new DeleteTableCommand({ TableName: name })),
    )
    await waitUntilTableNotExists({ client, ...PATIENCE }, { TableName: name })
  })
}

async function createBucket({ s3, region }: Aws, name: string): Promise<void> {
  // The first region is none that a bucket can be told to be in.
  const place = { LocationConstraint: region as BucketLocationConstraint }
  const configuration = region === 'us-east-1' ? {} : { CreateBucketConfiguration: place }
  await s3.send(new CreateBucketCommand({ Bucket: name, ...configuration }))
}

async function emptyBucket(client: S3Client, name: string): Promise<void> {
  const pages = paginateListObjectsV2({ client }, { Bucket: name, EncodingType: 'url' })
  for await (const { Contents = [], EncodingType } of pages) {
    for (const { Key = '' } of Contents) {
      const key = EncodingType === 'url' ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key
      await client.send(new DeleteObjectCommand({ Bucket: name, Key: key }))
    }
  }
}

/** What was under way when this was stopped may still store something. */
function removeBucket(client: S3Client, name: string): Promise<void> {
  return unlessGone(/^NoSuchBucket$/, () =>
    whileBusy(/^BucketNotEmpty$|^OperationAborted$|^SlowDown$/, async () => {
      await emptyBucket(client, name)
      await client.send(new DeleteBucketCommand({ Bucket: name }))
    }),
  )
}

async function createQueue({ sqs }: Aws, name: string): Promise<string> {
  const Attributes = { VisibilityTimeout: String(TIMES.visibility / 1000), SqsManagedSseEnabled: 'true' }
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }))
  if (QueueUrl === undefined) throw new Error(`SQS made ${name} and did not say where it is.`)
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html asks for a second.
  await pause(1_000)
  return QueueUrl
}

function removeQueue(client: SQSClient, name: string): Promise<void> {
  return unlessGone(/QueueDoesNotExist|NonExistentQueue/, async () => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }))
    await client.send(new DeleteQueueCommand({ QueueUrl }))
  })
}

/** Removes what may not be there. */
async function unlessGone(gone: RegExp, remove: () => Promise<void>): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (!gone.test(nameOf(error))) throw error
  }
}

/** Does it again each second while it fails in that way, for as long as there is patience. */
async function whileBusy(busy: RegExp, run: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + PATIENCE.maxWaitTime * 1000
  for (;;) {
    try {
      await run()
      return
    } catch (error) {
      if (!busy.test(nameOf(error)) || Date.now() > until) throw error
    }
    await pause(1_000)
  }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))
