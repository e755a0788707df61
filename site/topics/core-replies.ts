/**
 * Write replies that X accepts. `fit` makes any text safe to post, and `contentFaults` lists what X would refuse.
 * `photoReplies` is the bot from the tutorials: it labels photos and replies according to your `ReplyRules`.
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
