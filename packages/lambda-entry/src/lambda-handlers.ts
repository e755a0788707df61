import { memoize } from '@hexbird/core/util'
import type { FunctionName } from './functions.js'
import type { LoadBot } from './handlers/answering.js'
import type { Run } from './handlers/entry.js'

/** A function of Lambda, whatever calls it. */
export type LambdaHandler = Run<never, unknown>

/**
 * The functions of a deployed stage, for a bot of your own: `export const { tweets, images, … } = lambdaHandlers(() =>
 * import('./bot.js'))`. Each is loaded when it is first called, and the bot by those that need it. The stack does not use
 * this: it bundles each function by itself.
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
