import { type Definition, defineBot, fit } from '@hexbird/core'
import type { Lab } from '../../src/index.js'
import { postReply } from './post-reply.js'

/** elizaOS/eliza#2161: what has been answered is known in memory alone, and a restart answers it again. */
export function restartRepliesTwice({ fetch }: Lab): Definition {
  const answered = new Set<string>()
  return defineBot().on('tweet', async (ctx) => {
    if (answered.has(ctx.tweet.firstId)) return ctx.skip('answered before')
    answered.add(ctx.tweet.firstId)
    await postReply(fetch, ctx.tweet.id, fit(`You say: ${ctx.text}`))
    ctx.skip('answered now')
  })
}
