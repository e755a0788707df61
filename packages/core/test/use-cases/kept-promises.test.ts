import { BOT, NOW, noRoom, photo, photoBot, tweet, within } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { MentionsResult, PostResult } from '../../src/adapter/index.js'
import { idOfTime } from '../../src/domain/tweet.js'
import { forget, sweep, TIMES } from '../../src/host/index.js'
import type { Tweet } from '../../src/index.js'
import { defaultLimits, selfServe2026 } from '../../src/index.js'
import { killed, models } from './models.js'

type Models = ReturnType<typeof models>
const BOUNDS = { bot: { id: '900' }, limits: defaultLimits, platform: selfServe2026 }
const bot = ({ ports }: Models, over: Partial<Models['ports']> = {}) => photoBot({ ...ports, ...over }, { bot: BOT })
const PHOTOS = tweet({ photos: [photo('a')], media: 'present' })
const KEY = 'jobs/100/5001.json'
const numbered = (id: number, over: Partial<Tweet> = {}) =>
  tweet({ id: `${id}`, firstId: `${id}`, author: { id: `${id}` }, conversationId: `${id}`, ...over })
/** X gives these answers in turn, the last to every reply after; `undefined` takes the reply. */
function answering(setting: Models, ...answers: readonly (PostResult | undefined)[]) {
  const posts: string[] = []
  const social = {
    ...setting.ports.social,
    async reply(id: string, text: string) {
      posts.push(id)
      return answers[Math.min(posts.length, answers.length) - 1] ?? setting.ports.social.reply(id, text)
    },
  }
  return { posts, social }
}

describe('money that a crash reserved', () => {
  test('is taken over by the next sweep, however many sweeps were killed', async () => {
    const setting = models()
    setting.x.listed.push(tweet({ id: idOfTime(NOW - 60_000) }))
    for (let death = 0; death < 30; death++) {
      const { ports } = setting
      await expect(sweep(killed(ports, 3, false), BOUNDS)).rejects.toThrow()
    }
    expect(await sweep(setting.ports, BOUNDS)).toMatchObject({ kind: 'swept', found: 1 })
  })

  test('is taken over by the retry of the same tweet, so that a crash loop does not use up its author', async () => {
    const setting = models()
    for (let death = 0; death < 50; death++) {
      await expect(photoBot(killed(setting.ports, 10, false), { bot: BOT }).handleTweet(tweet())).rejects.toThrow()
      setting.rows.clear()
    }
    expect(await bot(setting).handleTweet(tweet())).toMatchObject({ kind: 'replied' })
    const { reply, ownedRead } = selfServe2026.prices
    expect(setting.sum('author:100')).toBe(reply + ownedRead)
  })

  test('is not lost to a sweep that is refused: it says over-budget, so that the operator hears of it', async () => {
    const setting = models()
    const limits = { ...defaultLimits, sweepPerDay: 1 }
    expect(await sweep(setting.ports, { ...BOUNDS, limits })).toMatchObject({
      kind: 'over-budget',
      detail: expect.stringContaining('sweep:2026-11-22'),
    })
  })

  test('for a look-up stays charged where another run finds the reply in doubt and posts it', async () => {
    const setting = models()
    const { social } = answering(setting, { kind: 'ambiguous', detail: 'cut' }, undefined)
    const old = tweet({ createdAt: NOW - TIMES.lookAgainAfter - 1 })
    expect(await bot(setting, { social }).handleTweet(old)).toMatchObject({ until: NOW + TIMES.lease })
    setting.clock.now += TIMES.lease
    expect(await bot(setting, { social }).handleTweet(old)).toMatchObject({ kind: 'replied' })
    const { reply, ownedRead, tweetRead } = selfServe2026.prices
    const cost = reply + ownedRead + tweetRead
    expect([setting.x.billed(), setting.sum('day:'), setting.sum('author:')]).toEqual([cost, cost, cost])
  })

  test('of a conversation is given back where the author has none', async () => {
    const setting = models()
    for (let asked = 0; asked < 12; asked++) {
      const poor = photoBot(setting.ports, { bot: BOT, limits: { perAuthorPerDay: 5_000 } })
      const event = numbered(5100 + asked, { conversationId: '5001', author: { id: '100' }, inReplyToId: '5001' })
      await poor.handleTweet({ ...event, photos: [photo('a')], media: 'present' })
      await poor.handleTweet({ ...event, inReplyToId: '5001' })
    }
    expect(setting.sum('conversation:')).toBe(0)
  })
})

describe('what X lists again and again', () => {
  const listing = (setting: Models, found: MentionsResult) => ({
    ...setting.ports,
    mentions: { since: async () => found },
  })

  test('after midnight is paid for once more that day, and not with each sweep', async () => {
    const setting = models()
    setting.clock.now = Date.parse('2026-11-22T23:59:00Z')
    for (let second = 0; second < 20; second++)
      setting.x.listed.push(tweet({ id: idOfTime(setting.clock.now - second * 1_000) }))
    await sweep(setting.ports, BOUNDS)
    setting.clock.now += 5 * 60_000
    for (let sweeps = 0; sweeps < 60; sweeps++) {
      expect(await sweep(setting.ports, BOUNDS)).toMatchObject({ kind: 'swept', found: 0 })
      setting.clock.now += 60_000
    }
    expect(setting.sum('sweep:2026-11-23')).toBe(20 * selfServe2026.prices.ownedRead)
  })

  test('and cannot be read is paid for once, and not with each sweep', async () => {
    const setting = models()
    for (let sweeps = 0; sweeps < 60; sweeps++) {
      await sweep(listing(setting, { kind: 'found', tweets: [], unreadable: 3 }), BOUNDS)
      setting.clock.now += 60_000
    }
    expect(setting.sum('sweep:')).toBe(3 * selfServe2026.prices.ownedRead)
  })
})

describe('one mention that is late or cannot be read', () => {
  const [first, late, last] = [1, 2, 3].map((second) => tweet({ id: idOfTime(NOW - 60_000 + second * 1_000) }))
  const ids = ({ inbox }: Models) => inbox.map((event) => (event.kind === 'tweet' ? event.tweet.id : event.kind))

  test('is found by a later sweep although newer ones were there before it', async () => {
    const setting = models()
    setting.x.listed.push(first as Tweet, last as Tweet)
    await sweep(setting.ports, BOUNDS)
    setting.x.listed.push(late as Tweet)
    expect(await sweep(setting.ports, BOUNDS)).toMatchObject({ found: 1 })
    expect(ids(setting)).toEqual([first?.id, last?.id, late?.id])
    expect(await sweep(setting.ports, BOUNDS)).toMatchObject({ found: 0 })
    expect(setting.sum('sweep:')).toBe(3 * selfServe2026.prices.ownedRead)
  })

  test('is found when it can be read at last', async () => {
    const setting = models()
    setting.x.listed.push(last as Tweet)
    const unreadable = async () => ({ kind: 'found', tweets: [last as Tweet], unreadable: 1 }) as const
    await sweep({ ...setting.ports, mentions: { since: unreadable } }, BOUNDS)
    setting.x.listed.push(late as Tweet)
    await sweep(setting.ports, BOUNDS)
    expect(ids(setting)).toContain(late?.id)
  })
})

describe('the first to ask in a conversation, who got no reply,', () => {
  const first = numbered(5101, { conversationId: '5000' })
  const second = numbered(5102, { conversationId: '5000' })
  const refusal: PostResult = { kind: 'refused', reason: 'tweet-gone', detail: 'deleted' }

  test('leaves the conversation to the next where X refused', async () => {
    const setting = models()
    await bot(setting, { social: answering(setting, refusal).social }).handleTweet(first)
    expect(await bot(setting).handleTweet(second)).toMatchObject({ kind: 'replied' })
    expect(await bot(setting).handleTweet(numbered(5103, { conversationId: '5000' }))).toMatchObject({
      reason: 'follow-up',
    })
  })

  test('leaves the conversation to the next where the money was used up', async () => {
    const setting = models()
    await photoBot(setting.ports, { bot: BOT, limits: { perDay: 1 } }).handleTweet(first)
    expect(await bot(setting).handleTweet(second)).toMatchObject({ kind: 'replied' })
  })

  test('leaves the conversation to the next where the day of the first went by', async () => {
    const setting = models()
    const id = idOfTime(NOW)
    const asked = tweet({ id, firstId: id, conversationId: '5000', createdAt: NOW })
    const later: PostResult = { kind: 'deferred', reason: 'no-credits', detail: 'pay first' }
    await bot(setting, { social: answering(setting, later).social }).handleTweet(asked)
    setting.clock.now += TIMES.tooOld + 1
    expect(await bot(setting).handleTweet(asked)).toMatchObject({ reason: 'too-old' })
    expect(await bot(setting).handleTweet({ ...second, createdAt: setting.clock.now })).toMatchObject({
      kind: 'replied',
    })
  })

  test('leaves a key no longer than any other, however many come after', async () => {
    const setting = models()
    const { social } = answering(setting, refusal)
    for (let id = 5101; id < 5121; id++)
      await bot(setting, { social }).handleTweet(numbered(id, { conversationId: '5000' }))
    for (const name of setting.rows.keys()) expect(name.length).toBeLessThan(80)
  })
})

describe('a job that waits', () => {
  const noCredits: PostResult = { kind: 'deferred', reason: 'no-credits', detail: 'pay first' }
  async function waiting(event = PHOTOS) {
    const setting = models()
    setting.x.tweets.set('5001', PHOTOS)
    await bot(setting).handleTweet(event)
    await bot(setting, { social: answering(setting, noCredits).social }).runJob(KEY)
    return setting
  }

  test('is answered although a redelivery of its tweet found no money', async () => {
    const setting = await waiting()
    const budget = { ...setting.ports.budget, reserve: async () => noRoom('author', 'author:100:2026-11-22') }
    expect(await bot(setting, { budget }).handleTweet(PHOTOS)).toMatchObject({ reason: 'over-budget' })
    expect(await bot(setting).runJob(KEY)).toMatchObject({ kind: 'replied', labels: ['Dog'] })
    expect(setting.sum('author:')).toBe(setting.x.billed())
  })

  test('is answered, and counted, although the look-up of another dialect says once that the tweet is gone', async () => {
    const setting = await waiting()
    const social = { ...setting.ports.social, tweet: async () => ({ kind: 'gone', detail: 'deleted' }) as const }
    expect(await bot(setting, { social }).handleTweet({ ...PHOTOS, media: 'unknown' })).toMatchObject({
      reason: 'tweet-gone',
    })
    expect(await bot(setting).runJob(KEY)).toMatchObject({ kind: 'replied', labels: ['Dog'] })
    expect(setting.sum('author:')).toBeGreaterThanOrEqual(setting.x.billed())
  })

  test('buys its labels once where two messages for it run at once', async () => {
    const setting = models()
    await bot(setting).handleTweet(PHOTOS)
    const bought: string[] = []
    const labeler: Models['ports']['labeler'] = {
      async label(key) {
        bought.push(key)
        await new Promise((resolve) => setImmediate(resolve))
        return { kind: 'labels', labels: [] }
      },
    }
    const both = [0, 1].map(() => bot(setting, { labeler }).runJob(KEY))
    expect((await Promise.all(both)).map(({ kind }) => kind).sort()).toEqual(['deferred', 'replied'])
    expect(bought).toHaveLength(1)
  })

  test('is answered with the labels of the photos that an edit has, not of those before', async () => {
    const setting = await waiting()
    const edit = { ...PHOTOS, id: '5002', photos: [photo('b')] }
    await bot(setting).handleTweet(edit)
    const labeler: Models['ports']['labeler'] = {
      label: async (key) => ({
        kind: 'labels',
        labels: [{ name: key.includes('5002') ? 'Cat' : 'Dog', confidence: 99, parents: [] }],
      }),
    }
    expect(await bot(setting, { labeler }).runJob(KEY)).toMatchObject({ kind: 'replied', labels: ['Cat'] })
    expect(setting.blobs.size).toBe(0)
  })
})

describe('photos without a job', () => {
  const gone = { fetch: async () => ({ kind: 'unreadable', reason: 'gone', detail: '404' }) as const }
  async function orphaned(event: Tweet) {
    const setting = models()
    setting.x.tweets.set('4000', tweet({ id: '4000', firstId: '4000', photos: [photo('theirs')], media: 'present' }))
    const blobs = {
      ...setting.ports.blobs,
      put: async (key: string, bytes: Uint8Array, type: string) => {
        if (key.startsWith('jobs/')) throw new Error('killed')
        return setting.ports.blobs.put(key, bytes, type)
      },
    }
    await expect(bot(setting, { blobs }).handleTweet(event)).rejects.toThrow('killed')
    expect(setting.blobs.size).toBeGreaterThan(0)
    return setting
  }
  const UNDER = tweet({ inReplyToId: '4000', inReplyToUserId: '101' })

  test('are removed where X has them no more and the retry is answered', async () => {
    const setting = await orphaned(PHOTOS)
    expect(await bot(setting, { media: gone }).handleTweet(PHOTOS)).toMatchObject({ kind: 'replied' })
    expect(setting.blobs.size).toBe(0)
  })

  test("are removed where they were somebody else's, whose tweet was deleted", async () => {
    const setting = await orphaned(UNDER)
    const social = { ...setting.ports.social, tweet: async () => ({ kind: 'gone', detail: '' }) as const }
    expect(await bot(setting, { social }).handleTweet(UNDER)).toMatchObject({ kind: 'replied' })
    expect(setting.blobs.size).toBe(0)
  })

  test('are removed where the tweet comes again when it is too old', async () => {
    const setting = await orphaned(PHOTOS)
    setting.clock.now += TIMES.tooOld
    expect(await bot(setting).handleTweet(PHOTOS)).toMatchObject({ reason: 'too-old' })
    expect(setting.blobs.size).toBe(0)
  })

  test('cannot land after their run has failed: all that was begun has ended before the throw', async () => {
    const setting = models()
    let [begun, ended] = [0, 0]
    const blobs = {
      ...setting.ports.blobs,
      put: async () => {
        begun += 1
        if (begun === 1) throw new Error('refused')
        await new Promise((resolve) => setImmediate(resolve))
        ended += 1
      },
    }
    const event = tweet({ photos: ['a', 'b', 'c'].map(photo), media: 'present' })
    await expect(bot(setting, { blobs }).handleTweet(event)).rejects.toThrow('refused')
    expect([begun, ended]).toEqual([3, 2])
  })
})

test('who is forgotten leaves no text of a post that is in doubt', async () => {
  const setting = models()
  const ambiguous: PostResult = { kind: 'ambiguous', detail: 'cut' }
  await bot(setting, { social: answering(setting, ambiguous).social }).handleTweet(tweet())
  const text = [...setting.rows.values()].flatMap((row) => (row.kind === 'claimed' ? [row.intent.text] : []))
  expect(text).toHaveLength(1)
  const accounts = {
    find: async () => undefined,
    put: async () => {},
    remove: async () => {},
    removeAll: async () => {},
  }
  await forget({ ...setting.ports, accounts, userActions: {} as never }, '100')
  expect(JSON.stringify([...setting.rows])).not.toContain(text[0] ?? '')
})

describe('what X says to wait', () => {
  test('holds for every tweet: after one 429 no other is posted before the time that it named', async () => {
    const setting = models()
    const until = NOW + 15 * 60_000
    const { posts, social } = answering(setting, { kind: 'deferred', reason: 'rate-limited', until, detail: '429' })
    for (let id = 5101; id < 5301; id++) {
      expect(await bot(setting, { social }).handleTweet(numbered(id))).toMatchObject({
        kind: 'deferred',
        until: within(until, 15_000),
      })
    }
    expect(posts).toHaveLength(1)
    setting.clock.now = until
    expect(await bot(setting).handleTweet(numbered(5101))).toMatchObject({ kind: 'replied' })
  })

  test('of one kind of call does not stop another', async () => {
    const setting = models()
    await setting.ports.killSwitch.wait('tweet', NOW + 60_000)
    expect(await bot(setting).handleTweet(numbered(5101, { media: 'unknown' }))).toMatchObject({ kind: 'deferred' })
    expect(await bot(setting).handleTweet(numbered(5102))).toMatchObject({ kind: 'replied' })
  })
})

describe('a store', () => {
  test('belongs to the bot that came first: another is refused with a message, and touches nothing', async () => {
    const setting = models()
    await bot(setting).handleTweet(PHOTOS)
    const other = photoBot(setting.ports, { bot: { id: '901', username: 'other' } })
    const before = [...setting.blobs.keys()]
    const refusal = { name: 'StoreError', code: 'STORE_OF_ANOTHER_BOT', message: expect.stringContaining('900') }
    const theirs = { ...PHOTOS, botId: '901' }
    await expect(other.handleTweet(theirs)).rejects.toMatchObject(refusal)
    await expect(other.handleEvent({ kind: 'tweet', tweet: theirs })).rejects.toMatchObject(refusal)
    await expect(other.runJob(KEY)).rejects.toMatchObject(refusal)
    expect([...setting.blobs.keys()]).toEqual(before)
  })

  test('that did not answer is asked again', async () => {
    const setting = models()
    let broken = true
    const claimStore = async (id: string) => (broken ? Promise.reject(new Error('down')) : id)
    const one = bot(setting, { killSwitch: { ...setting.ports.killSwitch, claimStore } })
    await expect(one.handleTweet(tweet())).rejects.toThrow('down')
    broken = false
    expect(await one.handleTweet(tweet())).toMatchObject({ kind: 'replied' })
  })
})

describe('a wish to be left alone', () => {
  test('that comes late does not undo a later wish to be answered', async () => {
    const setting = models()
    await setting.ports.optOuts.remove('100', NOW - 1_000)
    await bot(setting).handleTweet(tweet({ text: '@hexbird stop', createdAt: NOW - 13 * 86_400_000 }))
    const message = { kind: 'message', id: '1', botId: BOT.id, senderId: '100', text: 'stop' } as const
    await bot(setting).handleEvent({ ...message, at: NOW - 10 * 86_400_000 })
    await bot(setting).handleEvent({ ...message, id: idOfTime(NOW - 10 * 86_400_000) })
    expect(await bot(setting).handleTweet(tweet())).toMatchObject({ kind: 'replied' })
  })
})

test('quotes of the bot are one conversation with their author, and end after eight replies', async () => {
  const setting = models()
  const replied: string[] = []
  for (let id = 5101; id < 5131; id++) {
    const quote = numbered(id, {
      author: { id: '100' },
      quotedId: '1',
      quotedAuthorId: BOT.id,
      photos: [photo('a')],
      media: 'present',
    })
    await bot(setting).handleTweet(quote)
    replied.push((await bot(setting).runJob(`jobs/100/${id}.json`)).kind)
  }
  expect(replied.filter((kind) => kind === 'replied')).toHaveLength(8)
})

describe('with an X that takes nine seconds an answer', () => {
  test.each<[string, Partial<Tweet>]>([
    [
      "eleven minutes old, under somebody else's tweet",
      { createdAt: NOW - 11 * 60_000, inReplyToId: '4000', inReplyToUserId: '101' },
    ],
    [
      "that has to be looked up, under somebody else's tweet",
      { media: 'unknown', inReplyToId: '4000', inReplyToUserId: '101' },
    ],
    [
      "eleven minutes old that has to be looked up, under somebody else's tweet",
      { media: 'unknown', createdAt: NOW - 11 * 60_000, inReplyToId: '4000', inReplyToUserId: '101' },
    ],
  ])('a tweet %s is answered, each run within its time', async (_name, over) => {
    const setting = models()
    setting.x.tweets.set('5001', tweet({ ...over, media: 'absent' }))
    const slow =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A) => {
        setting.clock.now += 9_000
        return call(...args)
      }
    const { social } = setting.ports
    const slowly = {
      ...social,
      tweet: slow(social.tweet),
      reply: slow(social.reply),
      findOwnReply: slow(social.findOwnReply),
    }
    const kinds: string[] = []
    while (kinds.at(-1) !== 'replied' && kinds.length < 5) {
      const began = setting.clock.now
      const outcome = await bot(setting, { social: slowly }).handleTweet(tweet({ ...over }))
      kinds.push(outcome.kind)
      expect(setting.clock.now - began).toBeLessThanOrEqual(TIMES.functionTimeout)
      if (outcome.kind === 'deferred') setting.clock.now = outcome.until
    }
    expect(kinds.at(-1)).toBe('replied')
  })
})

describe('what lasts for seconds is over in seconds', () => {
  test('five replies that X answered with 503 each are there within half a minute', async () => {
    const setting = models()
    const broken: PostResult = { kind: 'ambiguous', answered: true, detail: '503' }
    const { social } = answering(setting, broken, broken, broken, broken, broken, undefined)
    const due = [5101, 5102, 5103, 5104, 5105].map((id) => ({ id, at: NOW }))
    while (due.length > 0) {
      due.sort((a, b) => a.at - b.at)
      const next = due.shift() as { id: number; at: number }
      setting.clock.now = Math.max(setting.clock.now, next.at)
      const outcome = await bot(setting, { social }).handleTweet(numbered(next.id, { createdAt: NOW }))
      if (outcome.kind === 'deferred') due.push({ id: next.id, at: outcome.until })
    }
    expect(setting.x.replies).toHaveLength(5)
    expect(setting.clock.now - NOW).toBeLessThan(30_000)
  })

  test('a network that is away for a moment is tried again within seconds, and the longer it lasts the less often', async () => {
    const setting = models()
    const { posts, social } = answering(setting, { kind: 'deferred', reason: 'unreachable', detail: 'no network' })
    const waits: number[] = []
    const fresh = tweet({ createdAt: NOW })
    while (setting.clock.now < NOW + 60 * 60_000) {
      const outcome = await bot(setting, { social }).handleTweet(fresh)
      if (outcome.kind !== 'deferred') throw new Error(outcome.kind)
      waits.push(outcome.until - setting.clock.now)
      setting.clock.now = outcome.until
    }
    expect(waits[0]).toBeLessThan(3_000)
    expect([...waits].sort((a, b) => a - b)).toEqual(waits)
    expect(posts.length).toBeLessThan(30)
  })

  test('tweets that X defers at once do not all come back at once', async () => {
    const setting = models()
    const { social } = answering(setting, { kind: 'deferred', reason: 'unreachable', detail: 'no network' })
    const untils = new Set<unknown>()
    for (let id = 5101; id < 5121; id++) {
      const outcome = await bot(setting, { social }).handleTweet(numbered(id))
      untils.add(outcome.kind === 'deferred' && outcome.until)
    }
    expect(untils.size).toBeGreaterThan(10)
  })
})

describe('a refusal without a reason', () => {
  const unexplained: PostResult = { kind: 'unexplained', detail: 'You are not permitted to perform this action.' }

  test('puts a tweet off, and it is answered when X takes replies again', async () => {
    const setting = models()
    const { social } = answering(setting, unexplained)
    const outcome = await bot(setting, { social }).handleTweet(tweet({ createdAt: NOW }))
    expect(outcome).toMatchObject({ kind: 'deferred', reason: 'unexplained', until: NOW + TIMES.retryAfter })
    setting.clock.now = NOW + TIMES.retryAfter
    expect(await bot(setting).handleTweet(tweet({ createdAt: NOW }))).toMatchObject({ kind: 'replied' })
    expect(setting.killSwitch().strikes).toEqual([])
  })

  test('comes a few times in a day, no more', async () => {
    const setting = models()
    const { posts, social } = answering(setting, unexplained)
    for (;;) {
      const outcome = await bot(setting, { social }).handleTweet(tweet({ createdAt: NOW }))
      if (outcome.kind !== 'deferred') break
      setting.clock.now = outcome.until
    }
    expect(posts.length).toBeLessThan(12)
  })

  test('of three tweets in a row stops all posting, and says why', async () => {
    const setting = models()
    const { posts, social } = answering(setting, unexplained)
    for (let id = 5101; id < 5111; id++) await bot(setting, { social }).handleTweet(numbered(id))
    expect(posts).toEqual(['5101', '5102', '5103'])
    expect(setting.killSwitch().stopped?.reason).toContain('You are not permitted to perform this action.')
    expect(await bot(setting).handleTweet(numbered(5120))).toMatchObject({ kind: 'deferred', reason: 'stopped' })
  })

  test('of several tweets with a reply between them does not stop posting', async () => {
    const setting = models()
    const taken: PostResult = { kind: 'posted', id: '1' }
    const { social } = answering(setting, unexplained, unexplained, taken, unexplained, unexplained)
    for (let id = 5101; id < 5106; id++) await bot(setting, { social }).handleTweet(numbered(id))
    expect(setting.killSwitch().stopped).toBeUndefined()
  })
})

test('a reply is paid for although somebody forgot its author while X took it', async () => {
  const setting = models()
  const social: Models['ports']['social'] = {
    ...setting.ports.social,
    async reply(id, text) {
      const result = await setting.ports.social.reply(id, text)
      await setting.ports.ledger.forgetAuthor('100', NOW)
      return result
    },
  }
  expect(await bot(setting, { social }).handleTweet(tweet())).toEqual({ kind: 'ignored', reason: 'already-handled' })
  expect(setting.sum('day:')).toBe(setting.x.billed())
})
