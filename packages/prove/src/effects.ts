import type { Effects } from './lab.js'

type Sink = (name: string, key: string) => Promise<void>

const sinks = new WeakMap<Effects, Sink>()

/**
 * Creates a recorder for side effects that must not happen twice. Pass it to the bot's stubs and to
 * `ProveOptions.effects`.
 *
 * ```ts
 * import { defineBot } from '@hexbird/core'
 * import { prove, recordEffects } from '@hexbird/prove'
 *
 * const effects = recordEffects()
 * const mail = { send: (tweetId: string) => effects.happened('mail', tweetId) }
 * const bot = defineBot().on('tweet', async (ctx) => {
 *   await mail.send(ctx.tweet.id)
 *   await ctx.reply('Your order is on its way.')
 * })
 * const { broken } = await prove(bot, { effects, quick: true })
 * console.log(broken.map(({ rule }) => rule)) // the process may crash between the mail and the reply
 * ```
 */
export function recordEffects(): Effects {
  const effects: Effects = { happened: async (name, key) => sinks.get(effects)?.(name, key) }
  return effects
}

/** Tells the sink of every effect from now on. */
export function listenTo(effects: Effects | undefined, sink: Sink): void {
  if (effects) sinks.set(effects, sink)
}
