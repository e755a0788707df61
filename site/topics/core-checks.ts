/**
 * Helpers for adapters: detect a photo's type and size from its first bytes, find URLs and check alt texts as X does,
 * and decode X's posts into tweets. This page also has the types of a `Platform`'s parts.
 *
 * @module
 */

export type {
  DecodedPost,
  ImageType,
  PhotoSize,
  PhotoType,
  PixelRange,
  PostInput,
  PostWindow,
  Prices,
  Summons,
  TextSpan,
} from '../../packages/core/src/adapter/index.js'
export { altTextFault, decodePost, findUrls, photoSize, photoType } from '../../packages/core/src/adapter/index.js'
