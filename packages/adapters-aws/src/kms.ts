export type { AwsClientOptions } from './aws-client.js'
export { AwsError, type AwsErrorCode } from './aws-error.js'
export { kmsClient } from './kms-client.js'
export { type DataKeyOptions, dataKeyFromKms } from './kms-data-key.js'
