import { defineBot } from '@hexbird/core'

/** Answers words with words. */
export default defineBot().on('tweet', (ctx) => ctx.reply(`You said ${ctx.text.length} letters.`))
