import { type Definition, defineBot, fit, selfServe2026 } from '@hexbird/core'

/** gkamradt/twitter-reply-bot#1: whoever replies in a thread is answered, for X puts the bot's name in front of what they say. */
export function implicitMentions(): Definition {
  const summons = { ...selfServe2026.summons, implicitMention: true }
  return defineBot({ platform: { ...selfServe2026, summons } }).on('tweet', (ctx) =>
    ctx.reply(fit(`You say: ${ctx.text}`)),
  )
}
