import {
  BOT,
  fixture,
  meeting,
  NOW,
  noRoom,
  photo,
  photoBot,
  stoppedFor,
  tweet,
  within,
} from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { Charge, SettledOutcome } from '../../src/adapter/index.js'
import { decodeJob } from '../../src/adapter/index.js'
import type { ReplyRules, Tweet } from '../../src/index.js'
import { animalRules, defaultLimits, selfServe2026 } from '../../src/index.js'
import { jpegHead } from '../../src/testing/index.js'

const handle = (event: Tweet, { ports } = fixture()) => photoBot(ports, { bot: BOT }).handleTweet(event)
const ignored = (reason: string) => expect.objectContaining({ kind: 'ignored', reason })

describe('what is not answered', () => {
  const mentionOf = (explicit: boolean) => [{ id: BOT.id, username: BOT.username, explicit }]
  const cases: [string, Partial<Tweet>, string][] = [
    ['a tweet delivered for another account', { botId: '901' }, 'not-for-this-bot'],
    ["the bot's own tweet", { author: { id: BOT.id, username: BOT.username } }, 'own-tweet'],
    ['a retweet', { isRetweet: true }, 'retweet'],
    ['a tweet older than a day', { createdAt: NOW - 24 * 3_600_000 - 1 }, 'too-old'],
    ['a tweet more than a day ahead of the clock', { createdAt: NOW + 24 * 3_600_000 + 1 }, 'from-the-future'],
    ['a tweet without a mention', { mentions: [] }, 'not-summoned'],
    ['a mention that X put there because it is a reply', { mentions: mentionOf(false) }, 'not-summoned'],
    ['a quote of somebody else', { mentions: [], quotedId: '4', quotedAuthorId: '101' }, 'not-summoned'],
    [
      "a quote of the bot's tweet whose author lets only some people reply",
      { mentions: [], quotedAuthorId: BOT.id, replySettings: 'following' },
      'replies-closed',
    ],
  ]
  test.each(cases)('%s', async (_name, over, reason) => {
    const asked = async () => Promise.reject(new Error('no store need be asked'))
    const setting = fixture({ optOuts: { has: asked }, ledger: { find: asked } })
    expect(await handle(tweet(over), setting)).toEqual({ kind: 'ignored', reason })
    expect(setting.log).toEqual([])
  })

  test('a tweet further ahead of the clock than clocks differ waits until the clock comes to it', async () => {
    const createdAt = NOW + 24 * 3_600_000
    const setting = fixture()
    const until = createdAt - 5 * 60_000
    expect(await handle(tweet({ createdAt }), setting)).toEqual({
      kind: 'deferred',
      reason: 'from-the-future',
      until,
      detail: "The tweet's time is ahead of this machine's clock.",
    })
    expect(setting.log).toEqual([])
    const { ports } = fixture()
    const later = photoBot({ ...ports, now: () => until }, { bot: BOT })
    expect(await later.handleTweet(tweet({ createdAt }))).toMatchObject({ kind: 'replied' })
  })

  test('a tweet of somebody who opted out', async () => {
    const opted = fixture({ optOuts: { has: async (id) => id === '100' } })
    expect(await handle(tweet(), opted)).toEqual(ignored('opted-out'))
    expect(opted.log).toEqual([])
  })

  test('a tweet that is settled in the ledger', async () => {
    const settled = fixture({
      ledger: { find: async () => ({ kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW }) },
    })
    expect(await handle(tweet({ photos: [photo('a')], media: 'present' }), settled)).toEqual(ignored('already-handled'))
    expect(settled.log).toEqual(['blobs.removeAll photos/100/5001/', 'blobs.remove jobs/100/5001.json'])
  })

  test('a tweet that is settled in the ledger, also while posting is stopped', async () => {
    const settled = fixture({
      ledger: { find: async () => ({ kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW }) },
      killSwitch: { state: async () => stoppedFor('locked') },
    })
    expect(await handle(tweet(), settled)).toEqual(ignored('already-handled'))
  })

  test('a tweet whose reply the ledger may have forgotten, and that is on record', async () => {
    const rows: unknown[] = []
    const setting = fixture({
      killSwitch: { state: async () => ({ waits: {}, strikes: [], answersFrom: NOW }) },
      ledger: {
        settle: async (...row) => {
          rows.push(row)
          return row[1]
        },
      },
    })
    expect(await handle(tweet(), setting)).toEqual({ kind: 'ignored', reason: 'gap' })
    expect(rows).toEqual([[{ botId: BOT.id, about: '5001' }, { kind: 'skipped', reason: 'gap' }, NOW]])
    expect(setting.log).toEqual(['ledger.settle'])
  })

  test('a tweet whose author has used up the budget: nothing is looked up, fetched or posted', async () => {
    const poor = fixture({
      budget: { reserve: async () => noRoom('author', 'author:100:2026-11-22', NOW + 1) },
    })
    expect(await handle(tweet({ photos: [], media: 'unknown' }), poor)).toEqual(ignored('over-budget'))
    expect(poor.log.filter((entry) => /^(social|media|ledger)/.test(entry))).toEqual([])
  })

  test('a mention is answered although the author lets only mentioned people reply', async () => {
    expect((await handle(tweet({ replySettings: 'mentionedUsers' }))).kind).toBe('replied')
  })

  test("a quote of the bot's tweet summons it, with a photo; without one it only speaks of the bot", async () => {
    const quote = tweet({ mentions: [], quotedId: '6', quotedAuthorId: BOT.id })
    const mentions = [{ id: '101', username: 'bob', explicit: true }]
    expect((await handle({ ...quote, photos: [photo('a')], media: 'present' })).kind).toBe('job-stored')
    expect(await handle(quote)).toEqual(ignored('follow-up'))
    expect(await handle({ ...quote, mentions })).toEqual(ignored('follow-up'))
  })
})

describe('"stop"', () => {
  const said = async (text: string, over: Partial<Tweet> = {}) => {
    const added: string[] = []
    const setting = fixture({
      optOuts: {
        add: async (id) => {
          added.push(id)
        },
      },
    })
    await handle(tweet({ text, ...over }), setting)
    return added
  }
  const implicit = [{ id: BOT.id, username: BOT.username, explicit: false }]

  test.each([
    ['@hexbird stop', {}],
    ['@hexbird stop https://t.co/Ab1Cd2Ef3G', {}],
    ['STOP! @hexbird', {}],
    ['@bob @hexbird Stop.', {}],
    ['@hexbird stop', { mentions: implicit, inReplyToId: '4999', inReplyToUserId: BOT.id }],
    ['@hexbird stop', { createdAt: NOW - 48 * 3_600_000 }],
  ])('is heard: %s', async (text, over) => {
    expect(await said(text, over)).toEqual(['100'])
  })

  test.each([
    ['@hexbird stop the bus, what is this?', {}],
    ['@hexbird please', {}],
    ['stop', { mentions: [] }],
    ['@hexbird stop', { botId: '901' }],
    ['@hexbird stop', { isRetweet: true }],
    ['@hexbird stop', { author: { id: BOT.id, username: BOT.username } }],
  ])('is not heard: %s %j', async (text, over) => {
    expect(await said(text, over)).toEqual([])
  })

  test('is met with silence', async () => {
    const setting = fixture()
    expect(await handle(tweet({ text: '@hexbird stop' }), setting)).toEqual(ignored('opted-out'))
    expect(setting.log).toEqual([])
  })
})

describe('without a photo', () => {
  test('the author is told that a picture is needed', async () => {
    const { ports, log, blobs } = fixture()
    const outcome = await handle(tweet(), { ports, log, blobs })
    expect(outcome).toMatchObject({ kind: 'replied', replyId: '7001', labels: [] })
    expect(outcome).toHaveProperty('text', expect.stringMatching(/image|picture|photo/))
    expect(log).toContainEqual(expect.stringContaining('social.reply 5001 '))
  })

  describe('deeper in a conversation', () => {
    const thanks = tweet({ id: '5009', firstId: '5009', inReplyToId: '5008', inReplyToUserId: '101' })
    const gone = { tweet: async () => ({ kind: 'gone', detail: '' }) as const }

    test('the first to ask is answered, and no other tweet of the conversation', async () => {
      const settled = new Map<string, SettledOutcome>()
      const { ports } = fixture({
        social: gone,
        ledger: {
          find: async ({ about }) => {
            const outcome = settled.get(about)
            return outcome && { kind: 'settled', outcome, at: NOW }
          },
          settle: async ({ about }, outcome) => {
            if (!settled.has(about)) settled.set(about, outcome)
            return settled.get(about) ?? outcome
          },
        },
      })
      const bot = photoBot(ports, { bot: BOT })
      expect((await bot.handleTweet(thanks)).kind).toBe('replied')
      expect(await bot.handleTweet({ ...thanks, id: '5010', firstId: '5010' })).toEqual(ignored('follow-up'))
      expect([...settled.keys()]).toEqual(['conversation:5001', '5009'])
    })

    test('a tweet that was interrupted while it asked is taken up again', async () => {
      const setting = fixture({
        social: gone,
        ledger: { settle: async (_key, outcome) => outcome },
      })
      expect((await handle(thanks, setting)).kind).toBe('replied')
      expect((await handle(thanks, setting)).kind).toBe('replied')
    })

    test("thanks for an answer to the conversation's first tweet is met with silence", async () => {
      const setting = fixture({
        social: gone,
        ledger: {
          find: async ({ about }) =>
            about === '5001' ? { kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW } : undefined,
        },
      })
      expect(await handle(thanks, setting)).toEqual(ignored('follow-up'))
    })

    test('a quoted tweet is of another conversation', async () => {
      const keys: string[] = []
      const settle = async ({ about }: { about: string }, outcome: SettledOutcome) => {
        keys.push(about)
        return outcome
      }
      const { conversationId: _, ...quote } = tweet({ quotedId: '4000', quotedAuthorId: '101' })
      await handle(quote, fixture({ ledger: { settle } }))
      expect(keys[0]).toBe('conversation:5001')
      await handle({ ...quote, id: '5002', firstId: '5002' }, fixture({ ledger: { settle } }))
      expect(keys[2]).toBe('conversation:5002')
    })

    test('the conversation is learnt from the tweet replied to where the event does not name it', async () => {
      const keys: string[] = []
      const setting = fixture({
        ledger: {
          settle: async ({ about }, outcome) => {
            keys.push(about)
            return outcome
          },
        },
      })
      const { conversationId: _, ...unnamed } = thanks
      await handle(unnamed, setting)
      expect(keys).toEqual(['conversation:5001', '5009'])
    })
  })

  test('"thanks" under the bot\'s own answer is met with silence, and costs nothing', async () => {
    const { ports, log, blobs } = fixture()
    const thanks = tweet({ inReplyToId: '4999', inReplyToUserId: BOT.id })
    expect(await handle(thanks, { ports, log, blobs })).toEqual(ignored('follow-up'))
    expect(log).toEqual([])
  })
})

describe('with photos', () => {
  const four = tweet({ media: 'present', photos: ['a', 'b', 'c', 'd'].map(photo) })

  test('four photos are stored, and leave one job, which comes last', async () => {
    const { ports, log, blobs } = fixture()
    expect(await handle(four, { ports, log, blobs })).toEqual({ kind: 'job-stored', jobKey: 'jobs/100/5001.json' })
    expect([...blobs.keys()]).toEqual([0, 1, 2, 3].map((n) => `photos/100/5001/5001-${n}`).concat('jobs/100/5001.json'))
    expect(log.at(-1)).toBe('blobs.put jobs/100/5001.json application/json')
    expect(log.filter((entry) => /ledger|social/.test(entry))).toEqual([])
  })

  test('all are fetched at once, and then stored at once', async () => {
    const [fetching, storing] = [meeting(4), meeting(4)]
    const setting = fixture({
      media: {
        fetch: async () => {
          await fetching()
          return { kind: 'fetched', bytes: jpegHead(), type: 'image/jpeg' }
        },
      },
      blobs: { put: (key) => (key.startsWith('photos/') ? storing() : Promise.resolve()) },
    })
    expect((await handle(four, setting)).kind).toBe('job-stored')
  })

  test('an outage of the media host is thrown, and leaves no job', async () => {
    const { ports, log, blobs } = fixture({
      media: {
        fetch: async ({ url }) => {
          if (url.includes('/c.jpg')) throw new Error('503')
          return { kind: 'fetched', bytes: jpegHead(), type: 'image/jpeg' }
        },
      },
    })
    await expect(handle(four, { ports, log, blobs })).rejects.toThrow('503')
    expect(blobs.size).toBe(0)
  })

  test('photos that cannot be read are left out', async () => {
    const { ports, log, blobs } = fixture({
      media: {
        fetch: async ({ url }) =>
          url.includes('/b.jpg')
            ? { kind: 'unreadable', reason: 'too-large', detail: '' }
            : { kind: 'fetched', bytes: jpegHead(), type: 'image/jpeg' },
      },
    })
    await handle(four, { ports, log, blobs })
    expect([...blobs.keys()].filter((key) => key.startsWith('photos/'))).toHaveLength(3)
  })

  test('where no photo can be read the author is told so, not that a picture is needed', async () => {
    const { ports, log, blobs } = fixture({
      media: { fetch: async () => ({ kind: 'unreadable', reason: 'not-an-image', detail: '' }) },
    })
    const [unreadable, none] = [await handle(four, { ports, log, blobs }), await handle(tweet())]
    expect(unreadable).toMatchObject({ kind: 'replied', labels: [] })
    expect(unreadable).not.toHaveProperty('text', (none as { text: string }).text)
    expect(blobs.size).toBe(0)
  })
})

describe('an event that does not tell whether there is a photo', () => {
  const unknown = tweet({ media: 'unknown', author: { id: '100' } })

  test('is looked up once before it is concluded that there is none', async () => {
    const { ports, log, blobs } = fixture({
      social: { tweet: async () => ({ kind: 'found', tweet: tweet({ photos: [photo('a')], media: 'present' }) }) },
    })
    expect((await handle(unknown, { ports, log, blobs })).kind).toBe('job-stored')
    expect(log.filter((entry) => entry.startsWith('social.tweet'))).toEqual(['social.tweet 5001'])
    expect(log[0]).toBe('budget.reserve')
  })

  test('keeps the mention that the event was sure of', async () => {
    const { ports, ...rest } = fixture({
      social: { tweet: async () => ({ kind: 'found', tweet: tweet({ mentions: [] }) }) },
    })
    expect((await handle(unknown, { ports, ...rest })).kind).toBe('replied')
  })

  test('is ignored where the tweet is gone, and deferred where X has no time', async () => {
    const gone = fixture({ social: { tweet: async () => ({ kind: 'gone', detail: 'deleted' }) } })
    expect(await handle(unknown, gone)).toEqual(ignored('tweet-gone'))
    const busy = fixture({
      social: { tweet: async () => ({ kind: 'deferred', reason: 'rate-limited', until: NOW + 9, detail: '' }) },
    })
    expect(await handle(unknown, busy)).toMatchObject({
      kind: 'deferred',
      reason: 'rate-limited',
      until: within(NOW + 9, 2),
    })
  })

  test('is not looked up where the budget has no room', async () => {
    const poor = fixture({ budget: { reserve: async () => noRoom('day', 'day:x') } })
    expect(await handle(unknown, poor)).toEqual(ignored('over-budget'))
    expect(poor.log.filter((entry) => entry.startsWith('social.'))).toEqual([])
  })

  test('is ignored where the look-up shows a retweet or closed replies', async () => {
    const closed = fixture({
      social: { tweet: async () => ({ kind: 'found', tweet: tweet({ replySettings: 'verified', mentions: [] }) }) },
    })
    const quote = tweet({ media: 'unknown', mentions: [], quotedAuthorId: BOT.id })
    expect(await handle(quote, closed)).toEqual(ignored('replies-closed'))
  })
})

describe('what an earlier try has left', () => {
  test.each<[Partial<Tweet>, boolean]>([
    [{ media: 'present', photos: [photo('a')] }, true],
    [{ media: 'unknown' }, true],
    [{ inReplyToId: '4000', inReplyToUserId: '101' }, true],
    [{ quotedId: '4000', quotedAuthorId: BOT.id }, false],
    [{}, false],
  ])('is removed where the tweet is too old now, if it may have had photos: %j %p', async (over, mayHavePhotos) => {
    const setting = fixture()
    expect(await handle(tweet({ ...over, createdAt: NOW - 24 * 3_600_000 - 1 }), setting)).toEqual(ignored('too-old'))
    const removal = ['blobs.removeAll photos/100/5001/', 'blobs.remove jobs/100/5001.json']
    expect(setting.log).toEqual(mayHavePhotos ? removal : [])
  })

  const stored = async (over: Parameters<typeof fixture>[0], jobIsGone: boolean) => {
    const setting = fixture()
    const event = tweet({ photos: [photo('a')], media: 'present' })
    await handle(event, setting)
    expect(setting.blobs.size).toBe(2)
    if (jobIsGone) setting.blobs.delete('jobs/100/5001.json')
    const { ports } = fixture({ ...over, blobs: setting.ports.blobs })
    return { outcome: await handle(event, { ...setting, ports }), left: setting.blobs.size }
  }
  const unrecorded: [string, Parameters<typeof fixture>[0]][] = [
    ['opted out', { optOuts: { has: async () => true } }],
    ['has spent too much', { budget: { reserve: async () => noRoom('day', 'day:x') } }],
  ]
  const answered: Parameters<typeof fixture>[0] = {
    ledger: { find: async () => ({ kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW }) },
  }

  test.each(unrecorded)('without a job is removed where the author meanwhile %s', async (_name, over) => {
    expect(await stored(over, true)).toMatchObject({ outcome: { kind: 'ignored' }, left: 0 })
  })

  test.each(unrecorded)('is left to a job that waits where the author meanwhile %s', async (_name, over) => {
    expect(await stored(over, false)).toMatchObject({ outcome: { kind: 'ignored' }, left: 2 })
  })

  test.each([true, false])('is removed with its job where the tweet was answered', async (jobIsGone) => {
    expect(await stored(answered, jobIsGone)).toMatchObject({ outcome: { kind: 'ignored' }, left: 0 })
  })
})

describe('the bill of a tweet that this run did not answer', () => {
  const unknown = tweet({ media: 'unknown' })
  const claimed = { kind: 'claimed', intent: { tweetId: '5001', text: 'x' }, until: NOW + 1, tries: 1 } as const
  /** What is left of each reservation, without those for X's own limits on posts. */
  const billed = async (event: Tweet, over: Parameters<typeof fixture>[0]) => {
    const settled: Charge[] = []
    const setting = fixture({ ...over, budget: { settle: async (charges) => void settled.push(...charges) } })
    const outcome = await handle(event, setting)
    const charges = settled.filter(({ kind }) => kind !== 'posts').map(({ kind, amount }) => [kind, amount])
    return { outcome, charges: Object.fromEntries(charges) as unknown, log: setting.log }
  }

  test('is what the look-up cost where the tweet is gone', async () => {
    const gone = { tweet: async () => ({ kind: 'gone', detail: 'deleted' }) as const }
    const { tweetRead } = selfServe2026.prices
    expect(await billed(unknown, { social: gone })).toMatchObject({
      outcome: { kind: 'ignored', reason: 'tweet-gone', detail: 'deleted' },
      charges: { author: tweetRead, day: tweetRead },
    })
  })

  test('has no reply in it where the tweet is gone before the reply that it had room for', async () => {
    const gone = { tweet: async () => ({ kind: 'gone', detail: 'deleted' }) as const }
    const { tweetRead } = selfServe2026.prices
    expect(await billed(tweet({ createdAt: NOW - 11 * 60_000 }), { social: gone })).toMatchObject({
      outcome: { kind: 'ignored', reason: 'tweet-gone' },
      charges: { conversation: 0, author: tweetRead, day: tweetRead },
    })
  })

  test('keeps all that was reserved where another run has answered it meanwhile: what that one spent is unknown', async () => {
    const outcome = { kind: 'replied', replyId: '1' } as const
    const { perAuthorPerDay, perDay } = defaultLimits
    expect(await billed(tweet(), { ledger: { claim: async () => ({ kind: 'settled', outcome }) } })).toMatchObject({
      outcome: { kind: 'ignored', reason: 'already-handled' },
      charges: { conversation: 1, author: perAuthorPerDay, day: perDay },
    })
  })

  test('is left to the run that claims it meanwhile', async () => {
    let found = 0
    const { outcome, log } = await billed(unknown, {
      social: { tweet: async () => ({ kind: 'gone', detail: 'deleted' }) },
      ledger: { find: async () => (found++ === 0 ? undefined : claimed) },
    })
    expect(outcome).toEqual({ kind: 'ignored', reason: 'tweet-gone', detail: 'deleted' })
    expect(log).toEqual(['budget.reserve', 'social.tweet 5001'])
  })
})

test('what is in doubt is looked for first: not dropped for want of room, and no photo is fetched for it', async () => {
  const intent = { tweetId: '5001', text: 'x' }
  const setting = fixture({
    ledger: {
      find: async () => ({ kind: 'claimed', intent, until: NOW - 1, tries: 1 }),
      claim: async () => ({ kind: 'expired', intent, since: NOW - 60_000, tries: 1 }),
    },
    budget: {
      reserve: async (charges) => {
        const full = charges.find(({ kind }) => kind === 'conversation')
        return full ? noRoom('conversation', full.window) : { kind: 'granted' }
      },
    },
    social: { findOwnReply: async () => ({ kind: 'found', id: '7777' }) },
  })
  const outcome = await handle(tweet({ photos: [photo('a')], media: 'present' }), setting)
  expect(outcome).toMatchObject({ kind: 'replied', replyId: '7777' })
  expect(setting.log).not.toContain('media.fetch')
})

test('a matter that ended unresolved is told again', async () => {
  const outcome = { kind: 'unresolved', detail: 'look' } as const
  const setting = fixture({ ledger: { find: async () => ({ kind: 'settled', outcome, at: NOW }) } })
  expect(await handle(tweet(), setting)).toEqual(outcome)
})

test('of more photos than a tweet can have, the first four are looked at', async () => {
  const setting = fixture()
  const photos = Array.from({ length: 60_000 }, (_, index) => photo(`p${index}`))
  await handle(tweet({ photos, media: 'present' }), setting)
  expect(setting.log.filter((entry) => entry === 'media.fetch')).toHaveLength(4)
})

describe('a look-up', () => {
  const unknown = tweet({ media: 'unknown' })

  test('that X did not answer is tried again with the money that was reserved for it', async () => {
    const reserved: Charge[] = []
    const setting = fixture({
      social: { tweet: async () => ({ kind: 'deferred', reason: 'unreachable', detail: '' }) },
      budget: {
        reserve: async (charges) => {
          reserved.push(...charges)
          return { kind: 'granted' }
        },
      },
    })
    expect((await handle(unknown, setting)).kind).toBe('deferred')
    expect(setting.log).toEqual(['budget.reserve', 'social.tweet 5001'])
    expect((await handle(unknown, setting)).kind).toBe('deferred')
    expect(reserved.slice(2)).toEqual(reserved.slice(0, 2))
    expect(reserved.every(({ call }) => call === 'tweet:5001')).toBe(true)
  })

  test('that finds the account locked stops everything, and nothing is looked up while it is stopped', async () => {
    const locked = fixture({ social: { tweet: async () => ({ kind: 'locked', code: 326, detail: 'locked' }) } })
    expect(await handle(unknown, locked)).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect(locked.log).toContainEqual(expect.stringContaining('killSwitch.trip'))
    const stopped = fixture({ killSwitch: { state: async () => stoppedFor('locked') } })
    expect(await handle(unknown, stopped)).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect(stopped.log.filter((entry) => entry.startsWith('social.'))).toEqual([])
  })
})

describe('what the look-up and the event know together', () => {
  const storedAfter = async (event: Partial<Tweet>, seen: Partial<Tweet>) => {
    const lookup = tweet({ photos: [photo('a')], media: 'present', ...seen })
    const setting = fixture({ social: { tweet: async () => ({ kind: 'found', tweet: lookup }) } })
    expect((await handle(tweet({ media: 'unknown', ...event }), setting)).kind).toBe('job-stored')
    return decodeJob(setting.blobs.get('jobs/100/5001.json')?.bytes ?? new Uint8Array())
  }
  const mention = (id: string, explicit: boolean) => ({ id, username: `user${id}`, explicit })

  test('is whom the author mentioned: all that either has, and as meant where the event is sure of it', async () => {
    const { tweet } = await storedAfter(
      { mentions: [mention(BOT.id, true), mention('101', false), mention('102', false)] },
      { mentions: [mention(BOT.id, false), mention('101', false), mention('103', true)] },
    )
    expect(tweet.mentions).toEqual([
      mention(BOT.id, true),
      mention('101', false),
      mention('103', true),
      mention('102', false),
    ])
  })

  test('is the first of its edits, whichever of the two knows of edits', async () => {
    const known = await storedAfter({ id: '5002', firstId: '5001' }, { id: '5002', firstId: '5002' })
    const learnt = await storedAfter({ id: '5002', firstId: '5002' }, { id: '5002', firstId: '5001' })
    for (const { tweet } of [known, learnt]) expect(tweet).toMatchObject({ id: '5002', firstId: '5001' })
  })

  test('is whom it quotes: the look-up where it says so, else the event', async () => {
    const [fromLookUp, fromEvent] = [
      await storedAfter({ quotedAuthorId: '102' }, { quotedAuthorId: '101' }),
      await storedAfter({ quotedAuthorId: '102' }, {}),
    ]
    expect([fromLookUp.tweet.quotedAuthorId, fromEvent.tweet.quotedAuthorId]).toEqual(['101', '102'])
  })

  test('is its photos: the look-up where it has some, else the event', async () => {
    const own = { photos: [photo('b'), photo('c')] }
    expect((await storedAfter(own, {})).tweet.photos).toEqual([photo('a')])
    expect((await storedAfter(own, { photos: [] })).tweet.photos).toEqual(own.photos)
  })
})

describe('the room that there has to be in the budget', () => {
  const { prices } = selfServe2026
  // X charges once for a reply that it lists when an earlier one is looked for.
  const reply = prices.reply + prices.ownedRead
  test.each<[string, Partial<Tweet>, number]>([
    ['the reply', {}, reply],
    [
      'the reply and a label for each photo',
      { media: 'present', photos: [photo('a'), photo('b')] },
      reply + 2 * prices.label,
    ],
    [
      'the reply, the look-up, and a label for each photo that it may show',
      { media: 'unknown' },
      reply + prices.tweetRead + 4 * prices.label,
    ],
  ])('is for %s', async (_name, over, money) => {
    const asked: number[] = []
    const setting = fixture({
      budget: {
        reserve: async (charges) => {
          asked.push(...charges.filter(({ kind }) => kind === 'day').map(({ amount }) => amount))
          return { kind: 'granted' }
        },
      },
    })
    await handle(tweet(over), setting)
    expect(asked[0]).toBe(money)
  })
})

test("a reply is in the tweet's language where the rules have texts for it", async () => {
  const { en } = animalRules.texts
  const de = { ...en, noPhoto: ['Bitte ein Bild.'], match: ['{labels}'], other: ['Kein Tier.'], nothing: ['Nichts.'] }
  const rules = { ...animalRules, texts: { en, de } } as ReplyRules
  const bot = photoBot(fixture().ports, { bot: BOT, rules })
  expect(await bot.handleTweet(tweet({ lang: 'de' }))).toMatchObject({ text: 'Bitte ein Bild.' })
  expect(await bot.handleTweet(tweet({ lang: 'en' }))).toMatchObject({ text: expect.stringContaining('alice') })
})

describe("a question under somebody's photo", () => {
  const asked = {
    found: { photos: [photo('theirs')], media: 'present' as const, author: { id: '101', username: 'bob' } },
  }
  const withTheirs = () =>
    fixture({ social: { tweet: async (id) => ({ kind: 'found', tweet: tweet({ id, firstId: id, ...asked.found }) }) } })

  test.each([
    ['a reply', { inReplyToId: '4000', inReplyToUserId: '101' }],
    ['a quote', { quotedId: '4000', quotedAuthorId: '101' }],
  ])('asked by %s, it is about that photo, and is stored for the one who asked', async (_name, over) => {
    const { ports, log, blobs } = withTheirs()
    expect(await handle(tweet(over), { ports, log, blobs })).toEqual({
      kind: 'job-stored',
      jobKey: 'jobs/100/5001.json',
    })
    expect(log).toContain('social.tweet 4000')
  })

  test("a photo of one's own comes first, and the other tweet is not paid for", async () => {
    const { ports, log, blobs } = withTheirs()
    const own = tweet({ photos: [photo('mine')], media: 'present', inReplyToId: '4000', inReplyToUserId: '101' })
    await handle(own, { ports, log, blobs })
    expect(log.filter((entry) => entry.startsWith('social.tweet'))).toEqual([])
  })

  test('that cannot be looked at now is deferred, or ends where there is no money for it', async () => {
    const question = tweet({ inReplyToId: '4000', inReplyToUserId: '101' })
    const busy = fixture({
      social: { tweet: async () => ({ kind: 'deferred', reason: 'rate-limited', until: NOW + 9, detail: 'wait' }) },
    })
    expect(await handle(question, busy)).toMatchObject({ kind: 'deferred', reason: 'rate-limited' })
    const poor = fixture({ budget: { reserve: async () => noRoom('day', 'day:x') } })
    expect(await handle(question, poor)).toEqual(ignored('over-budget'))
    expect(poor.log.filter((entry) => entry.startsWith('social.'))).toEqual([])
  })

  test("that is the bot's own tweet is not looked at: a picture is needed", async () => {
    const { ports, log, blobs } = withTheirs()
    const question = tweet({ quotedId: '4000', quotedAuthorId: BOT.id })
    expect((await handle(question, { ports, log, blobs })).kind).toBe('replied')
    expect(log.filter((entry) => entry.startsWith('social.tweet'))).toEqual([])
  })

  test('with no photo there either, a picture is needed', async () => {
    const { ports, log, blobs } = fixture({ social: { tweet: async () => ({ kind: 'gone', detail: '' }) } })
    expect((await handle(tweet({ inReplyToId: '4000' }), { ports, log, blobs })).kind).toBe('replied')
  })
})
