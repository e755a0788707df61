import { type Definition, defineBot } from '@hexbird/core'
import type { Lab } from '../../src/index.js'
import { postReply } from './post-reply.js'

const CREATED = 201

/** nminaya/grammar-nazi-bot#231: everybody gets the same words, posted again and again if X refuses them as a duplicate. */
export function sameWords({ fetch }: Lab): Definition {
  return defineBot().on('tweet', async (ctx) => {
    for (let tries = 0; tries < 5; tries++) {
      if ((await postReply(fetch, ctx.tweet.id, 'A comma may be missing here.')) === CREATED) break
    }
    ctx.skip('corrected')
  })
}
