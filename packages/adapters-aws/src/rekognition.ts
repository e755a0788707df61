export type { AwsClientOptions } from './aws-client.js'
export { AwsError, type AwsErrorCode } from './aws-error.js'
export { rekognitionClient } from './rekognition-client.js'
export { RekognitionImageLabeler, type RekognitionImageLabelerOptions } from './rekognition-image-labeler.js'
