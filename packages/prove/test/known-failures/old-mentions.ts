import { type Definition, defineBot, fit } from '@hexbird/core'
import type { Lab } from '../../src/index.js'
import { postReply } from './post-reply.js'

interface Mentions {
  readonly data?: readonly { readonly id: string; readonly text: string }[]
}

/** grindcrank/twitter_ebooks#5: a bot that has not stored the last mention answers all that X lists when it starts. */
export function oldMentions({ fetch, x }: Lab): Definition {
  let last: string | undefined
  return defineBot().on('tweet', async (ctx) => {
    const since = last === undefined ? '' : `?since_id=${last}`
    const answer = await fetch(`https://api.x.com/2/users/${x.bot.id}/mentions${since}`)
    const { data = [] } = (await answer.json()) as Mentions
    for (const { id, text } of data.toReversed()) {
      if (last !== undefined && BigInt(id) <= BigInt(last)) continue
      last = id
      await postReply(fetch, id, fit(`You say: ${text}`))
    }
    ctx.skip('polled')
  })
}
