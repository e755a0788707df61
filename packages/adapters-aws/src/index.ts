export {
  DynamoAccountStore,
  type DynamoAccountStoreOptions,
  DynamoBudget,
  DynamoCursor,
  DynamoKillSwitch,
  DynamoOptOuts,
  DynamoReplyLedger,
  DynamoSessionStore,
  type DynamoSessionStoreOptions,
  type DynamoTableOptions,
  dynamoClient,
  type Table,
  type TableId,
  type TableKey,
  tableKeys,
  tableNames,
  tables,
} from './dynamo/index.js'
export {
  RekognitionImageLabeler,
  type RekognitionImageLabelerOptions,
  rekognitionClient,
} from './rekognition/index.js'
export {
  type AwsClientOptions,
  AwsError,
  type AwsErrorCode,
  S3BlobStore,
  type S3BlobStoreOptions,
  s3Client,
} from './s3/index.js'
export { SqsDelay, type SqsDelayOptions, SqsInbox, type SqsInboxOptions, sqsClient } from './sqs/index.js'
export {
  type DelayedMessage,
  decodeEvent,
  encodeEvent,
  waitsUntil,
} from './sqs/messages.js'
