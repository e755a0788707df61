import { BOT, fixture, NOW, noRoom, photoBot, posted, stoppedFor, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type {
  ClaimResult,
  ImageUpload,
  KillSwitchState,
  LedgerEntry,
  PostResult,
  ReplyIntent,
  UploadResult,
} from '../../src/adapter/index.js'
import { TIMES } from '../../src/host/index.js'
import type { BotPorts, Definition, ReplyContent, ReplyImage } from '../../src/index.js'
import { createBot, defineBot, selfServe2026 } from '../../src/index.js'
import { jpegHead } from '../../src/testing/index.js'
import { models } from '../use-cases/models.js'

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const WEBP = new TextEncoder().encode('RIFF\0\0\0\0WEBPVP8 ')
const image = (alt: string, bytes: Uint8Array = PNG): ReplyImage => ({ bytes, alt })
const CHART = { text: 'The chart.', images: [image('A bar chart of votes')] }
const DAY = 86_400_000

const replying = (content: ReplyContent): Definition => defineBot().on('tweet', (ctx) => ctx.reply(content))

type Overrides = NonNullable<Parameters<typeof fixture>[0]>

/** What became of a tweet that is answered so, and all that X was given for it. */
async function answer(content: ReplyContent, over: Overrides = {}) {
  const uploads: ImageUpload[] = []
  const posts: { text: string; mediaIds: readonly string[] | undefined }[] = []
  const intents: ReplyIntent[] = []
  const setting = fixture({
    ...over,
    social: {
      ...over.social,
      async uploadImage(image) {
        uploads.push(image)
        if (over.social?.uploadImage) return over.social.uploadImage(image)
        return { kind: 'uploaded', mediaId: `${9000 + uploads.length}`, expiresAt: NOW + DAY - uploads.length }
      },
      async reply(id, text, mediaIds) {
        posts.push({ text, mediaIds })
        return over.social?.reply ? over.social.reply(id, text, mediaIds) : posted
      },
    },
    ledger: {
      ...over.ledger,
      async claim(key, claim) {
        intents.push(claim.intent)
        return over.ledger?.claim ? over.ledger.claim(key, claim) : { kind: 'acquired' }
      },
    },
  })
  const outcome = await createBot(replying(content), setting.ports, { bot: BOT }).handleTweet(tweet())
  return { outcome, uploads, posts, intents, log: setting.log }
}

describe('a reply with images', () => {
  test('is posted with all of them in their order, each with what its bytes are and its alt text', async () => {
    const images = [
      image('one'),
      image('two', jpegHead()),
      image('three', WEBP),
      { ...image('four'), type: 'image/png' } as const,
    ]
    const { outcome, uploads, posts } = await answer({ text: 'Four.', images })
    expect(outcome).toMatchObject({ kind: 'replied', text: 'Four.' })
    expect(uploads.map(({ type, alt }) => [type, alt])).toEqual([
      ['image/png', 'one'],
      ['image/jpeg', 'two'],
      ['image/webp', 'three'],
      ['image/png', 'four'],
    ])
    expect(posts).toEqual([{ text: 'Four.', mediaIds: ['9001', '9002', '9003', '9004'] }])
  })

  test('is on record before it is posted, with its media ids and when the first of them expires', async () => {
    const { intents } = await answer({ text: 'Two.', images: [image('one'), image('two')] })
    expect(intents).toEqual([
      { tweetId: '5001', text: 'Two.', authorId: '100', mediaIds: ['9001', '9002'], mediaExpireAt: NOW + DAY - 2 },
    ])
  })

  test('is recorded without media ids if it has no images', async () => {
    for (const content of ['Hello.', { text: 'Hello.' }, { text: 'Hello.', images: [] }]) {
      const { intents, posts, uploads } = await answer(content)
      expect(intents).toEqual([{ tweetId: '5001', text: 'Hello.', authorId: '100' }])
      expect([posts, uploads]).toEqual([[{ text: 'Hello.', mediaIds: undefined }], []])
    }
  })

  test('that X calls a duplicate goes out in other words with the same images, uploaded once', async () => {
    const { posts, uploads } = await answer(CHART, {
      social: { reply: async (_, text) => (text === CHART.text ? { kind: 'duplicate', detail: '' } : posted) },
    })
    expect(posts.map(({ mediaIds }) => mediaIds)).toEqual([['9001'], ['9001']])
    expect(new Set(posts.map(({ text }) => text)).size).toBe(2)
    expect(uploads).toHaveLength(1)
  })
})

describe('images that X would refuse', () => {
  const wide = Uint8Array.of(...PNG, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x20, 0x01, 0, 0, 0, 4)
  const flat = Uint8Array.of(...PNG, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x20, 0, 0, 0, 0, 3)
  const heavy = new Uint8Array(5 * 1024 * 1024 + 1)
  heavy.set(PNG)
  const bytes = new TextEncoder().encode('<svg/>')

  test.each<[string, readonly ReplyImage[], RegExp]>([
    ['no alt text', [image(' ')], /Image 1: The image has no alt text/],
    ['no alt text at all', [{ bytes: PNG } as ReplyImage], /Image 1: The image has no alt text/],
    ['too long an alt text', [image('one'), image('x'.repeat(1001))], /Image 2: The alt text has 1001/],
    ['other bytes', [image('one', bytes)], /Image 1: It is not a JPEG, PNG or WebP/],
    ['no bytes', [image('one', new Uint8Array())], /Image 1: It is not a JPEG, PNG or WebP/],
    [
      'another type than was meant',
      [{ ...image('one'), type: 'image/jpeg' }],
      /Image 1: It is image\/png, not image\/jpeg/,
    ],
    ['too many bytes', [image('one', heavy)], /Image 1: It has 5242881 bytes/],
    ['too many pixels', [image('one', wide)], /Image 1: It is 8193 by 4 pixels/],
    ['too few pixels', [image('one', flat)], /Image 1: It is 8192 by 3 pixels/],
    ['a fifth', Array(6).fill(image('one')), /Image 5: A reply has at most 4 images, not 6/],
  ])('for %s are refused before anything is asked of anybody', async (_, images, message) => {
    const { ports, log } = fixture()
    const handled = createBot(replying({ text: 'Hello.', images }), ports, { bot: BOT }).handleTweet(tweet())
    await expect(handled).rejects.toMatchObject({ code: 'REPLY_CONTENT', message: expect.stringMatching(message) })
    expect(log).toEqual([])
  })

  test('are not those at the very limits', async () => {
    const most = new Uint8Array(5 * 1024 * 1024)
    most.set([...PNG, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x20, 0, 0, 0, 0, 4])
    const images = [image('x'.repeat(1000), most), image('2'), image('3'), image('4')]
    expect((await answer({ text: 'Hello.', images })).uploads).toHaveLength(4)
  })

  test('are named together with what is wrong with the text', async () => {
    const { ports } = fixture()
    const bot = replying({ text: 'So #nice', images: [image('one'), image('', bytes)] })
    await expect(createBot(bot, ports, { bot: BOT }).handleTweet(tweet())).rejects.toMatchObject({
      faults: [{ kind: 'hashtag' }, { kind: 'image', image: 2 }, { kind: 'image', image: 2 }],
    })
  })
})

describe('an upload', () => {
  test.each<[string, Overrides]>([
    ['there is no money', { budget: { reserve: async () => noRoom('day', 'day:x') } }],
    ['posting is stopped', { killSwitch: { state: async () => stoppedFor('a pause') } }],
    ['X has to be waited for', { killSwitch: { state: async () => ({ waits: { post: NOW + 1 }, strikes: [] }) } }],
    ['X takes no uploads now', { killSwitch: { state: async () => ({ waits: { upload: NOW + 1 }, strikes: [] }) } }],
    [
      'somebody else is at it',
      {
        ledger: {
          find: async () => ({ kind: 'claimed', intent: { tweetId: '5001', text: '' }, until: NOW + 1, tries: 1 }),
          claim: async () => ({ kind: 'held', until: NOW + 1 }),
        },
      },
    ],
  ])('is not made where %s', async (_, over) => {
    const { uploads, posts, outcome } = await answer(CHART, over)
    expect([uploads, posts]).toEqual([[], []])
    expect(outcome.kind).not.toBe('replied')
  })

  test('is not made where another run learns meanwhile that X takes no posts', async () => {
    const states: KillSwitchState[] = [{ waits: {}, strikes: [] }]
    const state = async () => states.shift() ?? { waits: { post: NOW + 1 }, strikes: [] }
    const { outcome, uploads } = await answer(CHART, { killSwitch: { state } })
    expect(outcome).toMatchObject({ kind: 'deferred', reason: 'rate-limited' })
    expect(uploads).toEqual([])
  })

  test('comes before the claim, so that a death after it leaves no doubt', async () => {
    const order: string[] = []
    await answer(CHART, {
      social: {
        uploadImage: async () => {
          order.push('upload')
          return { kind: 'uploaded', mediaId: '1', expiresAt: NOW + DAY }
        },
      },
      ledger: {
        claim: async () => {
          order.push('claim')
          return { kind: 'acquired' }
        },
      },
    })
    expect(order).toEqual(['upload', 'claim'])
  })

  test('that X refuses ends the tweet with what X said, without a claim or a post', async () => {
    const detail = 'X failed to process the image.'
    const { outcome, intents, posts, log } = await answer(CHART, {
      social: { uploadImage: async () => ({ kind: 'refused', reason: 'processing-failed', detail }) },
    })
    expect(outcome).toEqual({ kind: 'refused', reason: 'media-invalid', detail })
    expect([intents, posts]).toEqual([[], []])
    expect(log).toContain('ledger.settle')
  })

  test('that X refuses does not end the tweet while another worker holds the claim', async () => {
    let isPosting = false
    const { outcome, log } = await answer(CHART, {
      social: {
        uploadImage: async () => {
          isPosting = true
          return { kind: 'refused', reason: 'processing-failed', detail: '' }
        },
      },
      ledger: {
        find: async (): Promise<LedgerEntry | undefined> =>
          isPosting ? { kind: 'claimed', intent: { tweetId: '5001', text: '' }, until: NOW + 9, tries: 1 } : undefined,
      },
    })
    expect(outcome).toEqual({
      kind: 'deferred',
      reason: 'busy',
      until: NOW + 9,
      detail: 'Another worker holds the claim on this reply.',
    })
    expect(log).not.toContain('ledger.settle')
  })

  test('that X defers defers the reply, and every upload until the time that X named', async () => {
    const waits: unknown[] = []
    const later = { kind: 'deferred', reason: 'rate-limited', until: NOW + 60_000, detail: '429' } as const
    const { outcome, posts, log } = await answer(CHART, {
      social: { uploadImage: async () => later },
      killSwitch: { wait: async (...wait) => void waits.push(wait) },
    })
    expect(outcome).toMatchObject({ kind: 'deferred', reason: 'rate-limited' })
    expect(waits).toEqual([['upload', NOW + 60_000]])
    expect(posts).toEqual([])
    expect(log).not.toContain('ledger.settle')
  })

  test('that finds the account locked stops the bot, and no other image is uploaded', async () => {
    const { outcome, uploads, log } = await answer(
      { text: 'Two.', images: [image('one'), image('two')] },
      { social: { uploadImage: async (): Promise<UploadResult> => ({ kind: 'locked', code: 326, detail: '' }) } },
    )
    expect(outcome).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect(uploads).toHaveLength(1)
    expect(log.some((entry) => entry.startsWith('killSwitch.trip'))).toBe(true)
  })

  test('that throws leaves the tweet for another try, with nothing on record', async () => {
    const fails = answer(CHART, { social: { uploadImage: () => Promise.reject(new Error('no network')) } })
    await expect(fails).rejects.toThrow('no network')
  })

  test('that takes too long leaves the post to another run', async () => {
    let time: number = NOW
    const { ports, log } = fixture({
      social: {
        uploadImage: async () => {
          time += TIMES.functionTimeout - TIMES.postTimeout + 1
          return { kind: 'uploaded', mediaId: '1', expiresAt: NOW + DAY }
        },
      },
    })
    const bot = createBot(
      replying({ text: 'Two.', images: [image('one'), image('two')] }),
      { ...ports, now: () => time },
      { bot: BOT },
    )
    expect(await bot.handleTweet(tweet())).toMatchObject({ kind: 'deferred', reason: 'busy' })
    expect(log.filter((entry) => /claim|reply/.test(entry))).toEqual([])
  })
})

describe('a reply with images that may have been posted', () => {
  /** Told again when it was put off to. */
  async function live(answers: readonly PostResult[], expiresAt: number) {
    const setting = models()
    const posts: (readonly string[] | undefined)[] = []
    let uploads = 0
    const ports: BotPorts = {
      ...setting.ports,
      social: {
        ...setting.ports.social,
        uploadImage: async () => ({ kind: 'uploaded', mediaId: `${9000 + uploads++}`, expiresAt }),
        async reply(_id, _text, mediaIds) {
          posts.push(mediaIds)
          return answers[posts.length - 1] ?? posted
        },
      },
    }
    const bot = createBot(replying(CHART), ports, { bot: BOT })
    for (let tries = 0; tries < 20; tries++) {
      const outcome = await bot.handleTweet(tweet())
      if (outcome.kind !== 'deferred') return { outcome, posts, uploads, sum: setting.sum }
      setting.clock.now = outcome.until
    }
    throw new Error('no end')
  }
  const ambiguous = { kind: 'ambiguous', detail: 'the line was cut' } as const
  const refused = { kind: 'refused', reason: 'media-invalid', detail: 'Your media IDs are invalid.' } as const

  test('is posted once more with the same images, and none is uploaded again', async () => {
    const { outcome, posts, uploads } = await live([ambiguous], NOW + DAY)
    expect(outcome).toMatchObject({ kind: 'replied', text: CHART.text })
    expect([posts, uploads]).toEqual([[['9000'], ['9000']], 1])
  })

  test('is not posted again once its images have expired: somebody should look', async () => {
    const { outcome, posts, uploads } = await live([ambiguous], NOW + TIMES.lease)
    expect(outcome).toMatchObject({ kind: 'unresolved', detail: expect.stringMatching(/images have expired/) })
    expect([posts, uploads]).toEqual([[['9000']], 1])
  })

  test('is not posted again where its images could expire on the way', async () => {
    const almost = NOW + TIMES.lease + TIMES.functionTimeout
    expect((await live([ambiguous], almost - 1)).posts).toHaveLength(1)
    expect((await live([ambiguous], almost)).posts).toHaveLength(2)
  })

  test('and whose images X does not take a second time is looked for, and is no refusal', async () => {
    const { outcome, posts } = await live([ambiguous, refused], NOW + DAY)
    expect(outcome).toMatchObject({ kind: 'unresolved' })
    expect(posts).toHaveLength(2)
  })

  test('is refused where X says the second time that it takes no reply to this tweet', async () => {
    const gone = { kind: 'refused', reason: 'tweet-gone', detail: 'deleted' } as const
    const { outcome, posts } = await live([ambiguous, gone], NOW + DAY)
    expect(outcome).toEqual(gone)
    expect(posts).toHaveLength(2)
  })

  test('is refused where X did not know its images the first time', async () => {
    const { outcome, posts } = await live([refused], NOW + DAY)
    expect(outcome).toEqual(refused)
    expect(posts).toHaveLength(1)
  })

  test('without images goes out again as another worker recorded it, and not with the images of this run', async () => {
    const intent = { tweetId: '5001', text: 'No chart.', authorId: '100' }
    const claims: ClaimResult[] = [
      { kind: 'expired', intent, since: NOW - TIMES.lease, tries: 1 },
      { kind: 'acquired' },
    ]
    const { posts, uploads } = await answer(CHART, { ledger: { claim: async () => claims.shift() as ClaimResult } })
    expect(uploads).toHaveLength(1)
    expect(posts).toEqual([{ text: 'No chart.', mediaIds: undefined }])
  })
})

describe('a link', () => {
  const { reply, replyWithLink, ownedRead } = selfServe2026.prices
  const linkCost = replyWithLink + ownedRead
  const allow = { links: true }
  const limits = { perAuthorPerDay: linkCost }

  test('is reserved and billed at its own price', async () => {
    const setting = models()
    const bot = defineBot({ allow, limits }).on('tweet', (ctx) => ctx.reply('See example.com'))
    const outcome = await createBot(bot, setting.ports, { bot: BOT }).handleTweet(tweet())
    expect(outcome.kind).toBe('replied')
    expect([setting.sum('day:'), setting.sum('author:')]).toEqual([linkCost, linkCost])
  })

  test('is not begun where there is no money for it, and a reply without one is', async () => {
    const setting = models()
    const say = (text: string) => defineBot({ allow, limits }).on('tweet', (ctx) => ctx.reply(text))
    const [plain, linked] = [say('A dog.'), say('See example.com')].map((bot) =>
      createBot(bot, setting.ports, { bot: BOT }),
    )
    await plain?.handleTweet(tweet())
    expect(setting.sum('author:')).toBe(reply + ownedRead)
    const other = tweet({ id: '5002', firstId: '5002', createdAt: NOW - TIMES.lookAgainAfter - 1 })
    expect(await linked?.handleTweet(other)).toMatchObject({ kind: 'ignored', reason: 'over-budget' })
    expect(setting.sum('author:')).toBe(reply + ownedRead)
  })

  test('in a later variant alone is reserved before it is posted', async () => {
    const setting = models()
    const reserved: number[] = []
    const { budget, social } = setting.ports
    const ports: BotPorts = {
      ...setting.ports,
      budget: {
        ...budget,
        async reserve(charges, now) {
          reserved.push(...charges.filter(({ kind }) => kind === 'day').map(({ amount }) => amount))
          return budget.reserve(charges, now)
        },
      },
      social: {
        ...social,
        reply: async (id, text) => (text === 'A dog.' ? { kind: 'duplicate', detail: '' } : social.reply(id, text)),
      },
    }
    const bot = defineBot({ allow, limits }).on('tweet', (ctx) =>
      ctx.reply((nth) => (nth === 0 ? 'A dog.' : 'See example.com')),
    )
    expect(await createBot(bot, ports, { bot: BOT }).handleTweet(tweet())).toMatchObject({ kind: 'replied' })
    expect(reserved).toEqual([reply + ownedRead, linkCost])
    expect(setting.sum('day:')).toBe(linkCost)
  })

  test('that another worker has reserved and posted stays paid for, whatever the words of this run', async () => {
    const setting = models()
    const { budget, ledger, social } = setting.ports
    const intent = { tweetId: '5001', text: 'See example.com', authorId: '100' }
    const other = { owner: 'other', intent, now: NOW - 60_000, until: NOW }
    const ports: BotPorts = {
      ...setting.ports,
      ledger: {
        ...ledger,
        async claim(key, claim) {
          await ledger.claim(key, other)
          return ledger.claim(key, claim)
        },
      },
      budget: {
        ...budget,
        async reserve(charges, now) {
          await budget.reserve(
            charges.map((charge) => ({ ...charge, amount: charge.kind === 'day' ? linkCost : charge.amount })),
            now,
          )
          return budget.reserve(charges, now)
        },
      },
      social: { ...social, findOwnReply: async () => ({ kind: 'found', id: '7001' }) },
    }
    const bot = defineBot({ allow, limits }).on('tweet', (ctx) => ctx.reply('A dog.'))
    expect(await createBot(bot, ports, { bot: BOT }).handleTweet(tweet())).toMatchObject({ kind: 'replied' })
    expect(setting.sum('day:')).toBe(linkCost)
  })

  test.each([
    ['perDay', { perDay: linkCost - 1, perAuthorPerDay: linkCost }],
    ['perAuthorPerDay', { perAuthorPerDay: linkCost - 1 }],
    ['perAuthorPerDay', {}],
  ])('that is allowed and cannot be paid for is found out at the start: %s', (name, limits) => {
    const { ports } = fixture()
    const make = (links: boolean) => () => createBot(defineBot({ allow: { links } }), ports, { bot: BOT, limits })
    expect(make(true)).toThrow(new RegExp(`limits\\.${name} .* costs ${linkCost} micro-dollars`))
    expect(make(true)).toThrow(`\`defineBot({ allow: { links: true }, limits: { ${name}: ${3 * linkCost} } })\``)
    expect(make(true)).toThrow(expect.objectContaining({ code: 'DEFINITION' }))
    expect(make(false)).not.toThrow()
  })
})

test('the words of photo replies have no images', async () => {
  const { ports } = fixture({ social: { reply: async (_, __, mediaIds) => ({ kind: 'posted', id: `${mediaIds}` }) } })
  expect(await photoBot(ports, { bot: BOT }).handleTweet(tweet())).toMatchObject({ replyId: 'undefined' })
})
