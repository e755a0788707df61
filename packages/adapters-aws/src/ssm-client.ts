import { SSMClient } from '@aws-sdk/client-ssm'
import { type AwsClientOptions, clientSettings } from './aws-client.js'

/** A client to be made once. 3 seconds for an attempt, three of them. */
export const ssmClient = (options: AwsClientOptions = {}): SSMClient =>
  new SSMClient(clientSettings(options, { request: 3000, attempts: 3 }))
