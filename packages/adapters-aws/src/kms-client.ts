import { KMSClient } from '@aws-sdk/client-kms'
import { type AwsClientOptions, clientSettings } from './aws-client.js'

/** A client to be made once. 3 seconds for an attempt, three of them. */
export const kmsClient = (options: AwsClientOptions = {}): KMSClient =>
  new KMSClient(clientSettings(options, { request: 3000, attempts: 3 }))
