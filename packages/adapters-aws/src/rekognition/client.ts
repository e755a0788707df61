import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/** A client to be made once. 5 seconds for an attempt, three of them. */
export const rekognitionClient = (options: AwsClientOptions = {}): RekognitionClient =>
  new RekognitionClient(clientSettings(options, { request: 5000, attempts: 3 }))
