import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs'
import { type Table, type TableId, tables } from '@hexbird/adapters-aws/tables'
import { JOBS, PHOTOS } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import type { Aws } from './aws.js'
import { lineOf, nameOf, SmokeError } from './errors.js'
import { type Check, failed, type Outcome, PASSED, same, skipped } from './report.js'
import type { ThrowAway } from './throw-away.js'

/** Where a stage is, as one of its tables tells. */
export interface Place {
  readonly account: string
  readonly region: string
}

/** @throws SmokeError `STAGE_MISSING`, `CREDENTIALS_UNUSABLE` */
export async function placeOf(aws: Aws, stage: string): Promise<Place> {
  const { name } = tables(stage).session
  try {
    const { Table } = await aws.dynamo.send(new DescribeTableCommand({ TableName: name }))
    const [, , , region = '', account = ''] = (Table?.TableArn ?? '').split(':')
    return { region, account }
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') {
      const message = `The stage ${stage} is not in ${aws.region}: there is no table ${name}.`
      throw new SmokeError('STAGE_MISSING', `${message}\nDeploy it: npm run deploy -- --stage ${stage}`)
    }
    const hint = 'Is somebody signed in (aws sso login, AWS_PROFILE), and for the right account and region?'
    throw new SmokeError('CREDENTIALS_UNUSABLE', `DynamoDB was asked for ${name}: ${lineOf(error)}\n${hint}`)
  }
}

/** Compares what is deployed with what the sources say. Nothing is written but to what is thrown away. */
export function definitionChecks(aws: Aws, throwAway: ThrowAway, stage: string, place: Place): readonly Check[] {
  const bucket = `hexbird-${stage}-${place.account}-${place.region}`
  return [
    ...(Object.keys(tables(stage)) as TableId[]).flatMap((id) => tableChecks(aws, throwAway, id, tables(stage)[id])),
    ...bucketChecks(aws, bucket),
    ...['events', 'jobs'].flatMap((name) => queueChecks(aws, `${stage}-hexbird-${name}`)),
  ]
}

function tableChecks(aws: Aws, throwAway: ThrowAway, id: TableId, { name, key, ttl }: Table): readonly Check[] {
  const client = aws.dynamo
  const describe = async (TableName: string) => (await client.send(new DescribeTableCommand({ TableName }))).Table
  const encryption = async (table: string) => {
    const { Status = 'not told of', SSEType = '' } = (await describe(table))?.SSEDescription ?? {}
    return `${Status} ${SSEType}`.trim()
  }
  return [
    {
      on: name,
      name: `its only key is ${key.name}, and it is paid by request`,
      async run() {
        const { KeySchema, AttributeDefinitions, BillingModeSummary, GlobalSecondaryIndexes } =
          (await describe(name)) ?? {}
        return same(
          { KeySchema, AttributeDefinitions, paid: BillingModeSummary?.BillingMode, GlobalSecondaryIndexes },
          {
            KeySchema: [{ AttributeName: key.name, KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: key.name, AttributeType: key.type }],
            paid: 'PAY_PER_REQUEST',
          },
        )
      },
    },
    {
      on: name,
      name: ttl === undefined ? 'its rows stay' : `its rows are dropped by ${ttl}`,
      async run() {
        const { TimeToLiveDescription: found } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }))
        const outcome = same(
          { on: /^ENABL/.test(found?.TimeToLiveStatus ?? ''), by: found?.AttributeName },
          { on: ttl !== undefined, by: ttl },
        )
        if (ttl === undefined) return outcome
        // That the table to throw away takes it too says whether this DynamoDB can do so at all.
        return unlessUnknown(aws, 'UpdateTimeToLive', async () => {
          await throwAway.dropBy(await throwAway.table(id), ttl)
          return outcome
        })
      },
    },
    {
      on: name,
      name: 'it is encrypted with the key that AWS manages for the account',
      async run() {
        const expected = 'ENABLED KMS'
        const found = await encryption(name)
        if (found === expected) return PASSED
        const asked = aws.isEmulated('DYNAMODB') ? await encryption(await throwAway.table(id)) : expected
        return asked === expected
          ? same(found, expected)
          : skipped(`a new table was to be encrypted, and this DynamoDB says of it: ${asked}`)
      },
    },
    {
      on: name,
      name: 'it can be recovered to a point in time',
      run: () =>
        unlessUnknown(aws, 'DescribeContinuousBackups', async () => {
          const { ContinuousBackupsDescription: found } = await client.send(
            new DescribeContinuousBackupsCommand({ TableName: name }),
          )
          return same(found?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus, 'ENABLED')
        }),
    },
  ]
}

/** Skipped where DynamoDB is an emulator's and does not know the operation. */
async function unlessUnknown(aws: Aws, operation: string, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run()
  } catch (error) {
    if (!aws.isEmulated('DYNAMODB') || nameOf(error) !== 'UnknownOperationException') throw error
    return skipped(`this DynamoDB does not know ${operation} (UnknownOperationException)`)
  }
}

const DAY = 24 * 60 * 60 * 1000

function bucketChecks({ s3, isEmulated }: Aws, bucket: string): readonly Check[] {
  /** S3 itself answers with the setting, or with an error that says there is none; never with an empty answer. */
  const settings = (found: unknown, operation: string, compare: () => Outcome): Outcome =>
    found === undefined && isEmulated('S3') ? skipped(`this S3 answers ${operation} with nothing`) : compare()
  return [
    {
      on: bucket,
      name: 'it is encrypted',
      async run() {
        const answer = await s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }))
        const rules = answer.ServerSideEncryptionConfiguration?.Rules
        const algorithm = rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? 'none'
        return settings(rules, 'GetBucketEncryption', () =>
          /^(AES256|aws:kms)/.test(algorithm) ? PASSED : failed(`with ${algorithm}`),
        )
      },
    },
    {
      on: bucket,
      name: 'nothing in it can be made public',
      async run() {
        const { PublicAccessBlockConfiguration: found } = await s3.send(
          new GetPublicAccessBlockCommand({ Bucket: bucket }),
        )
        const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } = found ?? {}
        return settings(BlockPublicAcls, 'GetPublicAccessBlock', () =>
          same([BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets], [true, true, true, true]),
        )
      },
    },
    {
      on: bucket,
      name: 'photos and jobs that nothing removed expire',
      async run() {
        const { Rules: rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }))
        const daysOf = (prefix: string) =>
          rules?.find(({ Status, Filter }) => Status === 'Enabled' && Filter?.Prefix === prefix)?.Expiration?.Days
        // S3 counts from the next midnight on.
        const days = TIMES.photoLifetime / DAY - 1
        return settings(rules, 'GetBucketLifecycleConfiguration', () => same([PHOTOS, JOBS].map(daysOf), [days, days]))
      },
    },
  ]
}

function queueChecks({ sqs, isEmulated }: Aws, queue: string): readonly Check[] {
  const attributesOf = async (QueueName: string) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }))
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
    return Attributes ?? {}
  }
  const dead = `${queue}-dead`
  return [
    {
      on: queue,
      name: 'it hides a message for as long as it may be worked on, and gives it up to its dead letters',
      async run() {
        const { VisibilityTimeout, RedrivePolicy = '{}' } = await attributesOf(queue)
        const { deadLetterTargetArn = '' } = JSON.parse(RedrivePolicy) as { readonly deadLetterTargetArn?: string }
        const found = { hides: Number(VisibilityTimeout), dead: deadLetterTargetArn.split(':').at(-1) }
        return same(found, { hides: TIMES.visibility / 1000, dead })
      },
    },
    {
      on: queue,
      name: 'its dead letters are kept long enough',
      async run() {
        const { MessageRetentionPeriod } = await attributesOf(dead)
        return same(Number(MessageRetentionPeriod), TIMES.deadLetters / 1000)
      },
    },
    {
      on: queue,
      name: 'it and its dead letters are encrypted',
      async run() {
        const both = await Promise.all([queue, dead].map(attributesOf))
        const encrypted = both.map(({ SqsManagedSseEnabled, KmsMasterKeyId }) => KmsMasterKeyId ?? SqsManagedSseEnabled)
        if (encrypted.includes(undefined) && isEmulated('SQS')) return skipped('this SQS does not tell of encryption')
        return encrypted.every((by) => by !== undefined && by !== 'false')
          ? PASSED
          : failed(`by ${encrypted.join(', ')}`)
      },
    },
  ]
}
