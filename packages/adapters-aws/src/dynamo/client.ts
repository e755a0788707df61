import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/**
 * A client to be made once: its connections are kept. 3 seconds for an attempt, three of them: together they end long
 * before the function that waits for them does.
 */
export const dynamoClient = (options: AwsClientOptions = {}): DynamoDBClient =>
  new DynamoDBClient(clientSettings(options, { request: 3000, attempts: 3 }))
