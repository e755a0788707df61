import { createRequire } from 'node:module'
import { BOT, NOW, photo, tweet } from '@hexbird/testkit/bot-fixture'
import { runs } from '@hexbird/testkit/runs'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ImageUpload, PostResult, UploadResult } from '../../src/adapter/index.js'
import { TIMES } from '../../src/host/index.js'
import type {
  Context,
  Definition,
  DefinitionOptions,
  Filter,
  Next,
  Outcome,
  ReplyImage,
  Tweet,
} from '../../src/index.js'
import { createBot, defaultLimits, defineBot, fit, job } from '../../src/index.js'
import { Crash, killed, models } from '../use-cases/models.js'

/** X's own library says what a text weighs, and what in it is an entity. */
const { extractEntitiesWithIndices, parseTweet } = createRequire(import.meta.url)('twitter-text') as {
  extractEntitiesWithIndices(text: string): object[]
  parseTweet(text: string): { valid: boolean }
}

/** What a handler does, in one word, and the words that it would say. */
type Act = { readonly does: (typeof ACTS)[number]; readonly words: string }

const ACTS = [
  'reply',
  'fit',
  'exact',
  'variants',
  'images',
  'too many images',
  'no alt text',
  'no image',
  'twice',
  'reply and throw',
  'throw',
  'throw at first',
  'defer',
  'defer and throw',
  'defer with images',
  'skip',
  'nothing',
  'next',
  'next and reply',
  'reply and next',
] as const

/** A program of handlers: each for some tweets, each doing one thing. */
type Program = readonly { readonly on: Filter | 'use' | 'command'; readonly act: Act }[]

const words = fc.oneof(
  fc.constantFrom(
    'Hello.',
    'A dog!',
    '@alice',
    'https://x.com/a',
    '#dog',
    '$TSLA',
    'x.com',
    '',
    ' ',
    '\ud800',
    '犬'.repeat(150),
  ),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
)
const act = fc.record({ does: fc.constantFrom(...ACTS), words })
const program: fc.Arbitrary<Program> = fc.array(
  fc.record({ on: fc.constantFrom('use', 'command', 'tweet', 'tweet:photo', 'tweet:text'), act }),
  { maxLength: 6 },
)
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const image = { bytes: PNG, alt: 'A chart' }
/** So begins what is said with two images, and nothing else. */
const CHART = 'Chart'

const deaths = fc.array(fc.tuple(fc.nat(30), fc.boolean()), { maxLength: 3 })
const told: fc.Arbitrary<Partial<Tweet>> = fc.constantFrom(
  {},
  { text: '@hexbird roll' },
  { photos: [photo('a')], media: 'present' },
  { media: 'unknown' },
  { inReplyToId: '4000', inReplyToUserId: '101' },
)

const UPLOADS = ['uploaded', 'expires soon', 'refused', 'locked', 'unreachable', 'rate-limited', 'throws'] as const
const moods = fc.record({
  posts: fc.array(fc.nat(2), { maxLength: 3 }),
  uploads: fc.array(fc.constantFrom(...UPLOADS), { maxLength: 6 }),
})
type Moods = { posts: number[]; uploads: (typeof UPLOADS)[number][] }

function botOf(steps: Program, options: DefinitionOptions): Definition {
  const seen = new Set<string>()
  const later = job<Act>('later', (ctx, { does, words: said }) => {
    if (does === 'defer and throw' && !seen.has('later')) {
      seen.add('later')
      throw new Error('not yet')
    }
    return does === 'defer with images' ? replyWith(ctx, said, [image, image]) : ctx.reply(said)
  })
  const run =
    (at: number, { does, words: said }: Act) =>
    async (ctx: Context, next: Next) => {
      switch (does) {
        case 'reply':
          return ctx.reply(said)
        case 'fit':
          return ctx.reply(fit(said) || 'Hm.')
        case 'exact':
          return ctx.reply({ text: said, exact: true })
        case 'variants':
          return ctx.reply((variant) => `${said} ${variant}`)
        case 'images':
          return replyWith(ctx, said, [image, image])
        case 'too many images':
          return replyWith(ctx, said, Array(5).fill(image))
        case 'no alt text':
          return replyWith(ctx, said, [image, { ...image, alt: ' ' }])
        case 'no image':
          return replyWith(ctx, said, [image, { ...image, bytes: PNG.subarray(1) }])
        case 'twice':
          await ctx.reply(said)
          return ctx.reply('Once more.')
        case 'reply and throw':
          await ctx.reply(said)
          throw new Error('after the reply')
        case 'throw':
          throw new Error('always')
        case 'throw at first':
          if (!seen.has(`${at}`)) {
            seen.add(`${at}`)
            throw new Error('at first')
          }
          return ctx.reply(said)
        case 'defer':
        case 'defer and throw':
        case 'defer with images':
          return ctx.defer(later, { does, words: said })
        case 'skip':
          return ctx.skip(said)
        case 'nothing':
          return
        case 'next':
          return next()
        case 'next and reply':
          await next()
          return ctx.reply(said)
        case 'reply and next':
          await ctx.reply(said)
          return next()
      }
    }
  const bot = defineBot(options).job(later)
  for (const [at, { on, act: done }] of steps.entries()) {
    if (on === 'use') bot.use(run(at, done))
    else if (on === 'command') bot.command('roll', run(at, done))
    else bot.on(on, run(at, done))
  }
  return bot
}

const replyWith = (ctx: Context, said: string, images: readonly ReplyImage[]) =>
  ctx.reply({ text: fit(`${CHART} ${said}`), images })

/** X, that says "duplicate" to words that it has, does not always tell that it took a reply, and forgets images early. */
function moody(setting: ReturnType<typeof models>, moods: Moods) {
  const { social } = setting.ports
  return {
    ...setting.ports,
    social: {
      ...social,
      async reply(to: string, text: string, mediaIds?: readonly string[]): Promise<PostResult> {
        const mood = moods.posts.shift() ?? 0
        if (setting.x.replies.some((reply) => reply.text === text)) return { kind: 'duplicate', detail: 'seen' }
        if (mood === 1) return { kind: 'ambiguous', answered: true, detail: '503' }
        const posted = await social.reply(to, text, mediaIds)
        return mood === 2 ? { kind: 'ambiguous', detail: 'the line was cut' } : posted
      },
      async uploadImage(upload: ImageUpload): Promise<UploadResult> {
        const mood = moods.uploads.shift() ?? 'uploaded'
        const uploaded = await social.uploadImage(upload)
        if (mood === 'throws') throw new Error('no network')
        if (mood === 'refused') return { kind: 'refused', reason: 'processing-failed', detail: '' }
        if (mood === 'locked') return { kind: 'locked', code: 326, detail: '' }
        if (mood === 'unreachable') return { kind: 'deferred', reason: 'unreachable', detail: '' }
        if (mood === 'rate-limited')
          return { kind: 'deferred', reason: mood, until: setting.clock.now + 900_000, detail: '' }
        if (mood === 'uploaded' || uploaded.kind !== 'uploaded') return uploaded
        const expiresAt = setting.clock.now + 60_000
        setting.x.images.set(uploaded.mediaId, expiresAt)
        return { ...uploaded, expiresAt }
      },
    },
  }
}

/** Told again and again, as a queue does, until it ends or is given up. */
async function live(
  definition: Definition,
  setting: ReturnType<typeof models>,
  event: Tweet,
  ends: readonly (readonly [number, boolean])[],
  moods: Moods,
) {
  const ports = moody(setting, moods)
  let [failed, key]: [number, string | undefined] = [0, undefined]
  for (let tries = 0; tries < 60 && failed < 5; tries++) {
    const [at, after] = ends[tries] ?? [Number.POSITIVE_INFINITY, false]
    const bot = createBot(definition, killed(ports, at, after), { bot: BOT })
    try {
      const outcome: Outcome = key === undefined ? await bot.handleTweet(event) : await bot.runJob(key)
      if (outcome.kind === 'job-stored') key = outcome.jobKey
      else if (outcome.kind !== 'deferred') return outcome
      setting.clock.now = Math.max(setting.clock.now + 1, outcome.kind === 'deferred' ? outcome.until : 0)
    } catch (error) {
      if (!(error instanceof Crash)) failed += 1
      setting.clock.now += TIMES.visibility
    }
  }
  return 'given up'
}

test('no program of handlers replies twice or without its images, says what X would refuse or make a link of, or spends more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(program, told, deaths, moods, fc.boolean(), async (steps, over, ends, mood, links) => {
      const setting = models()
      setting.x.tweets.set('4000', tweet({ id: '4000', firstId: '4000', photos: [photo('b')], media: 'present' }))
      const limits = { perAuthorPerDay: links ? 210_000 : defaultLimits.perAuthorPerDay }
      const definition = botOf(steps, { allow: { links }, limits })
      const event = tweet(over)
      const outcome = await live(definition, setting, event, ends, {
        posts: [...mood.posts],
        uploads: [...mood.uploads],
      })
      const { replies, billed } = setting.x
      expect(replies.length).toBeLessThanOrEqual(1)
      for (const { text, mediaIds } of replies) {
        expect(parseTweet(text).valid).toBe(true)
        expect(extractEntitiesWithIndices(text).filter((entity) => !links || !('url' in entity))).toEqual([])
        expect(mediaIds).toHaveLength(text.startsWith(CHART) ? 2 : 0)
      }
      expect(setting.sum('day:')).toBeGreaterThanOrEqual(billed())
      expect(setting.sum('author:')).toBeLessThanOrEqual(limits.perAuthorPerDay)
      // What is told again after its end changes nothing.
      if (outcome === 'given up') return
      setting.clock.now = NOW + TIMES.lookAgainAfter
      const calls = replies.length
      await live(definition, setting, event, [], { posts: [], uploads: [] })
      if (calls > 0) expect(setting.x.replies).toHaveLength(calls)
      expect(setting.x.replies.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: runs() },
  )
})
