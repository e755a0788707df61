import { defineBot, photoReplies } from '@hexbird/core'
import { rules } from './rules.js'

/** Says which plants are in the photos that people show it. What is added later answers tweets without a photo first. */
export default defineBot()
  .use(photoReplies(rules))
  .command('languages', (ctx) => ctx.reply('I speak English, und Deutsch.'))
