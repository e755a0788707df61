import { randomBytes } from 'node:crypto'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { tableNames, tables } from '@hexbird/adapters-aws/tables'
import { JOBS } from '@hexbird/core/adapter'
import {
  type FunctionName,
  functionsWithout,
  type ParameterName,
  type Part,
  parameterPath,
} from '@hexbird/lambda-entry'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { formatKey, newKey } from '@hexbird/secret-box'
import { startBucketEvents } from '@hexbird/testkit/bucket-events'
import { startDynamo } from '@hexbird/testkit/dynamo'
import { startGateway } from '@hexbird/testkit/gateway'
import { type LambdaHost, startLambda } from '@hexbird/testkit/lambda-host'
import { startParameters } from '@hexbird/testkit/parameters-server'
import { startRekognition } from '@hexbird/testkit/rekognition'
import { startFauxqs } from 'fauxqs'
import { type Deployed, STAGE } from './deployed.js'
import { mapQueue } from './queue-mapping.js'
import { type GateOptions, startGate } from './roles.js'

const BUCKET = 'local-hexbird-photos'
const OF_SIGN_IN: readonly string[] = ['session', 'twitter']
/** So long a queue hides what was handed out, in seconds: on AWS three minutes, and here no function takes so long. */
const VISIBILITY = 8
const MOST_RECEIVES = 3

export interface StageOptions extends Deployed {
  readonly node: string
  readonly runtime: string
  readonly preload: string
  readonly onLine: (name: FunctionName, line: string) => void
  /** Told of each request that no role allows. */
  readonly onRefused: (line: string) => void
}

/** A deployed stage on this machine: the bundles under Lambda's own runtime, AWS's protocols, an X. */
export interface Stage {
  readonly x: LocalX
  readonly origin: string
  readonly functions: Functions
  put(queue: 'events' | 'jobs', body: string): Promise<void>
  counts(): Promise<StageCounts>
  close(): Promise<void>
}

type Optional = Extract<FunctionName, 'images' | 'sign-in'>
type Functions = Readonly<Record<Exclude<FunctionName, Optional>, LambdaHost> & Partial<Record<Optional, LambdaHost>>>

interface StageCounts {
  readonly photosLeft: number
  readonly sessionRows: number
  readonly accountRows: number
  readonly deadLetters: number
}

export async function startStage(options: StageOptions): Promise<Stage> {
  const closing: (() => Promise<unknown>)[] = []
  const closed = (close: () => Promise<unknown>) => void closing.unshift(close)

  const gateway = await startGateway()
  closed(gateway.close)
  const callback = `${gateway.origin}/api/twitter-session/callback`
  const x = await startLocalX({ callbacks: [callback], rateLimits: false, keepMetadata: true })
  closed(() => x.close())

  const dynamo = await startDynamo()
  closed(dynamo.close)
  for (const [id, table] of Object.entries(tables(STAGE))) {
    if (!options.without.includes('sign-in') || !OF_SIGN_IN.includes(id)) await dynamo.create(table)
  }
  const queues = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  closed(() => queues.stop())
  queues.createBucket(BUCKET)
  const url = `http://127.0.0.1:${queues.port}`
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const sqs = new SQSClient({ region: 'us-east-1', endpoint: url, credentials, useQueueUrlAsEndpoint: false })
  closed(async () => sqs.destroy())
  const s3 = new S3Client({ region: 'us-east-1', endpoint: url, credentials, forcePathStyle: true })
  closed(async () => s3.destroy())

  const queueOf = (name: string) => {
    const dead = queues.createQueue(`${STAGE}-hexbird-${name}-dead`)
    const redrive = JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: MOST_RECEIVES })
    const attributes = { VisibilityTimeout: String(VISIBILITY), RedrivePolicy: redrive }
    const { queueUrl, queueArn } = queues.createQueue(`${STAGE}-hexbird-${name}`, { attributes })
    return { url: queueUrl, arn: queueArn, dead: dead.queueUrl }
  }
  const all = { events: queueOf('events'), jobs: queueOf('jobs') }
  const put = async (queue: keyof typeof all, body: string) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: all[queue].url, MessageBody: body }))
  }

  const bucketEvents = await startBucketEvents({ port: queues.port }, { bucket: BUCKET, prefix: JOBS }, (message) =>
    put('jobs', message),
  )
  closed(bucketEvents.close)
  const rekognition = await startRekognition({ s3Url: url })
  closed(async () => rekognition.close())
  const parameters = await startParameters(parametersOf(x, options.without))
  closed(parameters.close)

  const gate = async (service: GateOptions['service'], address: string) => {
    const { may, onRefused } = options
    const one = await startGate({ service, url: address, may, onRefused })
    closed(one.close)
    return one.url
  }
  const environment = {
    PATH: process.env.PATH ?? '',
    AWS_REGION: 'us-east-1',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'session-token',
    AWS_ENDPOINT_URL_DYNAMODB: await gate('dynamodb', dynamo.url),
    AWS_ENDPOINT_URL_S3: await gate('s3', `http://127.0.0.1:${bucketEvents.port}`),
    AWS_ENDPOINT_URL_SQS: await gate('sqs', url),
    AWS_ENDPOINT_URL_REKOGNITION: await gate('rekognition', rekognition.url),
    PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(parameters.port),
    LOCAL_X_PORT: String(x.port),
    HEXBIRD_STAGE: STAGE,
    HEXBIRD_BOT_ID: x.bot.id,
    HEXBIRD_BOT_USERNAME: x.bot.username,
    HEXBIRD_WITHOUT: options.without.join(','),
    // What a stage does without nothing may ask for.
    ...(!options.without.includes('jobs') && { HEXBIRD_BUCKET: BUCKET }),
    HEXBIRD_EVENTS_QUEUE_URL: all.events.url,
    HEXBIRD_JOBS_QUEUE_URL: all.jobs.url,
    HEXBIRD_ORIGIN: gateway.origin,
    HEXBIRD_FOLLOW: 'link',
    HEXBIRD_MESSAGE: 'link',
    HEXBIRD_PRIVACY_POLICY_URL: 'https://bot.example/privacy',
    HEXBIRD_RETURN_TO: '',
  }
  const started = await Promise.all(
    functionsWithout(options.without).map(async (name) => {
      const { node, runtime, preload, build } = options
      const onLine = (line: string) => options.onLine(name, line)
      const host = await startLambda({
        name,
        node,
        runtime,
        preload,
        taskRoot: `${build}/${name}`,
        environment: { ...environment, AWS_ACCESS_KEY_ID: name },
        onLine,
      })
      return [name, host] as const
    }),
  )
  const functions = Object.fromEntries(started) as unknown as Functions
  for (const [, host] of started) closed(host.close)

  gateway.route('/twitter/webhook/handleapi', functions.webhook.invoke)
  const pages = ['', '/callback', '/result', '/disconnect', '/sign-out'].map((path) => `/api/twitter-session${path}`)
  const signIn = functions['sign-in']
  if (signIn) for (const path of ['/sign-in', ...pages]) gateway.route(path, signIn.invoke)
  for (const [queue, host] of [
    [all.events, functions.tweets],
    [all.jobs, functions.images],
  ] as const) {
    if (!host) continue
    const mapping = mapQueue(sqs, queue, host.invoke)
    closed(mapping.close)
  }

  return {
    x,
    origin: gateway.origin,
    functions,
    put,
    async counts() {
      const objects = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))
      const dead = await Promise.all([all.events.dead, all.jobs.dead].map((queue) => lengthOf(sqs, queue)))
      return {
        photosLeft: objects.KeyCount ?? 0,
        sessionRows: signIn ? await dynamo.count(tableNames(STAGE).session) : 0,
        accountRows: signIn ? await dynamo.count(tableNames(STAGE).twitter) : 0,
        deadLetters: dead.reduce((sum, length) => sum + length, 0),
      }
    },
    async close() {
      for (const close of closing) await close()
    },
  }
}

async function lengthOf(sqs: SQSClient, queueUrl: string): Promise<number> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: queueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  })
  const { Attributes = {} } = await sqs.send(command)
  return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0)
}

function parametersOf({ credentials }: LocalX, without: readonly Part[]): Record<string, string> {
  const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = credentials
  const values = {
    'consumer-key': consumerKey,
    'consumer-secret': consumerSecret,
    'access-token': accessToken,
    'access-secret': accessSecret,
    'bearer-token': bearerToken,
    ...(!without.includes('sign-in') && {
      'secret-box-keys': formatKey(newKey('first')),
      'cookie-keys': randomBytes(32).toString('base64url'),
    }),
  }
  const paths = Object.entries(values).map(([name, value]) => [parameterPath(STAGE, name as ParameterName), value])
  return Object.fromEntries(paths)
}
