/**
 * Handle deliveries from X: verify webhook signatures, answer challenges, and decode events in both of X's formats into
 * tweets. You can use this without a bot.
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
