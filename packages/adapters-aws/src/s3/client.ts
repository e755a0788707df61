import { S3Client } from '@aws-sdk/client-s3'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/** A client to be made once. 8 seconds for an attempt, three of them. */
export const s3Client = (options: AwsClientOptions = {}): S3Client =>
  new S3Client(clientSettings(options, { request: 8000, attempts: 3 }))
