/**
 * Define a bot: `defineBot()` takes the handlers, and each handler gets a `Context` with the tweet, its author
 * and `reply`. `createBot` joins a definition with your own ports; `hexbird dev`, `hexbird run` and
 * `lambdaHandlers` do that for you.
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
