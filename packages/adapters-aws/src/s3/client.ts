import { S3Client } from '@aws-sdk/client-s3'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/** Creates a client; create it once. It makes up to three attempts of 8 seconds. */
export const s3Client = (options: AwsClientOptions = {}): S3Client =>
  new S3Client(clientSettings(options, { request: 8000, attempts: 3 }))
