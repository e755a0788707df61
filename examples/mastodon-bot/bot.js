import { randomUUID } from 'node:crypto'
import {
  KeywordImageLabeler,
  MemoryBlobStore,
  MemoryBudget,
  MemoryCursor,
  MemoryInbox,
  MemoryKillSwitch,
  MemoryOptOuts,
  MemoryQueue,
  MemoryReplyLedger,
} from '@hexbird/adapters-memory'
import { createBot, defaultLimits, JOBS, sweep } from '@hexbird/core'
import { Mastodon } from './mastodon.js'
import { MastodonMedia } from './media.js'

/** @import { Event, Deferred, Outcome, Platform, ReplyRules } from '@hexbird/core' */

/** Mastodon charges nothing, lets anybody be answered, and takes 300 posts in 3 hours. @type {Platform} */
const mastodon = {
  asOf: '2026-11-22',
  sources: ['https://docs.joinmastodon.org/api/rate-limits/'],
  prices: { tweetRead: 0, ownedRead: 0, reply: 0, label: 0, follow: 0, message: 0 },
  // Good manners all the same: only who asks is answered.
  summons: { explicitMention: true, implicitMention: false, quote: false },
  postWindows: [{ name: '3-hours', limit: 300, milliseconds: 3 * 60 * 60 * 1000 }],
  photoPixels: { least: 80, most: 4096 },
}

/**
 * A whole bot in this process: it asks for mentions, and answers them. The same core as on X, and nothing of X.
 *
 * @param {{ url: string, accessToken: string, mediaOrigin: string, rules: ReplyRules, onOutcome?: (outcome: Outcome) => void }} options
 */
export async function startBot({ url, accessToken, mediaOrigin, rules, onOutcome }) {
  const bot = await new Mastodon({ url, accessToken }).me()
  const social = new Mastodon({ url, accessToken, botId: bot.id })
  /** @type {MemoryQueue<Event>} */
  const events = new MemoryQueue()
  /** @type {MemoryQueue<string>} */
  const jobs = new MemoryQueue()
  const blobs = new MemoryBlobStore({ onStored: (key) => void (key.startsWith(JOBS) && jobs.put([key])) })
  const ports = {
    social,
    mentions: social,
    media: new MastodonMedia({ origin: mediaOrigin }),
    blobs,
    labeler: new KeywordImageLabeler(blobs),
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    killSwitch: new MemoryKillSwitch(),
    optOuts: new MemoryOptOuts(),
    cursor: new MemoryCursor(),
    inbox: new MemoryInbox(events),
    now: Date.now,
    newId: randomUUID,
  }
  const { handleEvent, replyWithLabels } = createBot(ports, { bot, rules, platform: mastodon })
  const stops = [
    events.consume(async (event) => told(await handleEvent(event))),
    jobs.consume(async (key) => told(await replyWithLabels(key))),
  ]

  return {
    bot,
    /** Asks for what is new; `idle` resolves when it is answered. */
    sweep: () => sweep(ports, { bot, limits: defaultLimits, platform: mastodon }),
    async idle() {
      await events.idle()
      await jobs.idle()
    },
    async close() {
      await Promise.all(stops.map((stop) => stop()))
    },
  }

  /** @param {Awaited<ReturnType<typeof handleEvent>>} outcome */
  function told(outcome) {
    if (outcome.kind !== 'passed-over' && outcome.kind !== 'opted-out' && outcome.kind !== 'revoked')
      onOutcome?.(outcome)
    return outcome.kind === 'deferred' ? { retryAt: outcome.until } : 'done'
  }
}
