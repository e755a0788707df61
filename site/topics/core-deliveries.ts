/**
 * What X sends: signatures and challenges of the webhook, events in both of X's formats, and the tweet that comes
 * out of them. Usable without a bot.
 *
 * @module
 */

export type {
  CrcAnswer,
  CrcRefused,
  Delivery,
  Event,
  Mention,
  Photo,
  Tweet,
  TweetAuthor,
} from '../../packages/core/src/index.js'
export {
  crcResponse,
  DeliveryError,
  decodeDelivery,
  signatureOf,
  verifySignature,
} from '../../packages/core/src/index.js'
