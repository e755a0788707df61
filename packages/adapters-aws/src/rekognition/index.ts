export type { AwsClientOptions } from '../client-settings.js'
export { AwsError, type AwsErrorCode } from '../error.js'
export { rekognitionClient } from './client.js'
export { RekognitionImageLabeler, type RekognitionImageLabelerOptions } from './image-labeler.js'
