import { BOT, fixture, NOW, photo, stoppedFor, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import { encodeJob, jobKey } from '../../src/adapter/index.js'
import { readDefinition } from '../../src/host/index.js'
import type { BotPorts, Context, Definition, Handler, Tweet } from '../../src/index.js'
import { animalRules, BotError, createBot, defineBot, job, photoReplies } from '../../src/index.js'

const PHOTO = { photos: [photo('a')], media: 'present' } as const

/** What became of the tweet, and all that was posted. */
async function tell(definition: Definition, over: Partial<Tweet> = {}, setting = fixture()) {
  const posted: string[] = []
  const social: BotPorts['social'] = {
    ...setting.ports.social,
    reply: async (id, text, images) => {
      posted.push(text)
      return setting.ports.social.reply(id, text, images)
    },
  }
  const outcome = await createBot(definition, { ...setting.ports, social }, { bot: BOT }).handleTweet(tweet(over))
  return { outcome, posted, log: setting.log }
}

/** A fixture with an empty ledger, and what is read and settled there. */
function withLedger() {
  const ledger: unknown[][] = []
  const setting = fixture({
    ledger: {
      find: async (key) => {
        ledger.push(['find', key])
        return undefined
      },
      settle: async (key, outcome, now) => {
        ledger.push(['settle', key, outcome, now])
        return outcome
      },
    },
  })
  return { setting, ledger }
}
const ROW = { botId: BOT.id, about: '5001' }
const later = job('later', () => {})

describe('handlers', () => {
  test('are tried in the order in which they were added, and the first that ends the matter wins', async () => {
    const bot = defineBot()
      .command('roll', (ctx) => ctx.reply('You rolled a four.'))
      .on('tweet:text', (ctx) => ctx.reply('Send me a photo.'))
      .on('tweet', (ctx) => ctx.reply('A photo!'))
    expect((await tell(bot, { text: '@hexbird roll' })).posted).toEqual(['You rolled a four.'])
    expect((await tell(bot)).posted).toEqual(['Send me a photo.'])
    expect((await tell(bot, PHOTO)).posted).toEqual(['A photo!'])
  })

  test('that pass a tweet on see what became of it', async () => {
    const seen: (string | undefined)[] = []
    const bot = defineBot()
      .use(async (ctx, next) => {
        seen.push(ctx.outcome?.kind)
        await next()
        seen.push(ctx.outcome?.kind)
      })
      .on('tweet', (ctx) => ctx.reply('Hello.'))
    await tell(bot)
    expect(seen).toEqual([undefined, 'replied'])
  })

  test('make no call of their own: twenty in front of another ask the same ports as that one alone', async () => {
    const calls = async (definition: Definition, over: Partial<Tweet>) => {
      const made: string[] = []
      const recorded = (name: string, port: object) =>
        new Proxy(port, {
          get(target, method) {
            made.push(`${name}.${String(method)}`)
            return Reflect.get(target, method) as unknown
          },
        })
      const { ports } = fixture()
      const all = Object.entries(ports).map(([name, port]) =>
        typeof port === 'object' ? [name, recorded(name, port)] : [name, port],
      )
      await createBot(definition, Object.fromEntries(all) as BotPorts, { bot: BOT }).handleTweet(tweet(over))
      return made
    }
    const behind = defineBot()
    for (let nth = 0; nth < 10; nth++) {
      behind.use((_, next) => next()).command(`word${nth}`, (ctx) => ctx.reply('A command.'))
    }
    behind.use(photoReplies(animalRules))
    for (const over of [{}, PHOTO, { media: 'unknown' }] as const) {
      const alone = await calls(photoReplies(animalRules), over)
      expect(alone.length).toBeGreaterThan(5)
      expect(await calls(behind, over)).toEqual(alone)
    }
  })

  test.each([
    ['neither reply nor pass on', () => {}, { reason: 'skipped', detail: 'The handler did not reply.' }],
    ['skip', (ctx) => ctx.skip('not today'), { reason: 'skipped', detail: 'not today' }],
    ['pass on, with nobody left to reply,', (_, next) => next(), { reason: 'no-handler' }],
  ] satisfies [string, Handler, { reason: string; detail?: string }][])(
    'that %s end the matter, and why is on record',
    async (_, handler, why: { reason: string; detail?: string }) => {
      const { setting, ledger } = withLedger()
      const { outcome, posted } = await tell(defineBot().use(handler), {}, setting)
      expect(outcome).toEqual({ kind: 'ignored', ...why })
      expect(posted).toEqual([])
      expect(ledger).toEqual([
        ['find', ROW],
        ['settle', ROW, { kind: 'skipped', reason: why.detail ?? why.reason }, NOW],
      ])
      expect(setting.log).toEqual(['ledger.settle'])
    },
  )

  test('that reply at once make these calls alone, and have stored no photos to remove', async () => {
    const { setting, ledger } = withLedger()
    const hello = defineBot().on('tweet', (ctx) => ctx.reply('Hello.'))
    const { outcome, log } = await tell(hello, PHOTO, setting)
    expect(outcome).toEqual({ kind: 'replied', replyId: '7001', text: 'Hello.', labels: [] })
    expect(log).toEqual([
      'budget.reserve',
      'budget.reserve',
      'ledger.claim',
      'social.reply 5001 Hello.',
      'ledger.settle',
      'budget.settle',
    ])
    expect(ledger).toEqual([
      ['find', ROW],
      ['settle', ROW, { kind: 'replied', replyId: '7001' }, NOW],
    ])
  })

  test('of which none is for a tweet leave nothing behind', async () => {
    const { outcome, log } = await tell(defineBot().on('tweet:photo', (ctx) => ctx.reply('A photo!')))
    expect([outcome, log]).toEqual([{ kind: 'ignored', reason: 'no-handler' }, []])
  })

  test('see no tweet that may not be answered', async () => {
    let calls = 0
    const bot = defineBot().use(() => {
      calls += 1
    })
    const ends: Partial<Tweet>[] = [{ botId: '901' }, { isRetweet: true }, { mentions: [] }, { author: { id: BOT.id } }]
    for (const over of ends) await tell(bot, over)
    await tell(bot, {}, fixture({ optOuts: { has: async () => true } }))
    const settled = { kind: 'settled', outcome: { kind: 'skipped', reason: 'x' }, at: NOW } as const
    await tell(bot, {}, fixture({ ledger: { find: async () => settled } }))
    expect(calls).toBe(0)
  })

  test('do not run again for a reply that may have been posted: it is looked for', async () => {
    let calls = 0
    const bot = defineBot().on('tweet', () => {
      calls += 1
    })
    const intent = { tweetId: '5001', text: 'Hello.', authorId: '100' }
    const setting = fixture({
      ledger: {
        find: async () => ({ kind: 'claimed', intent, until: NOW, tries: 1 }),
        claim: async () => ({ kind: 'expired', intent, since: NOW - 60_000, tries: 1 }),
      },
      social: { findOwnReply: async () => ({ kind: 'found', id: '7001' }) },
    })
    expect((await tell(bot, {}, setting)).outcome).toMatchObject({ kind: 'replied', replyId: '7001', text: 'Hello.' })
    expect(calls).toBe(0)
  })

  test('do not run for a reply whose claim is given up just then: the tweet is tried again at once', async () => {
    let [calls, found] = [0, 0]
    const bot = defineBot().on('tweet', () => {
      calls += 1
    })
    const claimed = { kind: 'claimed', intent: { tweetId: '5001', text: 'Hello.' }, until: NOW + 1, tries: 1 } as const
    const setting = fixture({ ledger: { find: async () => (found++ === 0 ? claimed : undefined) } })
    const detail = 'Another worker has just released its claim.'
    const { outcome } = await tell(bot, {}, setting)
    expect(outcome).toEqual({ kind: 'deferred', reason: 'busy', until: NOW, detail })
    expect([calls, setting.log.filter((entry) => /social|ledger/.test(entry))]).toEqual([0, []])
  })

  test('that throw leave the tweet for another try', async () => {
    const bot = defineBot().on('tweet', () => Promise.reject(new Error('no network')))
    const setting = fixture()
    await expect(tell(bot, {}, setting)).rejects.toThrow('no network')
    expect(setting.log).toEqual([])
  })

  test('that call next() twice are told so', async () => {
    const bot = defineBot().use(async (_ctx, next) => {
      await next()
      await next()
    })
    const message = 'A handler called next() twice. Call it once, with await.'
    await expect(tell(bot)).rejects.toMatchObject({ code: 'NEXT_TWICE', message })
  })

  test('that reply twice are told so, and one reply was made', async () => {
    let told: unknown
    const twice = defineBot().on('tweet', async (ctx) => {
      await ctx.reply('One.')
      await ctx.reply('Two.').catch((error: unknown) => {
        told = error
      })
    })
    expect((await tell(twice)).posted).toEqual(['One.'])
    const message =
      'This tweet is already handled: it gets one reply, or one job, or is skipped. Return after the first of them.'
    expect(told).toMatchObject({ code: 'ALREADY_REPLIED', message })
  })

  const fails = () => Promise.reject(new Error('The analytics are down.'))
  const rateLimited = { kind: 'deferred', reason: 'rate-limited', until: NOW + 900_000, detail: '' } as const
  test.each<[string, Definition, ReturnType<typeof fixture>, object]>([
    ['a reply', defineBot().on('tweet', (ctx) => ctx.reply('Hi.').then(fails)), fixture(), { kind: 'replied' }],
    [
      'a reply that has to wait',
      defineBot().on('tweet', (ctx) => ctx.reply('Hi.').then(fails)),
      fixture({ social: { reply: async () => rateLimited } }),
      { kind: 'deferred', reason: 'rate-limited' },
    ],
    [
      'a reply that it did not wait for',
      defineBot().on('tweet', (ctx) => {
        void ctx.reply('Hi.')
        return fails()
      }),
      fixture(),
      { kind: 'replied' },
    ],
    [
      'a job',
      defineBot()
        .job(later)
        .on('tweet', (ctx) => ctx.defer(later, 1).then(fails)),
      fixture(),
      { kind: 'job-stored' },
    ],
  ])('that fail after %s change nothing about it, and an operator hears of it', async (_, bot, { ports }, outcome) => {
    const warned: unknown[][] = []
    const log = { info() {}, warn: (...what: unknown[]) => void warned.push(what) }
    expect(await createBot(bot, ports, { bot: BOT, log }).handleTweet(tweet())).toMatchObject(outcome)
    const error = expect.objectContaining({ message: 'The analytics are down.' })
    expect(warned).toEqual([['A handler failed after its reply or job. The outcome stays the same.', error]])
  })

  test.each([42, null, {}, () => 42])('that reply with something that is no text are told so: %p', async (content) => {
    const bot = defineBot().on('tweet', (ctx) => ctx.reply(content as never))
    const setting = fixture()
    await expect(tell(bot, {}, setting)).rejects.toThrow('A reply is a text, ')
    expect(setting.log).toEqual([])
  })

  test('that fail after a skip are tried again', async () => {
    const bot = defineBot().on('tweet', (ctx) => {
      ctx.skip('Not today.')
      return fails()
    })
    await expect(tell(bot)).rejects.toThrow('The analytics are down.')
  })

  test('that do not await a reply see that it is in progress, and cannot make another', async () => {
    let [seen, second]: unknown[] = []
    const bot = defineBot().on('tweet', async (ctx) => {
      const first = ctx.reply('One.')
      seen = ctx.outcome
      second = await ctx.reply('Two.').catch((error: unknown) => error)
      await first
    })
    expect((await tell(bot)).posted).toEqual(['One.'])
    expect(seen).toEqual({ kind: 'deferred', reason: 'busy', until: 0, detail: 'A reply is in progress.' })
    expect(second).toMatchObject({ code: 'ALREADY_REPLIED' })
  })

  test('may catch what is wrong with a reply or a job, and then reply with something else', async () => {
    const unknown = job('unknown', () => {})
    const bot = defineBot().on('tweet', async (ctx) => {
      await ctx.reply('See example.com.').catch(() => {})
      await ctx.defer(unknown, 1).catch(() => {})
      await ctx.reply('See for yourself.')
    })
    const { outcome, posted } = await tell(bot)
    expect([outcome.kind, posted]).toEqual(['replied', ['See for yourself.']])
  })

  const broken = () => fixture({ ledger: { claim: () => Promise.reject(new Error('The store is down.')) } })
  const jobless = () => fixture({ blobs: { put: () => Promise.reject(new Error('The store is down.')) } })
  const silent: Handler = async (_, next) => {
    await next().catch(() => {})
  }
  test.each<[string, Definition, () => ReturnType<typeof fixture>, object]>([
    ['a reply', defineBot().on('tweet', (ctx) => ctx.reply('Hi.').catch(() => {})), broken, {}],
    [
      'a job',
      defineBot()
        .job(later)
        .on('tweet', (ctx) => ctx.defer(later, 1).catch(() => {})),
      jobless,
      {},
    ],
    [
      'the reply of another handler',
      defineBot()
        .use(silent)
        .on('tweet', (ctx) => ctx.reply('Hi.')),
      broken,
      {},
    ],
    ['a reply without labels', defineBot().use(silent).use(photoReplies(animalRules)), broken, { text: '@hexbird hi' }],
  ])('cannot hide that %s failed: the tweet is tried again', async (_, bot, setting, over) => {
    await expect(tell(bot, over, setting())).rejects.toThrow('The store is down.')
  })

  test('that do not wait for their reply are waited for', async () => {
    const { outcome, posted } = await tell(defineBot().on('tweet', (ctx) => void ctx.reply('One.')))
    expect([outcome.kind, posted]).toEqual(['replied', ['One.']])
  })

  test('get a photo of the tweet that is asked about, looked up once for all of them', async () => {
    const setting = fixture({
      social: {
        tweet: async (id) => ({ kind: 'found', tweet: tweet({ id, firstId: id, ...PHOTO, author: { id: '200' } }) }),
      },
    })
    const bot = defineBot()
      .on('tweet:text', (ctx) => ctx.reply('No photo.'))
      .on('tweet:photo', async (ctx) => {
        const [first] = ctx.photos
        await ctx.reply(`${ctx.photos.length} photo of ${(await first?.bytes())?.length} bytes.`)
      })
    const { posted } = await tell(bot, { inReplyToId: '4001', inReplyToUserId: '200' }, setting)
    expect(posted).toEqual([expect.stringMatching(/^1 photo of \d+ bytes\.$/)])
    expect(setting.log.filter((entry) => entry.startsWith('social.tweet'))).toEqual(['social.tweet 4001'])
  })

  test.each([
    ['tweet', PHOTO, false],
    ['tweet:text', {}, false],
    ['tweet:photo', PHOTO, true],
  ] as const)('of the filter %s get the photos only where it asks for them', async (filter, over, photos) => {
    let has: boolean | undefined
    const bot = defineBot().on(filter as 'tweet', (ctx) => {
      has = 'photos' in ctx
    })
    await tell(bot, over)
    expect(has).toBe(photos)
  })

  test('get each photo with its address, and with its alt text where it has one', async () => {
    let photos: unknown
    const bot = defineBot().on('tweet:photo', (ctx) => {
      photos = ctx.photos
    })
    await tell(bot, { media: 'present', photos: [photo('a'), { ...photo('b'), altText: 'a dog' }] })
    const bytes = expect.any(Function)
    expect(photos).toStrictEqual([
      { ...photo('a'), bytes },
      { ...photo('b'), alt: 'a dog', bytes },
    ])
  })

  test.each([
    ['X answered 404. It is gone.', 'X answered 404. It is gone'],
    ['not an image', 'not an image'],
  ])('are told why a photo cannot be used: %s', async (detail, why) => {
    const setting = fixture({ media: { fetch: async () => ({ kind: 'unreadable', reason: 'gone', detail }) } })
    const bot = defineBot().on('tweet:photo', async ({ photos }) => void (await photos[0]?.bytes()))
    const message = `The photo cannot be used: ${why}.`
    await expect(tell(bot, PHOTO, setting)).rejects.toMatchObject({ code: 'PHOTO_GONE', message })
  })

  test.each([
    ['@hexbird roll', true],
    ['@hexbird /roll 2d6', true],
    ['@hexbird !Roll', true],
    ['@hexbird roll! now', false],
    ['@hexbird ro/ll', false],
    ['@hexbird rolling', false],
    ['@hexbird please roll', false],
    ['@hexbird', false],
  ])('of a command are for a tweet that begins with it: %s', async (text, isFor) => {
    const bot = defineBot().command('roll', (ctx) => ctx.reply('A four.'))
    expect((await tell(bot, { text })).posted).toEqual(isFor ? ['A four.'] : [])
  })

  test('of another bot are added as a whole', async () => {
    const dice = defineBot().command('roll', (ctx) => ctx.reply('A four.'))
    const bot = defineBot()
      .use(dice)
      .on('tweet', (ctx) => ctx.reply('What?'))
    expect((await tell(bot, { text: '@hexbird /ROLL now' })).posted).toEqual(['A four.'])
    expect((await tell(bot, { text: '@hexbird rolling' })).posted).toEqual(['What?'])
  })
})

describe('a context', () => {
  const seeing = async <Value>(see: (ctx: Context) => Value, over: Partial<Tweet> = {}): Promise<Value | undefined> => {
    let seen: Value | undefined
    const bot = defineBot().on('tweet', (ctx) => {
      seen = see(ctx)
    })
    await tell(bot, over)
    return seen
  }

  test.each([
    ['@hexbird what is this?', 'what is this?'],
    ['@alice @hexbird tell @bob', 'tell @bob'],
    ['@alice @bob  @hexbird hello', 'hello'],
    ['Hey @HexBird, roll', 'Hey , roll'],
    ['@hexbirds @hexbird', ''],
  ])('has the words of %s', async (text, words) => {
    expect(await seeing((ctx) => ctx.text, { text })).toBe(words)
  })

  test('has what follows a command', async () => {
    let args = ''
    const bot = defineBot().command('roll', (ctx) => {
      args = ctx.args
    })
    await tell(bot, { text: '@hexbird roll  2d6 please ' })
    expect(args).toBe('2d6 please')
  })

  test('has the tweet, its author, its words, the time, and the log and the signal of the run', async () => {
    let [seen, handed]: unknown[] = []
    const bot = defineBot().on('tweet', ({ tweet, author, text, args, log, signal, now }) => {
      seen = { tweet, author, text, args, log, now: now() }
      handed = signal
    })
    const log = { info() {}, warn() {} }
    const { signal } = new AbortController()
    await createBot(bot, fixture().ports, { bot: BOT, log }).handleTweet(tweet(), signal)
    const words = 'what is this?'
    expect(seen).toEqual({ tweet: tweet(), author: tweet().author, text: words, args: words, log, now: NOW })
    expect(handed).toBe(signal)
  })

  test('has its run under a symbol that every copy of this package knows', async () => {
    expect(await seeing((ctx) => Symbol.for('hexbird.run') in ctx)).toBe(true)
  })

  test('draws the same numbers in every version: a handler may run again after an update', async () => {
    const draws = (ctx: Context) => [6, 6, 6, 100, 2 ** 32, 1].map((n) => ctx.random(n))
    expect(await seeing(draws)).toEqual([1, 2, 0, 36, 3412388717, 0])
    expect(await seeing(draws, { id: '5002', firstId: '5002' })).toEqual([0, 0, 3, 23, 625497337, 0])
  })

  test.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])(
    'refuses to draw a number below %p, and says what it takes',
    async (n) => {
      const message = `ctx.random(n) takes a whole number from 1 to 2^32, not ${n}.`
      await expect(seeing((ctx) => ctx.random(n))).rejects.toMatchObject({ name: 'RangeError', message })
    },
  )

  test('draws numbers that follow from the tweet, each in its range, and all of them', async () => {
    const draws = (ctx: Context) => Array.from({ length: 600 }, () => ctx.random(6))
    const drawn = await seeing(draws)
    expect(await seeing(draws)).toEqual(drawn)
    expect(await seeing(draws, { id: '5002', firstId: '5002' })).not.toEqual(drawn)
    for (let face = 0; face < 6; face++) {
      const count = drawn?.filter((each) => each === face).length
      expect(count).toBeGreaterThan(60)
      expect(count).toBeLessThan(140)
    }
  })
})

describe('what is no bot', () => {
  test('is told so before the first tweet', () => {
    const none = undefined as never
    for (const define of [
      () => defineBot().on('tweet', none),
      () => defineBot().command('roll', none),
      () => defineBot().use(none),
      () => job('later', none),
      () => readDefinition({ v: 1, steps: [], jobs: [] }),
    ]) {
      expect(define).toThrow(BotError)
    }
  })
})

describe('what a handler replies', () => {
  test.each([
    ['a link', 'See https://example.com'],
    ['a mention', 'Ask @alice'],
    ['a hashtag', 'So #nice'],
    ['nothing to read', ' '],
    ['too many words', 'word '.repeat(80)],
  ])('is refused before anything is asked of anybody, where it has %s', async (_, text) => {
    const setting = fixture()
    await expect(
      tell(
        defineBot().on('tweet', (ctx) => ctx.reply(text)),
        {},
        setting,
      ),
    ).rejects.toMatchObject({
      code: 'REPLY_CONTENT',
    })
    expect(setting.log).toEqual([])
  })

  test('may have what the bot allows', async () => {
    const bot = defineBot({ allow: { hashtags: true } }).on('tweet', (ctx) => ctx.reply('So #nice'))
    expect((await tell(bot)).posted).toEqual(['So #nice'])
  })

  test('gets the time where X has seen the words a short while ago, unless they are exact', async () => {
    const seen = () =>
      fixture({
        social: {
          reply: async (_, text) =>
            text === 'Hello.' ? { kind: 'duplicate', detail: '' } : { kind: 'posted', id: '7001' },
        },
      })
    const plain = await tell(
      defineBot().on('tweet', (ctx) => ctx.reply('Hello.')),
      {},
      seen(),
    )
    expect(plain.posted.at(-1)).toMatch(/^Hello\..*12:00/)
    const exact = await tell(
      defineBot().on('tweet', (ctx) => ctx.reply({ text: 'Hello.', exact: true })),
      {},
      seen(),
    )
    expect(exact.outcome).toMatchObject({ kind: 'refused', reason: 'duplicate' })
    expect(new Set(exact.posted)).toEqual(new Set(['Hello.']))
  })

  test('is made to each of forty who get the same words in the same second', async () => {
    const taken = new Set<string>()
    const setting = fixture({
      social: {
        async reply(id, text) {
          if (taken.has(text)) return { kind: 'duplicate', detail: '' }
          taken.add(text)
          return { kind: 'posted', id }
        },
      },
    })
    const hello = defineBot().on('tweet', (ctx) => ctx.reply('Hello.'))
    const ids = Array.from({ length: 40 }, (_, nth) => `${6000 + nth}`)
    for (const id of ids) await tell(hello, { id, firstId: id }, setting)
    expect(taken.size).toBe(ids.length)
  })

  test('is in other words for each number, where it is a function', async () => {
    const setting = fixture({
      social: {
        reply: async (_, text) =>
          text === 'Word 2.' ? { kind: 'posted', id: '7001' } : { kind: 'duplicate', detail: '' },
      },
    })
    const { posted } = await tell(
      defineBot().on('tweet', (ctx) => ctx.reply((variant) => `Word ${variant}.`)),
      {},
      setting,
    )
    expect(posted).toEqual(['Word 0.', 'Word 1.', 'Word 2.'])
  })
})

describe('work that is put off', () => {
  const later = job<{ name: string }>('greet', (ctx, { name }) => ctx.reply(`Hello, ${name}.`))
  const bot = defineBot()
    .job(later)
    .on('tweet', (ctx) => ctx.defer(later, { name: 'Ada' }))

  test('is stored with its data, done later, and removed once its end is on record', async () => {
    const setting = fixture()
    const running = createBot(bot, setting.ports, { bot: BOT })
    expect(await running.handleTweet(tweet())).toEqual({ kind: 'job-stored', jobKey: jobKey(tweet()) })
    expect(setting.blobs.has(jobKey(tweet()))).toBe(true)
    expect(await running.runJob(jobKey(tweet()))).toMatchObject({ kind: 'replied', text: 'Hello, Ada.' })
    expect([...setting.blobs.keys()]).toEqual([])
  })

  test('that costs nothing touches no window of the budget', async () => {
    const idle = job('idle', () => {})
    const { ports, log } = fixture()
    const running = createBot(
      defineBot()
        .job(idle)
        .on('tweet', (ctx) => ctx.defer(idle, {})),
      ports,
      { bot: BOT },
    )
    await running.handleTweet(tweet())
    expect(await running.runJob(jobKey(tweet()))).toMatchObject({ kind: 'ignored', reason: 'skipped' })
    expect(log.filter((entry) => entry.startsWith('budget.'))).toEqual([])
  })

  test('stays where X has to be waited for', async () => {
    const setting = fixture({ killSwitch: { state: async () => stoppedFor('a pause') } })
    const running = createBot(bot, setting.ports, { bot: BOT })
    await running.handleTweet(tweet())
    expect(await running.runJob(jobKey(tweet()))).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect(setting.blobs.has(jobKey(tweet()))).toBe(true)
  })

  test('that the bot does not know is kept, and told', async () => {
    const setting = fixture()
    const stored = { v: 2, name: 'paint', tweet: tweet(), data: {} } as const
    setting.blobs.set(jobKey(tweet()), { bytes: encodeJob(stored), type: 'application/json' })
    await expect(createBot(bot, setting.ports, { bot: BOT }).runJob(jobKey(tweet()))).rejects.toMatchObject({
      code: 'JOB',
      message: 'A job "paint" is stored, but this bot has none. Add it with .job(…).',
    })
    expect(setting.blobs.has(jobKey(tweet()))).toBe(true)
  })

  test('has to be of the bot, and of 64 kB at most', async () => {
    const stranger = defineBot().on('tweet', (ctx) => ctx.defer(later, { name: 'Ada' }))
    await expect(tell(stranger)).rejects.toMatchObject({
      code: 'JOB',
      message: 'This bot has no job "greet". Add it with .job(…).',
    })
    const sized = (bytes: number) =>
      defineBot()
        .job(later)
        .on('tweet', (ctx) => ctx.defer(later, { name: 'a'.repeat(bytes - '{"name":""}'.length) }))
    expect((await tell(sized(65_536))).outcome.kind).toBe('job-stored')
    const message = 'A job has at most 64 kB of data.'
    await expect(tell(sized(65_537))).rejects.toMatchObject({ code: 'JOB', message })
  })

  test('runs no handler for a reply that may have been posted', async () => {
    const intent = { tweetId: '5001', text: 'Hello, Bob.', authorId: '100' }
    const setting = fixture({
      ledger: {
        find: async () => ({ kind: 'claimed', intent, until: NOW, tries: 1 }),
        claim: async () => ({ kind: 'expired', intent, since: NOW - 60_000, tries: 1 }),
      },
      social: { findOwnReply: async () => ({ kind: 'found', id: '7001' }) },
    })
    const stored = { v: 2, name: 'greet', tweet: tweet(), data: { name: 'Ada' } } as const
    setting.blobs.set(jobKey(tweet()), { bytes: encodeJob(stored), type: 'application/json' })
    const outcome = await createBot(bot, setting.ports, { bot: BOT }).runJob(jobKey(tweet()))
    expect(outcome).toMatchObject({ kind: 'replied', text: 'Hello, Bob.' })
  })
})

describe('a definition', () => {
  test('may be of another copy of this package: it is read by its shape', async () => {
    const other = JSON.parse(JSON.stringify(defineBot())) as Definition
    expect(readDefinition(other)).toBe(other)
  })

  test.each([[undefined], [null], [{}], ['bot'], [() => {}], [{ v: 1 }], [{ v: 1, steps: {}, jobs: [] }]])(
    'is not %p',
    (value) => {
      expect(() => readDefinition(value)).toThrow(BotError)
    },
  )

  test('of a later version is refused with what to do', () => {
    expect(() => readDefinition({ ...defineBot(), v: 2 })).toThrow(/update hexbird/)
  })

  test('has commands of one word, known filters, and jobs with names of their own', () => {
    expect(() => defineBot().command('two words', () => {})).toThrow(BotError)
    expect(() => defineBot().on('tweet:video' as never, () => {})).toThrow(BotError)
    expect(() => job('A job', () => {})).toThrow(BotError)
    const one = defineBot().job(job('work', () => {}))
    expect(() => one.job(job('work', () => {}))).toThrow(BotError)
  })

  test('with photo replies falls back to asking for a photo where nothing added later answers', async () => {
    const bot = defineBot()
      .use(photoReplies(animalRules))
      .command('roll', (ctx) => ctx.reply('A four.'))
    expect((await tell(bot, { text: '@hexbird roll' })).posted).toEqual(['A four.'])
    expect((await tell(bot)).outcome).toMatchObject({ kind: 'replied' })
    expect((await tell(bot, PHOTO)).outcome).toMatchObject({ kind: 'job-stored' })
  })

  test('that labels photos is not run without a labeler', () => {
    const { labeler, ...ports } = fixture().ports
    expect(() => createBot(photoReplies(animalRules), ports, { bot: BOT })).toThrow(
      expect.objectContaining({
        code: 'PORT_MISSING',
        message: 'This bot labels photos: give it a labeler, in its ports or by photoReplies.',
      }),
    )
    expect(() => createBot(photoReplies(animalRules, { labeler: labeler as never }), ports, { bot: BOT })).not.toThrow()
    expect(() => createBot(defineBot(), ports, { bot: BOT })).not.toThrow()
  })
})
