export {
  DynamoAccountStore,
  type DynamoAccountStoreOptions,
  DynamoBreaker,
  DynamoBudget,
  DynamoCursor,
  DynamoError,
  type DynamoErrorCode,
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
} from './dynamo.js'
export {
  type DelayedMessage,
  decodeEvent,
  EventMessageError,
  type EventMessageErrorCode,
  encodeEvent,
  waitsUntil,
} from './messages.js'
export {
  RekognitionImageLabeler,
  type RekognitionImageLabelerOptions,
  rekognitionClient,
} from './rekognition.js'
export {
  type AwsClientOptions,
  AwsError,
  type AwsErrorCode,
  S3BlobStore,
  type S3BlobStoreOptions,
  s3Client,
} from './s3.js'
export { SqsDelay, type SqsDelayOptions, SqsInbox, type SqsInboxOptions, sqsClient } from './sqs.js'
