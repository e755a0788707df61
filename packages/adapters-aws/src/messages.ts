export { decodeEvent, EventMessageError, type EventMessageErrorCode, encodeEvent } from './sqs-message.js'
export { type DelayedMessage, waitsUntil } from './sqs-not-before.js'
