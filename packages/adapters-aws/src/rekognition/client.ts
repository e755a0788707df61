import { RekognitionClient } from '@aws-sdk/client-rekognition'
import { type AwsClientOptions, clientSettings } from '../client-settings.js'

/** Creates a client; create it once. It makes up to three attempts of 5 seconds. */
export const rekognitionClient = (options: AwsClientOptions = {}): RekognitionClient =>
  new RekognitionClient(clientSettings(options, { request: 5000, attempts: 3 }))
