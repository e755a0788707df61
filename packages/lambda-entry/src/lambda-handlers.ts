import { memoize } from '@hexbird/core/util'
import type { FunctionName } from './functions.js'
import type { LoadBot } from './handlers/answering.js'
import type { Run } from './handlers/entry.js'

/** A Lambda function, whatever invokes it. */
export type LambdaHandler = Run<never, unknown>

/**
 * The Lambda functions of a stage for your own bot: `export const { tweets, images, … } = lambdaHandlers(() =>
 * import('./bot.js'))`. Each function loads its code when first called, and loads the bot only if it needs it. The stack
 * does not use this: it bundles each function separately.
 */
export function lambdaHandlers(load: LoadBot): Readonly<Record<FunctionName, LambdaHandler>> {
  return {
    webhook: later(async () => (await import('./handlers/webhook.js')).handlerOf()),
    'sign-in': later(async () => (await import('./handlers/sign-in.js')).handlerOf()),
    tweets: later(async () => (await import('./handlers/tweets.js')).handlerOf(load)),
    images: later(async () => (await import('./handlers/images.js')).handlerOf(load)),
    sweep: later(async () => (await import('./handlers/sweep.js')).handlerOf(load)),
    admin: later(async () => (await import('./handlers/admin.js')).handlerOf(load)),
  }
}

function later<Event, Result>(import_: () => Promise<Run<Event, Result>>): Run<Event, Result> {
  const loaded = memoize(import_)
  return async (event, context) => (await loaded())(event, context)
}
