import { type Definition, defineBot, fit } from '@hexbird/core'

const TEN_MINUTES = 10 * 60 * 1000

/** vercel/chat#666: a message is marked as seen before it is handled, and for ten minutes whatever looks like it is dropped. */
export function coarseDedupe(): Definition {
  const seenAt = new Map<string, number>()
  return defineBot()
    .use(async (ctx, next) => {
      const last = seenAt.get(ctx.author.id)
      if (last !== undefined && ctx.now() - last < TEN_MINUTES) return
      seenAt.set(ctx.author.id, ctx.now())
      await next()
    })
    .on('tweet', (ctx) => ctx.reply(fit(`You say: ${ctx.text}`)))
}
