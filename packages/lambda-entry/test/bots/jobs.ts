import { defineBot, job } from '@hexbird/core'

const answer = job<string>('answer', (ctx, words) => ctx.reply(words))

/** Answers later, and has nothing to do with photos. */
export default defineBot()
  .job(answer)
  .on('tweet', (ctx) => ctx.defer(answer, `You said ${ctx.text.length} letters.`))
