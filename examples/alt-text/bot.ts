import { defineBot, fit } from '@hexbird/core'

/** Asked with a photo or under one, it says the alt text that the author of the photo wrote, or that there is none. */
export default defineBot()
  .use((ctx, next) => (ctx.tweet.inReplyToUserId === ctx.tweet.botId ? ctx.skip('a reply to the bot itself') : next()))
  .on('tweet:photo', ({ photos, reply }) => {
    const [first] = photos
    if (photos.length === 1)
      return reply(first?.alt ? fit(`The alt text: ${first.alt}`) : 'This photo has no alt text.')
    return reply(fit(photos.map(({ alt = 'no alt text' }, at) => `Photo ${at + 1}: ${alt}`).join('\n')))
  })
  .on('tweet:text', (ctx) => ctx.reply('There is no photo here. Mention me under one, and I will read its alt text.'))
