import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/**
 * Creates a client. Create it once, because it keeps its connections. It makes up to three attempts of 3 seconds, which
 * end long before the calling function times out.
 */
export const dynamoClient = (options: AwsClientOptions = {}): DynamoDBClient =>
  new DynamoDBClient(clientSettings(options, { request: 3000, attempts: 3 }))
