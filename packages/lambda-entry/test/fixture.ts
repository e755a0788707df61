import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { connect } from 'node:net'
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { type TableId, tableKeys, tableNames, tables } from '@hexbird/adapters-aws/tables'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { formatKey, newKey } from '@hexbird/secret-box'
import { startDynamo } from '@hexbird/testkit/dynamo'
import { type RekognitionServer, startRekognition } from '@hexbird/testkit/rekognition'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { type FunctionName, type ParameterName, parameterPath } from '../src/functions.js'
import { readSettings, type Settings } from '../src/settings.js'

export const STAGE = 'local'
export const ORIGIN = 'https://bot.example'
const BUCKET = 'local-hexbird-photos'

/** What functions find on AWS and on X, in this process: real clients over real connections. */
export interface Fixture {
  readonly x: LocalX
  readonly emulator: FauxqsServer
  readonly rekognition: RekognitionServer
  /** What functions are told: the environment, and the parameters by their names. */
  readonly environment: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  settings<Name extends FunctionName>(name: Name): Promise<Settings<Name>>
  /** The messages of a queue, those that wait too. */
  messages(queue: 'events' | 'jobs'): readonly QueuedMessage[]
  /** The keys of what is in a table. */
  keys(table: TableId): Promise<readonly string[]>
  close(): Promise<void>
}

export interface QueuedMessage {
  readonly body: string
  /** Epoch milliseconds. */
  readonly notBefore?: number
}

/** Nothing that these names hold may be in a log, a count or an error. */
const SECRETS: readonly ParameterName[] = [
  'consumer-secret',
  'client-secret',
  'access-token',
  'access-secret',
  'bearer-token',
  'secret-box-keys',
  'cookie-keys',
]

export const secretsOf = ({ parameters }: Pick<Fixture, 'parameters'>): readonly string[] =>
  SECRETS.map((name) => parameters[name] ?? '').filter((value) => value !== '')

export async function startFixture(): Promise<Fixture> {
  const x = await startLocalX({
    callbacks: [`${ORIGIN}/api/twitter-session/callback`],
    rateLimits: false,
    keepMetadata: true,
  })
  const leadAway = leadToX(x.port)
  const emulator = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  emulator.createBucket(BUCKET)
  const queues = ['events', 'jobs'].map((name) => [name, emulator.createQueue(`local-hexbird-${name}`).queueUrl])
  const { events = '', jobs = '' } = Object.fromEntries(queues) as Record<string, string>
  const url = `http://127.0.0.1:${emulator.port}`
  const dynamo = await startTables()
  const rekognition = await startRekognition({ s3Url: url })
  const before = { ...process.env }
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_REKOGNITION: rekognition.url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ENDPOINT_URL_SQS: url,
  })
  const environment = {
    HEXBIRD_STAGE: STAGE,
    HEXBIRD_BOT_ID: x.bot.id,
    HEXBIRD_BOT_USERNAME: x.bot.username,
    HEXBIRD_BUCKET: BUCKET,
    HEXBIRD_EVENTS_QUEUE_URL: events,
    HEXBIRD_JOBS_QUEUE_URL: jobs,
    HEXBIRD_ORIGIN: ORIGIN,
    HEXBIRD_FOLLOW: 'link',
    HEXBIRD_MESSAGE: 'link',
    HEXBIRD_PRIVACY_POLICY_URL: 'https://bot.example/privacy',
    HEXBIRD_RETURN_TO: '',
  }
  const parameters = parametersOf(x)
  const paths = new Map(Object.entries(parameters).map(([name, value]) => [pathOf(name), value]))
  return {
    x,
    emulator,
    rekognition,
    environment,
    parameters,
    settings: (name) => readSettings(name, environment, async (path) => paths.get(path)),
    messages(queue) {
      const {
        ready = [],
        delayed = [],
        inflight = [],
      } = emulator.inspectQueue(`local-hexbird-${queue}`)?.messages ?? {}
      return [...ready, ...delayed, ...inflight.map(({ message }) => message)].map(({ body, messageAttributes }) => {
        const notBefore = messageAttributes?.notBefore?.StringValue
        return { body, ...(notBefore !== undefined && { notBefore: Number(notBefore) }) }
      })
    },
    keys: dynamo.keys,
    async close() {
      leadAway()
      process.env = before
      await rekognition.close()
      await dynamo.close()
      await emulator.stop()
      await x.close()
    },
  }
}

const pathOf = (name: string) => parameterPath(STAGE, name as ParameterName)

function parametersOf({ credentials }: LocalX) {
  const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = credentials
  return {
    'consumer-key': consumerKey,
    'consumer-secret': consumerSecret,
    'access-token': accessToken,
    'access-secret': accessSecret,
    'bearer-token': bearerToken,
    'secret-box-keys': formatKey(newKey('first')),
    'cookie-keys': randomBytes(32).toString('base64url'),
  }
}

/** Whoever asks X gets the local one, with the hosts, headers and signatures that X would see. Gives the way back. */
function leadToX(port: number): () => void {
  const agent = Agent.prototype as unknown as { createConnection: Connect }
  const { createConnection } = agent
  agent.createConnection = function (options, done) {
    if (!/(^|\.)(x|twitter|twimg)\.com$/.test(String(options.servername ?? options.host))) {
      return createConnection.call(this, options, done)
    }
    return connect({ host: '127.0.0.1', port }, done as () => void)
  }
  return () => {
    agent.createConnection = createConnection
  }
}

type Connect = (this: unknown, options: Readonly<Record<string, unknown>>, done: unknown) => unknown

async function startTables() {
  const { url, client, create, close } = await startDynamo()
  for (const table of Object.values(tables(STAGE))) await create(table)
  return {
    url,
    async keys(table: TableId) {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableNames(STAGE)[table] }))
      return Items.map((item) => Object.values(item[tableKeys[table].name] ?? {}).join('')).sort()
    },
    close,
  }
}
