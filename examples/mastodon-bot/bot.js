import { KeywordImageLabeler, memoryStores } from '@hexbird/adapters-memory'
import { defaultLimits, photoReplies } from '@hexbird/core'
import { sweep } from '@hexbird/core/host'
import { startBot as run } from '@hexbird/runner'
import { Mastodon } from './mastodon.js'
import { MastodonMedia } from './media.js'

/** @import { EventOutcome, Platform, ReplyRules } from '@hexbird/core' */

/** Mastodon charges nothing, lets anybody be answered, and takes 300 posts in 3 hours. @type {Platform} */
const mastodon = {
  asOf: '2026-11-22',
  sources: ['https://docs.joinmastodon.org/api/rate-limits/'],
  prices: { tweetRead: 0, ownedRead: 0, reply: 0, replyWithLink: 0, label: 0, follow: 0, message: 0 },
  // Good manners all the same: only who asks is answered.
  summons: { explicitMention: true, implicitMention: false, quote: false },
  postWindows: [{ name: '3-hours', limit: 300, milliseconds: 3 * 60 * 60 * 1000 }],
  photoPixels: { least: 80, most: 4096 },
}

/**
 * A whole bot in this process: it asks for mentions, and answers them. The same core as on X, and nothing of X.
 *
 * @param {{ url: string, accessToken: string, mediaOrigin: string, rules: ReplyRules, onOutcome?: (outcome: EventOutcome) => void }} options
 */
export async function startBot({ url, accessToken, mediaOrigin, rules, onOutcome }) {
  const bot = await new Mastodon({ url, accessToken }).me()
  const social = new Mastodon({ url, accessToken, botId: bot.id })
  const stores = memoryStores()
  const media = new MastodonMedia({ origin: mediaOrigin })
  const running = run(
    photoReplies(rules),
    { ...stores, social, media, labeler: new KeywordImageLabeler(stores.blobs) },
    {
      bot,
      platform: mastodon,
      async around(_, handle) {
        const outcome = await handle()
        onOutcome?.(outcome)
        return outcome
      },
    },
  )
  return {
    bot,
    /** Asks for what is new; `idle` resolves when it is answered. */
    sweep: () =>
      sweep({ ...stores, mentions: social, now: Date.now }, { bot, limits: defaultLimits, platform: mastodon }),
    idle: running.idle,
    close: running.close,
  }
}
