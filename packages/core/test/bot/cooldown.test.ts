import { BOT, fixture, NOW, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import { type BotPorts, type CooldownOptions, cooldown, createBot, defineBot, type Handler } from '../../src/index.js'

const MINUTE = 60_000
const SKIPPED = 'cooldown: the bot accepted a tweet by this author less than 10 minutes ago'

/** A bot with a cooldown of ten minutes. `tell` gives what becomes of an author's tweet at that minute. */
function chatting(
  over: Partial<CooldownOptions> = {},
  answer: Handler = (ctx) => ctx.reply('Hello.'),
  setting = fixture(),
) {
  let minute = 0
  const ports: BotPorts = { ...setting.ports, now: () => NOW + minute * MINUTE }
  const bot = defineBot()
    .use(cooldown({ minutes: 10, ...over }))
    .on('tweet', answer)
  const { handleTweet } = createBot(bot, ports, { bot: BOT })
  return async (id: string, at: number, authorId = '100') => {
    minute = at
    const author = { id: authorId, username: `person${authorId}` }
    const { kind, ...rest } = await handleTweet(tweet({ id, firstId: id, author, createdAt: NOW + at * MINUTE }))
    return 'detail' in rest && kind === 'ignored' ? rest.detail : kind
  }
}

describe('a cooldown', () => {
  test('skips an author until the time is over, and nobody else', async () => {
    const tell = chatting()
    expect(await tell('5001', 0)).toBe('replied')
    expect(await tell('5002', 9)).toBe(SKIPPED)
    expect(await tell('5003', 9, '200')).toBe('replied')
    expect(await tell('5004', 10)).toBe('replied')
  })

  test('begins with a tweet that was let through, and not with one that was skipped', async () => {
    const tell = chatting()
    await tell('5001', 0)
    await tell('5002', 9)
    expect(await tell('5003', 11)).toBe('replied')
  })

  test('lets a tweet through that is tried again, even after a newer one of its author', async () => {
    let failures = 2
    const tell = chatting({}, (ctx) => {
      if (ctx.tweet.id === '5001' && failures-- > 0) throw new Error('no network')
      return ctx.reply('Hello.')
    })
    await expect(tell('5001', 0)).rejects.toThrow('no network')
    await expect(tell('5001', 1)).rejects.toThrow('no network')
    expect(await tell('5002', 11)).toBe('replied')
    expect(await tell('5001', 12)).toBe('replied')
  })

  test('does not count a tweet that got no reply', async () => {
    const tell = chatting({}, (ctx) => (ctx.tweet.id === '5001' ? ctx.skip('no dice') : ctx.reply('Hello.')))
    expect(await tell('5001', 0)).toBe('no dice')
    expect(await tell('5002', 1)).toBe('replied')
  })

  test('locks nobody out where the clock was set back', async () => {
    const tell = chatting()
    await tell('5001', 0)
    expect(await tell('5002', -60)).toBe('replied')
  })

  test('remembers so many authors, and forgets the oldest first', async () => {
    const tell = chatting({ authors: 2 })
    for (const author of ['100', '200']) await tell(`5${author}`, 0, author)
    await tell('6001', 10, '100')
    await tell('6002', 10, '300')
    expect(await tell('7001', 11, '300')).toBe(SKIPPED)
    expect(await tell('7002', 11, '100')).toBe(SKIPPED)
    await tell('7003', 11, '400')
    expect(await tell('7004', 12, '100')).toBe('replied')
  })

  test.each([{ minutes: 0 }, { minutes: -1 }, { minutes: Number.NaN }, { minutes: 1, authors: 0 }])(
    'of %j is refused where the bot is defined',
    (options) => expect(() => cooldown(options)).toThrow(expect.objectContaining({ code: 'DEFINITION' })),
  )
})
