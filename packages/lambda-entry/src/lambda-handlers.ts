import { memoize } from '@hexbird/core/util'
import type { FunctionName } from './functions.js'
import type { LoadBot } from './handlers/answering.js'
import { entry, type Run } from './handlers/entry.js'

/** A function of Lambda, whatever calls it. */
export type LambdaHandler = Run<never, unknown>

/**
 * The functions of a deployed stage, for a bot of your own: `export const { tweets, images, … } = lambdaHandlers(() =>
 * import('./bot.js'))`. The bot is loaded by the two that answer, when the first batch comes.
 */
export function lambdaHandlers(load: LoadBot): Readonly<Record<FunctionName, LambdaHandler>> {
  return {
    webhook: later(async () => (await import('./handlers/webhook.js')).handler),
    'sign-in': later(async () => (await import('./handlers/sign-in.js')).handler),
    tweets: later(async () => entry('tweets', (await import('./handlers/tweets.js')).makeTweets(load))),
    images: later(async () => entry('images', (await import('./handlers/images.js')).makeImages(load))),
    sweep: later(async () => entry('sweep', (await import('./handlers/sweep.js')).makeSweep(load))),
    admin: later(async () => entry('admin', (await import('./handlers/admin.js')).makeAdmin(load))),
  }
}

function later<Event, Result>(import_: () => Promise<Run<Event, Result>>): Run<Event, Result> {
  const loaded = memoize(import_)
  return async (event, context) => (await loaded())(event, context)
}
