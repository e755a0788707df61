import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import {
  MemoryBlobStore,
  MemoryBudget,
  MemoryKillSwitch,
  MemoryMediaFetcher,
  MemoryOptOuts,
  MemoryReplyLedger,
} from '@hexbird/adapters-memory'
import { checkRules, createBot, decodeDelivery, photoReplies } from '@hexbird/core'
import { timeOfId } from '@hexbird/core/adapter'
import { accountActivityDelivery, tweetSpecArbitrary, xActivityDelivery } from '@hexbird/core/testing'
import fc from 'fast-check'

/** @import { TweetSpec } from '@hexbird/core/testing' */

const rules = checkRules(JSON.parse(await readFile(new URL('../rules.json', import.meta.url), 'utf8')))
const bot = { id: '900', username: 'dogbot' }

/**
 * The bot with everything in memory, and what it posted. The stub of X knows the one tweet.
 *
 * @param {TweetSpec} spec
 */
function fixture(spec) {
  /** @type {{ to: string, text: string }[]} */
  const posted = []
  let ids = 0
  const [event] = decodeDelivery(accountActivityDelivery(spec)).events
  const ports = {
    /** @type {import('@hexbird/core/adapter').SocialClient} */
    social: {
      me: async () => bot,
      reply: async (to, text) => ({ kind: 'posted', id: String(posted.push({ to, text })) }),
      uploadImage: async () => ({ kind: 'deferred', reason: 'unreachable', detail: 'this X takes no images' }),
      tweet: async (id) =>
        event?.kind === 'tweet' && event.tweet.id === id
          ? { kind: 'found', tweet: { ...event.tweet, media: event.tweet.photos.length > 0 ? 'present' : 'absent' } }
          : { kind: 'gone', detail: 'no such tweet' },
      findOwnReply: async () => ({ kind: 'absent' }),
    },
    media: new MemoryMediaFetcher(new Map()),
    blobs: new MemoryBlobStore(),
    labeler: { label: async () => ({ kind: /** @type {const} */ ('labels'), labels: [] }) },
    ledger: new MemoryReplyLedger(),
    budget: new MemoryBudget(),
    killSwitch: new MemoryKillSwitch(),
    optOuts: new MemoryOptOuts(),
    now: () => (timeOfId(spec.id) ?? 0) + 1000,
    newId: () => String(++ids),
  }
  return { posted, ...createBot(photoReplies(rules), ports, { bot }) }
}

/** Two or more deliveries of one tweet, in whichever dialect. */
const deliveries = fc.array(fc.constantFrom(accountActivityDelivery, xActivityDelivery), { minLength: 2, maxLength: 5 })

test('however often and in whichever dialect a tweet is delivered, there is at most one reply, to that tweet', () =>
  fc.assert(
    fc.asyncProperty(tweetSpecArbitrary({ bot }), deliveries, async (spec, dialects) => {
      const { posted, handleEvent, runJob } = fixture(spec)
      for (const delivery of dialects) {
        for (const event of decodeDelivery(delivery(spec)).events) {
          const outcome = await handleEvent(event)
          if (outcome.kind === 'job-stored') await runJob(outcome.jobKey)
        }
      }
      assert.ok(posted.length <= 1, JSON.stringify(posted))
      for (const { to } of posted) assert.equal(to, spec.id)
    }),
  ))

test('who neither mentions nor quotes the bot is never answered', () =>
  fc.assert(
    fc.asyncProperty(tweetSpecArbitrary({ bot, mentionsBot: false }), async (spec) => {
      fc.pre(spec.quoted?.author.id !== bot.id)
      const { posted, handleEvent } = fixture(spec)
      for (const event of decodeDelivery(accountActivityDelivery(spec)).events) await handleEvent(event)
      assert.deepEqual(posted, [])
    }),
  ))

test('who says stop is never answered again', async () => {
  const author = { id: '42', username: 'ada' }
  await fc.assert(
    fc.asyncProperty(tweetSpecArbitrary({ bot, author, mentionsBot: true }), async (spec) => {
      const { posted, handleEvent } = fixture(spec)
      await handleEvent({ kind: 'message', id: '1', botId: bot.id, senderId: author.id, text: 'Stop!' })
      for (const event of decodeDelivery(accountActivityDelivery(spec)).events) await handleEvent(event)
      assert.deepEqual(posted, [])
    }),
  )
})
