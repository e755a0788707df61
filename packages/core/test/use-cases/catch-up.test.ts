import { BOT, NOW, photo, photoBot, stoppedFor, tweet } from '@hexbird/testkit/bot-fixture'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Charge, OwnTweet, OwnTweets, OwnTweetsQuery } from '../../src/adapter/index.js'
import { idOfTime, timeOfId } from '../../src/domain/tweet.js'
import { catchUp, TIMES } from '../../src/host/index.js'
import type { BotPorts, Tweet } from '../../src/index.js'
import { defaultLimits, selfServe2026 } from '../../src/index.js'
import { Crash, killed, models } from './models.js'

const MINUTE = 60_000
const OPTIONS = { bot: BOT, limits: defaultLimits, platform: selfServe2026 }
const { ownedRead, tweetRead } = selfServe2026.prices

/** X as it is whatever becomes of a bot's store: tweets, with their edits, and what the bot has posted. */
function xOf(clock: { now: number }) {
  const tweets = new Map<string, Tweet>()
  const own: OwnTweet[] = []
  const asked: OwnTweetsQuery[] = []
  let last = 0n
  const newId = () => {
    const ofNow = BigInt(idOfTime(clock.now))
    last = ofNow > last ? ofNow : last + 1n
    return `${last}`
  }
  const social: BotPorts['social'] = {
    async reply(to) {
      const id = newId()
      own.unshift({ id, inReplyToId: to })
      return { kind: 'posted', id }
    },
    async tweet(id) {
      const found = tweets.get(id)
      return found ? { kind: 'found', tweet: found } : { kind: 'gone', detail: `no tweet ${id}` }
    },
    async findOwnReply(to) {
      const found = own.find(({ inReplyToId }) => inReplyToId === to)
      return found ? { kind: 'found', id: found.id } : { kind: 'absent' }
    },
    uploadImage: async () => ({ kind: 'deferred', reason: 'unauthorized', detail: 'this X takes no images' }),
    me: async () => BOT,
  }
  /** Pages have three at most, for X may give fewer than it was asked for. */
  const ownTweets: OwnTweets = {
    async ownTweets(query) {
      asked.push(query)
      const since = own.filter(({ id }) => (timeOfId(id) ?? 0) >= query.from)
      const start = Number(query.page ?? 0)
      const end = start + Math.min(query.most, 3)
      return { kind: 'found', tweets: since.slice(start, end), ...(end < since.length && { next: `${end}` }) }
    },
  }
  function mention(firstId = ''): Tweet {
    const id = newId()
    const made = tweet({ id, firstId: firstId || id, createdAt: clock.now, conversationId: firstId || id })
    tweets.set(id, made)
    return made
  }
  return { social, ownTweets, own, asked, mention, newId }
}

type X = ReturnType<typeof xOf>

/** A bot's stores on that X, with the rows that a backup had. */
function storesOn(x: X, clock: { now: number }, rows: ReturnType<typeof models>['rows'] = new Map()) {
  const setting = models()
  for (const [name, row] of rows) setting.rows.set(name, row)
  const ports = { ...setting.ports, social: x.social, ownTweets: x.ownTweets, now: () => clock.now }
  return { ports, rows: setting.rows, sum: setting.sum, blobs: setting.blobs }
}

type Stores = ReturnType<typeof storesOn>

async function handled(ports: Stores['ports'], clock: { now: number }, event: Tweet, limits = defaultLimits) {
  for (let tries = 0; tries < 50; tries++) {
    const outcome = await photoBot(ports, { bot: BOT, limits }).handleTweet(event)
    if (outcome.kind !== 'deferred') return outcome
    clock.now = Math.max(clock.now + 1, outcome.until)
  }
  throw new Error('The tweet never comes to an end.')
}

/** Five mentions, a minute apart, and what the bot has replied to them. */
async function history(count = 5) {
  const clock = { now: NOW }
  const x = xOf(clock)
  const stores = storesOn(x, clock)
  const events: Tweet[] = []
  for (let each = 0; each < count; each++) {
    clock.now += MINUTE
    const event = x.mention()
    events.push(event)
    await handled(stores.ports, clock, event)
  }
  clock.now += MINUTE
  x.asked.length = 0
  return { clock, x, stores, events }
}

const settledAs = (replyId: string | undefined) => ({ kind: 'settled', outcome: { kind: 'replied', replyId } })

describe('a start after which nothing is missing', () => {
  test('reads five of the own tweets, and ends at the first that the ledger knows', async () => {
    const { x, stores, clock } = await history()
    expect(await catchUp(stores.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 0 })
    expect(x.asked).toEqual([{ from: clock.now - TIMES.tooOld - TIMES.clockSkew, most: 5 }])
  })

  test('costs no more however often it is repeated on a day, as X bills it', async () => {
    const { stores, clock } = await history()
    const before = stores.sum('day:')
    for (let each = 0; each < 3; each++) await catchUp(stores.ports, OPTIONS)
    expect(stores.sum('day:') - before).toBe(5 * ownedRead)
    clock.now += 24 * 60 * MINUTE
    await catchUp(stores.ports, OPTIONS)
    expect(stores.sum('day:') - before).toBe(2 * 5 * ownedRead)
  })

  test('settles a reply whose process died before it could, and takes no money for lost', async () => {
    const { clock, x, stores } = await history(1)
    const event = x.mention()
    const { ledger } = stores.ports
    const dying: typeof ledger = {
      ...ledger,
      settle: async (key, outcome, now) => {
        if (outcome.kind === 'replied') throw new Crash()
        return ledger.settle(key, outcome, now)
      },
    }
    await expect(handled({ ...stores.ports, ledger: dying }, clock, event)).rejects.toThrow(Crash)
    const before = stores.sum('day:')
    expect(await catchUp(stores.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 0 })
    expect(stores.rows.get(`${BOT.id} ${event.firstId}`)).toMatchObject(settledAs(x.own[0]?.id))
    expect(stores.sum('day:') - before).toBe(5 * ownedRead)
  })

  test('without any tweet of its own is one look', async () => {
    const clock = { now: NOW }
    const x = xOf(clock)
    const { ports } = storesOn(x, clock)
    expect(await catchUp(ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 0 })
    expect([x.asked.length, (await ports.killSwitch.state()).answersFrom]).toEqual([1, undefined])
  })

  test('passes over what the bot’s owner has tweeted by hand', async () => {
    const { x, stores } = await history(2)
    x.own.unshift({ id: x.newId() }, { id: x.newId() })
    expect(await catchUp(stores.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 0 })
  })
})

describe('replies that the ledger has lost', () => {
  test('are settled, and today’s money counts as spent', async () => {
    const { x, clock, events } = await history()
    const restored = storesOn(x, clock)
    expect(await catchUp(restored.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 5 })
    for (const [index, { firstId }] of [...events].reverse().entries()) {
      expect(restored.rows.get(`${BOT.id} ${firstId}`)).toMatchObject(settledAs(x.own[index]?.id))
    }
    clock.now += MINUTE
    expect(await handled(restored.ports, clock, x.mention())).toMatchObject({ reason: 'over-budget' })
    clock.now += 24 * 60 * MINUTE
    expect(await handled(restored.ports, clock, x.mention())).toMatchObject({ kind: 'replied' })
  })

  test('are settled under the first id of the edits, and the one that was replied to', async () => {
    const { x, clock } = await history(0)
    const first = x.mention()
    const edit = x.mention(first.id)
    await x.social.reply(edit.id, 'A dog.')
    const restored = storesOn(x, clock)
    expect(await catchUp(restored.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 1 })
    const settled = settledAs(x.own[0]?.id)
    expect(restored.rows.get(`${BOT.id} ${first.id}`)).toMatchObject(settled)
    expect(restored.rows.get(`${BOT.id} ${edit.id}`)).toMatchObject(settled)
    expect(restored.sum('day:')).toBe(defaultLimits.perDay + 5 * ownedRead + tweetRead)
  })

  test('are found below one that was claimed before the backup and posted after it', async () => {
    const { x, clock, stores } = await history(0)
    const [early, late] = [x.mention(), x.mention()]
    const intent = { tweetId: early.id, text: 'A dog.', authorId: '100' }
    await stores.ports.ledger.claim(
      { botId: BOT.id, about: early.id },
      { owner: 'first', intent, now: clock.now, until: clock.now + TIMES.lease },
    )
    await x.social.reply(late.id, 'A cat.')
    await x.social.reply(early.id, 'A dog.')
    expect(await catchUp(stores.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 1 })
    expect(stores.rows.get(`${BOT.id} ${late.id}`)).toMatchObject(settledAs(x.own[1]?.id))
  })

  test('are settled oldest first, each once, and only then what it cost to find them', async () => {
    const { x, clock, events } = await history(4)
    const { ports } = storesOn(x, clock)
    const log: unknown[] = []
    const ledger: typeof ports.ledger = {
      ...ports.ledger,
      settle: async (key, outcome, now) => {
        log.push([key.about, outcome.kind === 'replied' && outcome.replyId])
        return ports.ledger.settle(key, outcome, now)
      },
    }
    const budget: typeof ports.budget = {
      ...ports.budget,
      settle: async (charges) => void log.push(charges.map(({ call, amount }) => [call, amount])),
    }
    expect(await catchUp({ ...ports, ledger, budget }, OPTIONS)).toEqual({ kind: 'caught-up', lost: 4 })
    const ids = events.map(({ firstId }) => firstId)
    const [d, c, b, a] = ids.toReversed().map((id) => [`own-tweets:replied-to:${id}`, tweetRead])
    expect(log).toEqual([
      ...ids.map((id, index) => [id, x.own.at(-1 - index)?.id]),
      [d, c, b, a, ['own-tweets:1', ownedRead]],
    ])
  })

  test('are found below one to a tweet that the ledger knows with another reply', async () => {
    const { x, stores, events } = await history(1)
    const [known] = events as [Tweet]
    const lost = x.mention()
    await x.social.reply(lost.id, 'A cat.')
    await x.social.reply(known.id, 'By hand: a wolf.')
    const before = stores.rows.get(`${BOT.id} ${known.id}`)
    expect(await catchUp(stores.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 1 })
    expect(stores.rows.get(`${BOT.id} ${lost.id}`)).toMatchObject(settledAs(x.own[1]?.id))
    expect(stores.rows.get(`${BOT.id} ${known.id}`)).toBe(before)
  })

  test('to a tweet that is gone are settled under the id that there is', async () => {
    const { x, clock } = await history(0)
    await x.social.reply('1', 'A dog.')
    const restored = storesOn(x, clock)
    expect(await catchUp(restored.ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 1 })
    expect(restored.rows.get(`${BOT.id} 1`)).toMatchObject(settledAs(x.own[0]?.id))
  })

  test('are not looked for among those of more than a day ago', async () => {
    const { x, clock } = await history()
    clock.now += TIMES.tooOld + 2 * TIMES.clockSkew
    expect(await catchUp(storesOn(x, clock).ports, OPTIONS)).toEqual({ kind: 'caught-up', lost: 0 })
  })
})

describe('where not all can be read', () => {
  test('and money ends it, what is older and not known gets no reply', async () => {
    const { x, clock, events } = await history(10)
    const restored = storesOn(x, clock)
    const limits = { ...defaultLimits, perDay: 5 * ownedRead + 3 * tweetRead }
    const seenLast = timeOfId(x.own[2]?.id ?? '')
    expect(await catchUp(restored.ports, { ...OPTIONS, limits })).toEqual({
      kind: 'caught-up',
      lost: 3,
      gapBefore: (seenLast ?? 0) + 1,
    })
    const [oldest] = events as [Tweet]
    expect(await handled(restored.ports, clock, oldest)).toEqual({ kind: 'ignored', reason: 'gap' })
    expect(restored.rows.get(`${BOT.id} ${oldest.firstId}`)).toMatchObject({
      outcome: { kind: 'skipped', reason: 'gap' },
    })
    expect(x.own).toHaveLength(10)
  })

  test('and money ends it at what may be an edit, that counts as lost, and what is older gets no reply', async () => {
    const { x, clock, events } = await history(3)
    const restored = storesOn(x, clock)
    const limits = { ...defaultLimits, perDay: 5 * ownedRead + tweetRead }
    const gapBefore = (timeOfId(x.own[1]?.id ?? '') ?? 0) + 1
    expect(await catchUp(restored.ports, { ...OPTIONS, limits })).toEqual({ kind: 'caught-up', lost: 2, gapBefore })
    expect(await restored.ports.killSwitch.state()).toMatchObject({ answersFrom: gapBefore })
    expect([...restored.rows]).toEqual(
      [1, 2].map((at) => [`${BOT.id} ${events[at]?.id}`, expect.objectContaining(settledAs(x.own[2 - at]?.id))]),
    )
  })

  test('a stored job from before then ends without a reply, and its photos go', async () => {
    const { x, clock, stores } = await history(0)
    const event = { ...x.mention(), photos: [photo('a')], media: 'present' as const }
    const stored = await handled(stores.ports, clock, event)
    await stores.ports.killSwitch.answerFrom(clock.now + 1)
    const bot = photoBot(stores.ports, { bot: BOT })
    expect(await bot.runJob(stored.kind === 'job-stored' ? stored.jobKey : '')).toEqual({
      kind: 'ignored',
      reason: 'gap',
    })
    expect(stores.rows.get(`${BOT.id} ${event.firstId}`)).toMatchObject({ outcome: { reason: 'gap' } })
    expect([x.own, [...stores.blobs.keys()]]).toEqual([[], []])
  })

  test('and X lists no more than 3,200, what is older gets no reply', async () => {
    const clock = { now: NOW }
    const x = xOf(clock)
    const restored = storesOn(x, clock)
    x.own.push({ id: idOfTime(NOW - MINUTE) })
    const [only] = x.own as [OwnTweet]
    const limits = { ...defaultLimits, perDay: 100_000_000 }
    const afterListing = (count: number) => {
      const ownTweets = { ownTweets: async () => ({ kind: 'found', tweets: Array(count).fill(only) }) as const }
      return catchUp({ ...restored.ports, ownTweets }, { ...OPTIONS, limits })
    }
    expect(await afterListing(2_999)).toEqual({ kind: 'caught-up', lost: 0 })
    expect(await restored.ports.killSwitch.state()).not.toHaveProperty('answersFrom')
    for (const count of [3_000, 3_200]) {
      expect(await afterListing(count)).toEqual({ kind: 'caught-up', lost: 0, gapBefore: NOW - MINUTE + 1 })
    }
    expect(await restored.ports.killSwitch.state()).toMatchObject({ answersFrom: NOW - MINUTE + 1 })
  })

  test('because there is no money for the first page, nothing is answered until there is', async () => {
    const { x, stores } = await history(1)
    const limits = { ...defaultLimits, perDay: 1 }
    expect(await catchUp(stores.ports, { ...OPTIONS, limits })).toEqual({
      kind: 'deferred',
      reason: 'over-budget',
      until: Date.parse('2026-11-23T00:00:00Z'),
      detail: 'The window day:2026-11-22 has no room until 2026-11-23T00:00:00.000Z.',
    })
    expect(x.asked).toEqual([])
  })

  test.each([
    ['X names a time', { kind: 'deferred', reason: 'rate-limited', until: NOW + 60 * MINUTE, detail: 'slowly' }],
    ['the account is locked', { kind: 'locked', code: 326, detail: 'locked' }],
  ] as const)('because %s, nothing is written and it is tried later', async (_, result) => {
    const { x, clock } = await history(4)
    const restored = storesOn(x, clock)
    const pages = [x.ownTweets.ownTweets, async () => result]
    const ownTweets: OwnTweets = { ownTweets: (query) => (pages.shift() ?? fail)(query) }
    expect(await catchUp({ ...restored.ports, ownTweets }, OPTIONS)).toMatchObject({ kind: 'deferred' })
    expect(restored.rows.size).toBe(0)
    expect(await catchUp({ ...restored.ports, ownTweets }, OPTIONS)).toMatchObject({ kind: 'deferred' })
  })

  test.each([
    ['X names a time', { kind: 'deferred', reason: 'rate-limited', until: NOW + 60 * MINUTE, detail: 'slowly' }],
    ['the account is locked', { kind: 'locked', code: 326, detail: 'locked' }],
  ] as const)(
    'because %s for the tweet of a reply, nothing is written and X is not asked for it again',
    async (_, result) => {
      const { x, clock } = await history(2)
      const { ports, rows } = storesOn(x, clock)
      const asked: string[] = []
      const social: typeof ports.social = {
        ...ports.social,
        tweet: async (id) => {
          asked.push(id)
          return result
        },
      }
      const reason = result.kind === 'locked' ? 'stopped' : 'rate-limited'
      const detail = expect.stringContaining(result.detail)
      expect(await catchUp({ ...ports, social }, OPTIONS)).toMatchObject({ kind: 'deferred', reason, detail })
      expect(await catchUp({ ...ports, social }, OPTIONS)).toMatchObject({ kind: 'deferred', reason })
      expect([asked, rows.size]).toEqual([[x.own[0]?.inReplyToId], 0])
      const { stopped, waits } = await ports.killSwitch.state()
      expect(stopped?.reason ?? waits).toEqual(
        result.kind === 'locked' ? 'X answered with code 326: locked' : { tweet: NOW + 60 * MINUTE },
      )
    },
  )

  test('because posting is stopped, X is not asked', async () => {
    const { x, stores } = await history(1)
    const killSwitch = { ...stores.ports.killSwitch, state: async () => stoppedFor('locked') }
    expect(await catchUp({ ...stores.ports, killSwitch }, OPTIONS)).toMatchObject({ reason: 'stopped' })
    expect(x.asked).toEqual([])
  })
})

test('another bot’s store is refused', async () => {
  const { x, stores } = await history(1)
  await expect(catchUp(stores.ports, { ...OPTIONS, bot: { id: '901' } })).rejects.toMatchObject({
    code: 'STORE_OF_ANOTHER_BOT',
  })
  expect(x.asked).toEqual([])
})

test('every call is charged to the day before it is made', async () => {
  const { x, clock } = await history(8)
  const restored = storesOn(x, clock)
  const charges: Charge[] = []
  const spent: string[] = []
  const budget = {
    ...restored.ports.budget,
    reserve: async (asked: readonly Charge[], now: number) => {
      charges.push(...asked)
      return restored.ports.budget.reserve(asked, now)
    },
  }
  const charged = () => charges.reduce((sum, { amount }) => sum + amount, 0)
  const ownTweets: OwnTweets = {
    ownTweets: async (query) => {
      spent.push(`${query.most} after ${charged()}`)
      return x.ownTweets.ownTweets(query)
    },
  }
  await catchUp({ ...restored.ports, budget, ownTweets }, OPTIONS)
  expect(spent).toEqual([
    `5 after ${5 * ownedRead}`,
    `100 after ${105 * ownedRead + 3 * tweetRead}`,
    `100 after ${205 * ownedRead + 6 * tweetRead}`,
  ])
  expect(restored.sum('day:')).toBe(defaultLimits.perDay + (5 + 5) * ownedRead + 8 * tweetRead)
})

test('with any part of the history lost, and a crash at any call, no tweet gets two replies', async () => {
  const mentioned = fc.record({
    edited: fc.boolean(),
    byHand: fc.boolean(),
    death: fc.option(fc.tuple(fc.nat(14), fc.boolean()), { freq: 3 }),
  })
  const story = fc.record({
    mentions: fc.array(mentioned, { minLength: 1, maxLength: 9 }),
    kept: fc.nat(9),
    deaths: fc.array(fc.tuple(fc.nat(40), fc.boolean()), { maxLength: 4 }),
    perDay: fc.constantFrom(defaultLimits.perDay, 40_000, 25_000, 10_000),
    onOrder: fc.boolean(),
  })
  const seen = { lost: 0, gaps: 0, deaths: 0 }
  const property = fc.asyncProperty(story, async ({ mentions, kept, deaths, perDay, onOrder }) => {
    const clock = { now: NOW }
    const x = xOf(clock)
    const stores = storesOn(x, clock)
    const versions: Tweet[] = []
    const backups = [new Map(stores.rows)]
    for (const { edited, byHand, death } of mentions) {
      clock.now += MINUTE
      const first = x.mention()
      const shown = edited ? x.mention(first.id) : first
      versions.push(first, ...(edited ? [shown] : []))
      if (byHand) x.own.unshift({ id: x.newId() })
      if (death) {
        const [at, after] = death
        await photoBot(killed(stores.ports, at, after), { bot: BOT })
          .handleTweet(shown)
          .catch(isCrash)
        backups.push(new Map(stores.rows))
        clock.now += TIMES.visibility
      }
      await handled(stores.ports, clock, shown)
      backups.push(new Map(stores.rows))
    }
    const limits = { ...defaultLimits, perDay }
    const restored = storesOn(x, clock, backups[kept % backups.length])
    for (let tries = 0; ; tries++) {
      expect(tries).toBeLessThan(20)
      const [at, after] = deaths[tries] ?? [Number.POSITIVE_INFINITY, false]
      const ended = await catchUp(killed(restored.ports, at, after), { ...OPTIONS, limits }).catch(isCrash)
      if (ended === undefined) seen.deaths += 1
      if (ended?.kind === 'deferred') clock.now = Math.max(clock.now + 1, ended.until)
      if (ended?.kind !== 'caught-up') continue
      if (ended.lost > 0) seen.lost += 1
      if (ended.gapBefore !== undefined) seen.gaps += 1
      break
    }
    for (const event of onOrder ? versions : [...versions].reverse()) await handled(restored.ports, clock, event)
    // The next day there is money again, and the queue still has the tweets.
    clock.now += 12 * 60 * MINUTE + 1
    for (const event of versions) await handled(restored.ports, clock, event)
    const counts = new Map<string, number>()
    for (const { inReplyToId = '' } of x.own) {
      const { firstId = '' } = versions.find(({ id }) => id === inReplyToId) ?? {}
      if (inReplyToId !== '') counts.set(firstId, (counts.get(firstId) ?? 0) + 1)
    }
    expect([...counts.values()].filter((count) => count > 1)).toEqual([])
  })
  await fc.assert(property, { numRuns: runs(1000) })
  for (const [what, count] of Object.entries(seen)) expect([what, count]).not.toEqual([what, 0])
})

function isCrash(error: unknown): undefined {
  if (!(error instanceof Crash)) throw error
}

const fail: OwnTweets['ownTweets'] = async () => {
  throw new Error('X was asked once too often.')
}
