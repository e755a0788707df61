export type { AwsClientOptions } from './aws-client.js'
export { AwsError, type AwsErrorCode } from './aws-error.js'
export { S3BlobStore, type S3BlobStoreOptions } from './s3-blob-store.js'
export { s3Client } from './s3-client.js'
