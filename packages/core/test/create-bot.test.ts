import { BOT, fixture, photo, photoBot, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { Charge } from '../src/adapter/index.js'
import type { Event, Limits, Log, ReplyTexts } from '../src/index.js'
import {
  animalRules,
  createBot,
  defaultLimits,
  defineBot,
  photoReplies,
  RulesError,
  selfServe2026,
} from '../src/index.js'

const englishTexts = animalRules.texts.en as ReplyTexts

describe('a bot', () => {
  const { ports } = fixture()

  test('passes over what it has nothing to do with, by its name', async () => {
    const events: [Event, string][] = [
      [{ kind: 'unknown', name: 'favorite_events' }, 'favorite_events'],
      [{ kind: 'malformed', name: 'tweet_create_events', reason: 'no id' }, 'tweet_create_events'],
      [{ kind: 'tweet-deleted', tweetId: '1', authorId: '2', botId: BOT.id }, 'tweet-deleted'],
    ]
    for (const [event, name] of events) {
      expect(await photoBot(ports, { bot: BOT }).handleEvent(event)).toEqual({ kind: 'passed-over', name })
    }
  })

  test('handles a tweet of a delivery as it does any tweet', async () => {
    const bot = photoBot(ports, { bot: BOT })
    expect(await bot.handleEvent({ kind: 'tweet', tweet: tweet() })).toMatchObject({ kind: 'replied', replyId: '7001' })
  })

  test('says what the default rules say, and what rules of its own say instead', async () => {
    const texts = { en: { ...englishTexts, noPhoto: ['A picture, please, {author}.'] } }
    expect(englishTexts.noPhoto.map((text) => text.replace('{author}', 'alice'))).toContain(await textOf({}))
    expect(await textOf({ rules: { ...animalRules, texts } })).toBe('A picture, please, alice.')
  })

  test('spends within the default limits, but for those that it is given', async () => {
    expect(await limitsOf({})).toEqual({ author: defaultLimits.perAuthorPerDay, day: defaultLimits.perDay })
    expect(await limitsOf({ limits: { perDay: 7 } })).toEqual({ author: defaultLimits.perAuthorPerDay, day: 7 })
  })

  test('keeps every default limit whose option is undefined', async () => {
    const none = Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, undefined])) as Partial<Limits>
    expect(await limitsOf({ limits: none })).toEqual(await limitsOf({}))
  })

  test('goes by the platform that it is given', async () => {
    const summons = { explicitMention: false, implicitMention: false, quote: false }
    const bot = photoBot(ports, { bot: BOT, platform: { ...selfServe2026, summons } })
    expect(await bot.handleTweet(tweet())).toMatchObject({ kind: 'ignored', reason: 'not-summoned' })
  })

  test('is not made of rules with a fault', () => {
    expect(() => photoBot(ports, { bot: BOT, rules: { ...animalRules, matches: [] } })).toThrow(RulesError)
  })

  test('writes what its handlers log where it is told to, and nowhere by default', async () => {
    const written: unknown[] = []
    const log: Log = {
      info: (...line) => void written.push(['info', ...line]),
      warn: (...line) => void written.push(['warn', ...line]),
    }
    const talkative = defineBot().on('tweet', (ctx) => {
      ctx.log.info('asked', { by: ctx.author.id })
      ctx.log.warn('no answer')
    })
    for (const options of [{ bot: BOT, log }, { bot: BOT }]) {
      expect(await createBot(talkative, ports, options).handleTweet(tweet())).toMatchObject({ reason: 'skipped' })
    }
    expect(written).toEqual([
      ['info', 'asked', { by: '100' }],
      ['warn', 'no answer'],
    ])
  })

  test('that still has a job of photo replies, but no labeler, keeps the job and says what it lacks', async () => {
    const { ports, blobs } = fixture()
    const photos = photoReplies(animalRules)
    await createBot(photos, ports, { bot: BOT }).handleTweet(tweet({ media: 'present', photos: [photo('a')] }))
    const { labeler: _, ...others } = ports
    const jobs = photos.jobs.reduce((bot, job) => bot.job(job), defineBot())
    await expect(createBot(jobs, others, { bot: BOT }).runJob('jobs/100/5001.json')).rejects.toMatchObject({
      code: 'PORT_MISSING',
      message: 'This bot has no labeler.',
    })
    expect([...blobs.keys()]).toEqual(['photos/100/5001/5001-0', 'jobs/100/5001.json'])
  })

  async function textOf(options: Partial<Parameters<typeof photoBot>[1]>): Promise<string> {
    const outcome = await photoBot(ports, { bot: BOT, ...options }).handleTweet(tweet())
    return outcome.kind === 'replied' ? outcome.text : outcome.kind
  }

  async function limitsOf(options: Partial<Parameters<typeof photoBot>[1]>) {
    const limits: Record<string, number> = {}
    const reserve = async (charges: readonly Charge[]) => {
      for (const { kind, limit } of charges) limits[kind] = limit
      return { kind: 'granted' } as const
    }
    await photoBot(fixture({ budget: { reserve } }).ports, { bot: BOT, ...options }).handleTweet(tweet())
    const { author, day } = limits
    return { author, day }
  }
})
