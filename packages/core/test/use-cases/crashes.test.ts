import { BOT, NOW, photo, photoBot, tweet } from '@hexbird/testkit/bot-fixture'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { idOfTime } from '../../src/domain/tweet.js'
import { sweep, TIMES } from '../../src/host/index.js'
import type { Outcome, Tweet } from '../../src/index.js'
import { defaultLimits, selfServe2026 } from '../../src/index.js'
import { Crash, killed, models } from './models.js'

type Models = ReturnType<typeof models>
/** Where processes die, one after the other: at which call, and whether the call had its effect. */
type Deaths = readonly (readonly [at: number, after: boolean])[]

/** One process after the other takes the message up again, until one ends it. Tells how often it was killed. */
async function untilDone(
  { ports, clock }: Models,
  deaths: Deaths,
  run: (ports: Models['ports']) => Promise<{ readonly kind: string; readonly until?: number }>,
) {
  let killings = 0
  for (let tries = 0; tries < 100; tries++) {
    const [at, after] = deaths[tries] ?? [Number.POSITIVE_INFINITY, false]
    try {
      const outcome = await run(killed(ports, at, after))
      if (outcome.kind !== 'deferred') return { outcome, killings }
      clock.now = Math.max(clock.now + 1, outcome.until ?? 0)
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      killings += 1
      clock.now += TIMES.visibility
    }
  }
  throw new Error('The message never comes to an end.')
}

async function answered(setting: Models, event: Tweet, deaths: Deaths, jobDeaths: Deaths = []) {
  const one = await untilDone(setting, deaths, (ports) => photoBot(ports, { bot: BOT }).handleTweet(event))
  if (one.outcome.kind !== 'job-stored') return one
  const { jobKey } = one.outcome as Extract<Outcome, { kind: 'job-stored' }>
  const two = await untilDone(setting, jobDeaths, (ports) => photoBot(ports, { bot: BOT }).runJob(jobKey))
  return { ...two, killings: one.killings + two.killings }
}

function expectNothingLeft({ blobs, rows }: Models) {
  expect(blobs.size).toBe(0)
  expect([...rows.values()].filter(({ kind }) => kind === 'claimed')).toEqual([])
}

/** A run that finds an earlier one's reply in doubt leaves charged what was reserved: up to four labels too much. */
function expectOneReplyAndWhatXBilled(setting: Models) {
  const { x, sum } = setting
  expectNothingLeft(setting)
  expect(x.replies).toHaveLength(1)
  expect(sum('author:')).toBe(sum('day:'))
  expect(sum('day:')).toBeGreaterThanOrEqual(x.billed())
  expect(sum('day:')).toBeLessThanOrEqual(x.billed() + 4 * selfServe2026.prices.label)
}

const TEXT = tweet()
const PHOTOS = tweet({ photos: [photo('a'), photo('b')], media: 'present' })
const LOOKED_UP = tweet({ media: 'unknown', author: { id: '100' } })
const UNDER_PHOTO = tweet({ inReplyToId: '4000', inReplyToUserId: '101' })

function withTheirs(setting = models()): Models {
  setting.x.tweets.set('4000', tweet({ id: '4000', firstId: '4000', photos: [photo('theirs')], media: 'present' }))
  setting.x.tweets.set('5001', PHOTOS)
  return setting
}

describe.each<[string, Tweet]>([
  ['a tweet without a photo', TEXT],
  ['a tweet with photos', PHOTOS],
  ['a tweet that has to be looked up', LOOKED_UP],
  ["a question under somebody's photo", UNDER_PHOTO],
])('%s', (_name, event) => {
  test.each([false, true])(
    'costs what X billed and gets one reply, at whichever call its process is killed (after its effect: %s)',
    async (after) => {
      for (let at = 0; ; at++) {
        const setting = withTheirs()
        const { killings } = await answered(setting, event, [[at, after]])
        expectOneReplyAndWhatXBilled(setting)
        if (killings === 0) break
      }
      for (let at = 0; ; at++) {
        const setting = withTheirs()
        const { killings } = await answered(setting, event, [], [[at, after]])
        expectOneReplyAndWhatXBilled(setting)
        if (killings === 0) break
      }
    },
  )

  test('never gets two replies nor costs less than X billed, however often its processes are killed', async () => {
    const deaths = fc.array(fc.tuple(fc.nat({ max: 25 }), fc.boolean()), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(deaths, deaths, async (one, two) => {
        const setting = withTheirs()
        const { outcome } = await answered(setting, event, one, two)
        expectNothingLeft(setting)
        const { x, sum } = setting
        // Two processes that died with the words on record may both have posted them: then X is asked, and no third does.
        const isUnresolved = outcome.kind === 'unresolved'
        expect(x.replies.length).toBeLessThanOrEqual(1)
        expect(isUnresolved || x.replies.length === 1).toBe(true)
        const { label, ownedRead, reply, tweetRead } = selfServe2026.prices
        expect(sum('day:')).toBe(sum('author:'))
        expect(sum('day:')).toBeGreaterThanOrEqual(x.billed())
        expect(sum('day:')).toBeLessThanOrEqual(
          x.billed() + tweetRead + 4 * label + (isUnresolved ? reply + ownedRead : 0),
        )
      }),
      { numRuns: runs() },
    )
  })
})

describe('a sweep', () => {
  const BOUNDS = { bot: { id: '900' }, limits: defaultLimits, platform: selfServe2026 }
  const mentioned = (count: number) =>
    Array.from({ length: count }, (_, index) => tweet({ id: idOfTime(NOW - 3_600_000 + index * 1_000) }))

  const afterDeaths = async (deaths: Deaths, count: number) => {
    const setting = models()
    setting.x.listed.push(...mentioned(count))
    await untilDone(setting, deaths, (ports) => sweep(ports, BOUNDS))
    return setting
  }
  const idsOf = ({ inbox }: Models) => [...new Set(inbox.map((event) => event.kind === 'tweet' && event.tweet.id))]

  test('costs what X billed and passes no mention over, however often it is killed', async () => {
    const deaths = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.boolean()), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(deaths, fc.nat({ max: 250 }), async (killings, count) => {
        const setting = await afterDeaths(killings, count)
        expect(idsOf(setting)).toHaveLength(count)
        // What a process had paid for when it died at the last call stays charged: too much, never too little.
        expect(setting.sum('sweep:')).toBeGreaterThanOrEqual(setting.x.billed())
        expect(setting.sum('sweep:')).toBeLessThanOrEqual(selfServe2026.prices.ownedRead * 300)
        expect(setting.sum('day:')).toBe(setting.sum('sweep:'))
      }),
      { numRuns: runs() },
    )
  })

  test('that was killed again and again leaves money for the next', async () => {
    const setting = await afterDeaths(
      Array.from({ length: 50 }, () => [4, true]),
      7,
    )
    expect(idsOf(setting)).toHaveLength(7)
    expect(setting.sum('sweep:')).toBe(7 * selfServe2026.prices.ownedRead)
    expect(setting.sum('sweep:')).toBe(setting.x.billed())
  })

  test('that is killed each time that it has found something leaves no page reserved', async () => {
    const price = selfServe2026.prices.ownedRead
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 12 }), fc.boolean()), { minLength: 20, maxLength: 40 }),
        async (deaths) => {
          const setting = models()
          const { x, ports, clock } = setting
          for (const [at, after] of deaths) {
            clock.now += 60_000
            x.listed.push(tweet({ id: idOfTime(clock.now - 1_000) }))
            await sweep(killed(ports, at, after), BOUNDS).catch(() => undefined)
          }
          clock.now += 60_000
          expect(await sweep(ports, BOUNDS)).toMatchObject({ kind: 'swept' })
          expect(idsOf(setting)).toHaveLength(deaths.length)
          expect(setting.sum('sweep:')).toBeGreaterThanOrEqual(x.billed())
          // A page that a sweep had listed when it died is taken over by the next, but for the last of all.
          expect(setting.sum('sweep:')).toBeLessThanOrEqual(x.billed() + 100 * price)
        },
      ),
      { numRuns: runs() },
    )
  })
})
