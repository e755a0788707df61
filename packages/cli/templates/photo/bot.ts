import { defineBot, photoReplies } from '@hexbird/core'
import { rules } from './rules.js'

/** Looks for birds in people's photos. */
export default defineBot()
  .command('help', (ctx) => ctx.reply('Mention me with a photo, or under one, and I will look for a bird.'))
  .use(photoReplies(rules))
