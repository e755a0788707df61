import { randomBytes } from 'node:crypto'
import { tables } from '@hexbird/adapters-aws/tables'
import { TIMES } from '@hexbird/core/host'
import { type ParameterName, parameterPath } from '@hexbird/lambda-entry'
import { formatKey, newKey } from '@hexbird/secret-box'
import { startDynamo } from '@hexbird/testkit/dynamo'
import { startParameters } from '@hexbird/testkit/parameters-server'
import { startFauxqs } from 'fauxqs'

/** What a deployed stage has, on emulators in this process. */
export interface LocalStage {
  readonly bucket: string
  /** What leads the SDK there. */
  readonly aws: Readonly<Record<string, string>>
  /** What a function of the stage is told, with that. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** What the app has at X. Made up where no X is asked. */
export type Secrets = Partial<Readonly<Record<ParameterName, string>>>

const STAGE = 'local'
/** As dynalite and fauxqs call theirs. */
const ACCOUNT = '000000000000'
const REGION = 'us-east-1'

export async function startLocalStage(secrets: Secrets = {}): Promise<LocalStage> {
  const dynamo = await startDynamo()
  for (const table of Object.values(tables(STAGE))) await dynamo.create(table)
  const others = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false })
  const parameters = await startParameters(parametersOf(secrets))
  const bucket = `hexbird-${STAGE}-${ACCOUNT}-${REGION}`
  others.createBucket(bucket)
  const queueOf = (name: string): string => {
    const queueName = `${STAGE}-hexbird-${name}`
    const kept = { MessageRetentionPeriod: String(TIMES.deadLetters / 1000) }
    const dead = others.createQueue(`${queueName}-dead`, { attributes: kept })
    const attributes = {
      VisibilityTimeout: String(TIMES.visibility / 1000),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 5 }),
    }
    return others.createQueue(queueName, { attributes }).queueUrl
  }
  const url = `http://127.0.0.1:${others.port}`
  const aws = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'session-token',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ENDPOINT_URL_SQS: url,
    // Nothing sees photos there; but nothing goes to AWS itself either.
    AWS_ENDPOINT_URL_REKOGNITION: url,
  }
  Object.assign(process.env, aws)
  return {
    bucket,
    aws,
    environment: {
      ...aws,
      PATH: process.env.PATH ?? '',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(parameters.port),
      HEXBIRD_STAGE: STAGE,
      HEXBIRD_BOT_ID: '1604089349832232960',
      HEXBIRD_BOT_USERNAME: 'hexbird',
      HEXBIRD_BUCKET: bucket,
      HEXBIRD_EVENTS_QUEUE_URL: queueOf('events'),
      HEXBIRD_JOBS_QUEUE_URL: queueOf('jobs'),
      HEXBIRD_ORIGIN: 'https://bot.example',
      HEXBIRD_FOLLOW: 'link',
      HEXBIRD_MESSAGE: 'link',
      HEXBIRD_PRIVACY_POLICY_URL: 'https://bot.example/privacy',
      HEXBIRD_RETURN_TO: '',
    },
    async close() {
      await dynamo.close()
      await others.stop()
      await parameters.close()
    },
  }
}

function parametersOf(secrets: Secrets): Record<string, string> {
  const random = () => randomBytes(24).toString('base64url')
  const values: Secrets = {
    'consumer-key': random(),
    'consumer-secret': random(),
    'access-token': random(),
    'access-secret': random(),
    'bearer-token': random(),
    'secret-box-keys': formatKey(newKey('first')),
    'cookie-keys': randomBytes(32).toString('base64url'),
    ...secrets,
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [parameterPath(STAGE, name as ParameterName), value]),
  )
}
