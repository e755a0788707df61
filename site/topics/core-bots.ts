/**
 * Define a bot: create it with `defineBot()` and add handlers. Each handler gets a `Context` with the tweet, its author
 * and `reply`. `createBot` connects a definition to your own ports; `hexbird dev`, `hexbird run` and `lambdaHandlers`
 * do that for you.
 *
 * @module
 */

export type {
  Bot,
  BotErrorCode,
  BotOptions,
  BotPorts,
  Context,
  ContextPhoto,
  CooldownOptions,
  Definition,
  DefinitionOptions,
  EventOutcome,
  Filter,
  Handler,
  HandlerOutcome,
  Job,
  Log,
  Next,
  Outcome,
  PhotoContext,
  ReplyContent,
  ReplyText,
  Signal,
} from '../../packages/core/src/index.js'
export { BotError, cooldown, createBot, defineBot, job } from '../../packages/core/src/index.js'
