export type {
  Context,
  ContextPhoto,
  HandlerOutcome,
  Log,
  PhotoContext,
  ReplyContent,
  ReplyText,
  Signal,
} from './bot/context.js'
export type { CooldownOptions } from './bot/cooldown.js'
export { cooldown } from './bot/cooldown.js'
export type { Definition, DefinitionOptions, Filter, Handler, Job, Next } from './bot/definition.js'
export { defineBot, job } from './bot/definition.js'
export type { BotErrorCode } from './bot/error.js'
export { BotError } from './bot/error.js'
export type { Bot, BotOptions, BotPorts } from './create-bot.js'
export { createBot } from './create-bot.js'
export { DeliveryError } from './domain/errors.js'
export type { Event } from './domain/event.js'
export type { Label } from './domain/label.js'
export type { Mention, Photo, Tweet, TweetAuthor } from './domain/tweet.js'
export type { Limits } from './policy/charges.js'
export { defaultLimits } from './policy/charges.js'
export type { Platform } from './policy/platform.js'
export { selfServe2026 } from './policy/platform.js'
export type { BotAccount, IgnoreReason } from './policy/should-reply.js'
export type { ImageLabeler, LabelOptions, LabelResult } from './ports/image-labeler.js'
export type { ComposedReply, ComposeOptions } from './reply/compose.js'
export { composeReply } from './reply/compose.js'
export type { AllowedContent, ReplyFault, TextFault } from './reply/content.js'
export { contentFaults, fit, ReplyContentError } from './reply/content.js'
export type { ImageFault, ReplyImage } from './reply/images.js'
export type { ReplyRules, ReplyTexts } from './reply/rules.js'
export { animalRules, checkRules, RulesError } from './reply/rules.js'
export { weightedLength } from './reply/weighted-length.js'
export { fallbackLabeler } from './use-cases/fallback-labeler.js'
export type { EventOutcome, Outcome } from './use-cases/outcome.js'
export { photoReplies } from './use-cases/photo-replies.js'
export type { CrcAnswer, CrcRefused } from './webhook/crc.js'
export { crcResponse } from './webhook/crc.js'
export type { Delivery } from './webhook/decode.js'
export { decodeDelivery } from './webhook/decode.js'
export { signatureOf, verifySignature } from './webhook/signature.js'
