import { defineBot } from '@hexbird/core'

/** Says a few words, and soon the same ones again. */
export const bot = defineBot()
  .command('roll', (ctx) => ctx.reply(`You rolled ${ctx.random(6) + 1}.`))
  .on('tweet:text', (ctx) => ctx.reply('Say roll, and I roll a die for you.'))
