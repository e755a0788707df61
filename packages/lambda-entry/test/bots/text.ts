import { defineBot } from '@hexbird/core'

/** Answers words with words: nothing is stored for later, and nothing is labeled. */
export default defineBot()
  .command('roll', (ctx) => ctx.reply(`You rolled ${ctx.random(6) + 1}.`))
  .on('tweet', (ctx) => ctx.reply(`You said ${ctx.text.length} letters.`))
