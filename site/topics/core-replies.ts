/**
 * What a bot may say. `fit` makes any text safe to post, `contentFaults` says what X would not take, and
 * `photoReplies` is the bot of the tutorials: it has a labeler look at the photos, and says what is in them by your
 * `ReplyRules`.
 *
 * @module
 */

export type {
  AllowedContent,
  ComposedReply,
  ComposeOptions,
  ImageFault,
  ImageLabeler,
  Label,
  LabelOptions,
  LabelResult,
  ReplyFault,
  ReplyImage,
  ReplyRules,
  ReplyTexts,
  TextFault,
} from '../../packages/core/src/index.js'
export {
  animalRules,
  checkRules,
  composeReply,
  contentFaults,
  fallbackLabeler,
  fit,
  photoReplies,
  ReplyContentError,
  RulesError,
  weightedLength,
} from '../../packages/core/src/index.js'
