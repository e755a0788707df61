/**
 * Photos by their first bytes, links and alt texts as X counts them, posts as X answers them, and the parts of a
 * `Platform`.
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
