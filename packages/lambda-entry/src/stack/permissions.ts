import { JOBS, PHOTOS } from '@hexbird/core/adapter'
import type { BotNeeds } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { Stack, Validations } from 'aws-cdk-lib'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement, type PolicyStatementProps, type Role } from 'aws-cdk-lib/aws-iam'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Stage } from '../deployment/stages.js'
import { type FunctionName, needsWithout, type Part, parameterPath } from '../functions.js'
import { prefixesOf } from './bucket.js'
import type { Queues } from './queues.js'
import type { Tables } from './tables.js'

export interface Resources {
  readonly needs: BotNeeds
  readonly tables: Tables
  readonly queues: Queues
  /** Of a bot that has jobs. */
  readonly bucket: Bucket | undefined
}

/** What one function may do, and no more: no role has a managed policy, and nothing else is added to it. */
export function permissionsOf(
  scope: Construct,
  stage: Stage,
  name: FunctionName,
  resources: Resources & { readonly without: readonly Part[] },
): readonly PolicyStatement[] {
  const own = OWN[name](resources).filter((statement) => statement !== undefined)
  return [...readParameters(scope, stage, name, resources.without), ...own]
}

/** To its own log group. That the streams are `*` is for AWS to say: Lambda names them. */
export const writeLogs = ({ logGroupArn }: LogGroup): PolicyStatement =>
  allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn])

/** Neither action knows resources: AWS takes no other than `*`. */
export const writeTraces = (): PolicyStatement =>
  allow('Traces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'])

/** The one `*` that AWS forces on each of these: cdk-nag refuses any other. */
export function acknowledgeWildcards(
  role: Role,
  name: FunctionName,
  tracing: boolean,
  { bucket, needs }: Resources,
): void {
  const all = (action: string) => ({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: `${action} knows no resource, and nothing else is allowed on all.`,
  })
  const validations = Validations.of(role)
  if (bucket && (name === 'tweets' || name === 'images' || name === 'admin')) {
    const bucketArn = `<${Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket)}.Arn>`
    const keys = Object.values(prefixesOf(needs)).map((prefix) => ({
      id: `AwsSolutions-IAM5[Resource::${bucketArn}/${prefix}*]`,
      reason: 'The keys of objects are only known by what they begin with.',
    }))
    validations.acknowledge(...keys)
  }
  if (name === 'images' && needs.labeler) validations.acknowledge(all('rekognition:DetectLabels'))
  if (tracing) validations.acknowledge(all('X-Ray'))
}

/**
 * What each function does with the tables, the bucket and the queues: the calls that its adapters make, and those alone.
 * What the stage does not have is left out.
 */
const OWN: Readonly<Record<FunctionName, (resources: Resources) => readonly (PolicyStatement | undefined)[]>> = {
  webhook: ({ queues }) => [send('Deliver', queues.events.queue)],

  'sign-in': ({ tables }) => [
    // A session is consumed by an update that marks it, so that a second callback can be told from the first.
    table('Sessions', tables.session, ['GetItem', 'PutItem', 'UpdateItem']),
    table('Accounts', tables.twitter, ['GetItem', 'PutItem', 'DeleteItem']),
    spend(tables),
  ],

  tweets: ({ needs, tables, queues, bucket }) => [
    ...reply(tables),
    table('Wishes', tables.optOut, ['GetItem', 'UpdateItem']),
    // Somebody took the app's access back. To remove an account is not to read one.
    table('Accounts', tables.twitter, ['DeleteItem']),
    blobs('Jobs', bucket, ['s3:PutObject'], [JOBS]),
    ...(needs.photos
      ? [
          blobs('Photos', bucket, ['s3:PutObject'], [PHOTOS]),
          blobs('Ended', bucket, ['s3:DeleteObject'], [PHOTOS, JOBS]),
          // A tweet that has ended meanwhile keeps its photos while it has a job.
          blobs('Waiting', bucket, ['s3:GetObject'], [JOBS]),
          list(bucket),
        ]
      : []),
    receive(queues.events.queue),
    send('PutOff', queues.events.queue),
  ],

  images: ({ needs, tables, queues, bucket }) => [
    ...reply(tables),
    table('Wishes', tables.optOut, ['GetItem']),
    blobs('Blobs', bucket, ['s3:GetObject', 's3:DeleteObject'], Object.values(prefixesOf(needs))),
    // Labels that were paid for are kept beside their photos until the reply is out.
    needs.photos ? blobs('Labels', bucket, ['s3:PutObject'], [PHOTOS]) : undefined,
    // A job of the author's may put another in its place.
    needs.jobsInJobs ? blobs('Next', bucket, ['s3:PutObject'], [JOBS]) : undefined,
    list(bucket),
    // Rekognition knows no resource for a picture: AWS takes no other than `*`. Which pictures it sees is for S3 to allow.
    needs.labeler ? allow('DetectLabels', ['rekognition:DetectLabels'], ['*']) : undefined,
    ...(queues.jobs ? [receive(queues.jobs.queue), send('PutOff', queues.jobs.queue)] : []),
  ],

  sweep: ({ tables, queues }) => [
    table('Cursor', tables.cursor, ['GetItem', 'PutItem']),
    killSwitch(tables),
    spend(tables),
    send('Deliver', queues.events.queue),
    // Lambda sends there, in the function's name, what failed for good.
    send('Fail', queues.sweepDead),
  ],

  admin: ({ needs, tables, bucket }) => [
    table('Forget', tables.twitter, ['GetItem', 'DeleteItem']),
    // Whether a sweep would get its money is asked by reserving it.
    spend(tables),
    // What was claimed for a person and is not settled holds the text of a reply.
    table('ForgetReplies', tables.reply, ['GetItem', 'PutItem']),
    killSwitch(tables),
    table('Wishes', tables.optOut, ['GetItem', 'UpdateItem']),
    allow(
      'Purge',
      ['dynamodb:Scan', 'dynamodb:BatchWriteItem'],
      [tables.session, tables.twitter, tables.reply, tables.budget, tables.optOut].flatMap((each) =>
        each ? [each.tableArn] : [],
      ),
    ),
    blobs('Blobs', bucket, ['s3:DeleteObject'], Object.values(prefixesOf(needs))),
    list(bucket),
  ],
}

/** What `replyOnce` does. */
function reply(tables: Tables): readonly (PolicyStatement | undefined)[] {
  return [table('Ledger', tables.reply, ['GetItem', 'PutItem', 'DeleteItem']), killSwitch(tables), spend(tables)]
}

/** Whoever asks X reads whether it may, and writes down until when X is not to be asked. */
const killSwitch = (tables: Pick<Tables, 'breaker'>): PolicyStatement | undefined =>
  table('Breaker', tables.breaker, ['GetItem', 'UpdateItem'])

const spend = ({ budget }: Pick<Tables, 'budget'>): PolicyStatement | undefined =>
  table('Budget', budget, ['GetItem', 'PutItem', 'UpdateItem'])

/** Exactly its own parameters, and where the stage has a key of its own for them, that key for them alone. */
function readParameters(
  scope: Construct,
  stage: Stage,
  name: FunctionName,
  without: readonly Part[],
): readonly PolicyStatement[] {
  const paths = needsWithout(name, without).parameters.map((parameter) => parameterPath(stage.name, parameter))
  // A parameter's name begins with a slash, and its ARN has that slash once.
  const arns = paths.map((path) => Stack.of(scope).formatArn({ service: 'ssm', resource: `parameter${path}` }))
  const read = allow('Parameters', ['ssm:GetParameter'], arns)
  // The AWS managed key lets everybody in the account decrypt who may read the parameter:
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-restrict-decryption.html
  if (stage.parametersKeyArn === undefined) return [read]
  const decrypt = allow('ParametersKey', ['kms:Decrypt'], [stage.parametersKeyArn], {
    StringEquals: { 'kms:EncryptionContext:PARAMETER_ARN': arns },
  })
  return [read, decrypt]
}

const table = (sid: string, on: Table | undefined, operations: readonly string[]): PolicyStatement | undefined =>
  on &&
  allow(
    sid,
    operations.map((operation) => `dynamodb:${operation}`),
    [on.tableArn],
  )

const send = (sid: string, { queueArn }: Queue): PolicyStatement => allow(sid, ['sqs:SendMessage'], [queueArn])

/** What Lambda does with the queue in the function's name. */
const receive = ({ queueArn }: Queue): PolicyStatement =>
  allow('Receive', ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queueArn])

/** Objects whose keys begin so: an object's key is the one thing that only a `*` can say. */
const blobs = (
  sid: string,
  bucket: Bucket | undefined,
  actions: readonly string[],
  prefixes: readonly string[],
): PolicyStatement | undefined =>
  bucket &&
  allow(
    sid,
    actions,
    prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`)),
  )

/**
 * Without it S3 says of what is not there that it is forbidden. No condition on the prefix: a `GetObject` has none, and
 * would be told the same.
 */
const list = (bucket: Bucket | undefined): PolicyStatement | undefined =>
  bucket && allow('List', ['s3:ListBucket'], [bucket.bucketArn])

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: PolicyStatementProps['conditions'],
): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: [...actions],
    resources: [...resources],
    ...defined({ conditions }),
  })
}
