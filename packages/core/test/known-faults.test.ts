import { BOT, NOW, photoBot, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { PostResult } from '../src/adapter/index.js'
import { idOfTime } from '../src/domain/tweet.js'
import { sweep, TIMES } from '../src/host/index.js'
import { defaultLimits, selfServe2026 } from '../src/index.js'
import { models } from './use-cases/models.js'

const BOUNDS = { bot: { id: '900' }, limits: defaultLimits, platform: selfServe2026 }
const ago = (milliseconds: number) => {
  const id = idOfTime(NOW - milliseconds)
  return tweet({ id, firstId: id, createdAt: NOW - milliseconds, conversationId: id })
}

describe('a fault that another bot had', () => {
  test('a restart with the same stores does not reply a second time', async () => {
    // elizaOS/eliza#2161
    const { ports, x } = models()
    await photoBot(ports, { bot: BOT }).handleTweet(tweet())
    expect(await photoBot(ports, { bot: BOT }).handleTweet(tweet())).toMatchObject({ reason: 'already-handled' })
    expect(x.replies).toHaveLength(1)
  })

  test('mentions that came while no bot was running are found and answered', async () => {
    // elizaOS/eliza#22433
    const { ports, x, inbox } = models()
    x.listed.push(...Array.from({ length: 150 }, (_, minute) => ago((minute + 1) * 60_000)))
    expect(await sweep(ports, BOUNDS)).toMatchObject({ kind: 'swept', found: 150 })
    const bot = photoBot(ports, { bot: BOT, limits: { perAuthorPerDay: 5_000_000, repliesPerConversation: 1_000 } })
    for (const event of inbox) {
      const outcome = await bot.handleEvent(event)
      expect(outcome.kind === 'replied' || (outcome.kind === 'deferred' && outcome.reason === 'post-limit')).toBe(true)
    }
    expect(x.replies).toHaveLength(100)
  })

  test('two mentions that come at the same time are both answered: none is dropped because another is at work', async () => {
    // vercel/chat, concurrency: "drop"
    const { ports, x } = models()
    const bot = photoBot(ports, { bot: BOT })
    await Promise.all([ago(1_000), ago(2_000)].map((event) => bot.handleTweet(event)))
    expect(x.replies).toHaveLength(2)
  })

  test('a delivery that is repeated after ten minutes, or after a day, gets no second reply', async () => {
    // vercel/chat, deduplication for ten minutes
    const { ports, x, clock } = models()
    const bot = photoBot(ports, { bot: BOT })
    await bot.handleTweet(tweet())
    for (const wait of [10 * 60_000 + 1, TIMES.tooOld]) {
      clock.now += wait
      expect((await bot.handleTweet(tweet())).kind).toBe('ignored')
    }
    expect(x.replies).toHaveLength(1)
  })

  test('many who get the same answer do not get the same words when X has seen them: it suspends for duplicates', async () => {
    // grammar-nazi-bot#231
    const { ports, x } = models()
    const social: typeof ports.social = {
      ...ports.social,
      async reply(to, text): Promise<PostResult> {
        if (x.replies.some((reply) => reply.text === text)) return { kind: 'duplicate', detail: '187' }
        return ports.social.reply(to, text)
      },
    }
    const bot = photoBot({ ...ports, social }, { bot: BOT, limits: { perAuthorPerDay: 5_000_000 } })
    for (let second = 1; second <= 12; second++) {
      expect(await bot.handleTweet(ago(second * 1_037))).toMatchObject({ kind: 'replied' })
    }
    expect(new Set(x.replies.map(({ text }) => text)).size).toBe(12)
  })

  test('a first start does not answer mentions of days ago', async () => {
    // mispy/twitter_ebooks#5
    const { ports, x, inbox } = models()
    const asked: unknown[] = []
    const mentions: typeof ports.mentions = {
      since: async (after) => {
        asked.push(after)
        return ports.mentions.since(after)
      },
    }
    x.listed.push(ago(30 * 86_400_000), ago(60_000))
    await sweep({ ...ports, mentions }, BOUNDS)
    expect(asked).toMatchObject([{ from: NOW - TIMES.tooOld }])
    const bot = photoBot(ports, { bot: BOT })
    for (const event of inbox) await bot.handleEvent(event)
    expect(x.replies.map(({ to }) => to)).toEqual([ago(60_000).id])
  })

  test('a mention that X put in front of a reply is not answered', async () => {
    // twitter-reply-bot#1
    const { ports, x } = models()
    const mentions = [{ id: BOT.id, username: BOT.username, explicit: false }]
    expect(await photoBot(ports, { bot: BOT }).handleTweet(tweet({ mentions, inReplyToId: '4000' }))).toEqual({
      kind: 'ignored',
      reason: 'not-summoned',
    })
    expect(x.replies).toEqual([])
  })

  test('a 403 because the app is not enrolled ends no tweet: it is deferred, and answered when the app is', async () => {
    // cursor/plugins#270
    const { ports, x, clock, killSwitch } = models()
    const detail = 'Your client app is not enrolled.'
    const social = { ...ports.social, reply: async (): Promise<PostResult> => ({ kind: 'unexplained', detail }) }
    const [misconfigured, mended] = [{ ...ports, social }, ports].map((each) => photoBot(each, { bot: BOT }))
    const events = [1, 2, 3, 4].map((second) => ago(second * 1_000))
    for (const event of events) expect(await misconfigured?.handleTweet(event)).toMatchObject({ kind: 'deferred' })
    expect(killSwitch().stopped?.reason).toContain(detail)
    await ports.killSwitch.reset()
    clock.now += 60 * 60_000
    for (const event of events) expect(await mended?.handleTweet(event)).toMatchObject({ kind: 'replied' })
    expect(x.replies).toHaveLength(4)
  })
})
