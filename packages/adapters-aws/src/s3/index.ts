export type { AwsClientOptions } from '../client-settings.js'
export { AwsError, type AwsErrorCode } from '../error.js'
export { S3BlobStore, type S3BlobStoreOptions } from './blob-store.js'
export { s3Client } from './client.js'
