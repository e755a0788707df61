import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { dynamoClient } from '@hexbird/adapters-aws/dynamo'
import { rekognitionClient } from '@hexbird/adapters-aws/rekognition'
import { s3Client } from '@hexbird/adapters-aws/s3'
import { sqsClient } from '@hexbird/adapters-aws/sqs'
import { lineOf, SmokeError } from './errors.js'

/** The clients that the functions have, with the credentials of whoever runs this. */
export interface Aws {
  readonly dynamo: DynamoDBClient
  readonly s3: S3Client
  readonly sqs: SQSClient
  readonly rekognition: ReturnType<typeof rekognitionClient>
  readonly region: string
  /** Whether a service is not AWS's own: only then may something be missing without being a failure. */
  readonly isEmulated: (service: 'DYNAMODB' | 'S3' | 'SQS' | 'REKOGNITION') => boolean
  close(): void
}

/** @throws SmokeError `CREDENTIALS_UNUSABLE` */
export async function connect(environment: Readonly<Record<string, string | undefined>>): Promise<Aws> {
  const [dynamo, s3, sqs, rekognition] = [dynamoClient(), s3Client(), sqsClient(), rekognitionClient()]
  const region = await dynamo.config.region().catch((error: unknown) => {
    throw unusable('No region is set: AWS_REGION=eu-central-1, for example, or `aws configure`.', error)
  })
  await dynamo.config.credentials().catch((error: unknown) => {
    throw unusable(
      'There are no credentials of AWS: sign in (aws sso login), and say which profile (AWS_PROFILE).',
      error,
    )
  })
  return {
    dynamo,
    s3,
    sqs,
    rekognition,
    region,
    isEmulated: (service) => (environment[`AWS_ENDPOINT_URL_${service}`] ?? environment.AWS_ENDPOINT_URL) !== undefined,
    close() {
      for (const client of [dynamo, s3, sqs, rekognition]) client.destroy()
    },
  }
}

const unusable = (message: string, error: unknown) =>
  new SmokeError('CREDENTIALS_UNUSABLE', `${message}\n(${lineOf(error)})`)
