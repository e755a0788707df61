import { fixture, NOW, noRoom, stoppedFor, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { Charge, CursorState, KillSwitchState, MentionsResult, Ports } from '../../src/adapter/index.js'
import { idOfTime } from '../../src/domain/tweet.js'
import type { SweepOptions } from '../../src/host/index.js'
import { sweep, TIMES } from '../../src/host/index.js'
import type { Event } from '../../src/index.js'
import { defaultLimits, selfServe2026 } from '../../src/index.js'
import { PAGE } from '../../src/use-cases/sweep.js'

const AN_HOUR_AGO = NOW - 3_600_000
const BOUNDS = { bot: { id: '900' }, limits: defaultLimits, platform: selfServe2026 }

/** What X lists, page by page. */
function sweeping(
  found: MentionsResult | readonly MentionsResult[],
  over: Partial<Ports> = {},
  known?: string | CursorState,
  options: Partial<SweepOptions> = {},
) {
  const { ports } = fixture()
  const taken: Event[] = []
  const asked: unknown[] = []
  const charged: Charge[] = []
  const cursor = { state: typeof known === 'string' ? { id: known, seen: [] } : known }
  const pages = [found].flat()
  const all = {
    ...ports,
    budget: {
      ...ports.budget,
      reserve: async (charges: readonly Charge[]) => {
        charged.push(...charges)
        return { kind: 'granted' as const }
      },
      settle: async (charges: readonly Charge[]) => {
        for (const charge of charges) {
          const at = charged.findIndex(({ window, call }) => window === charge.window && call === charge.call)
          charged.splice(at, 1, charge)
        }
      },
    },
    mentions: {
      since: async (after: unknown) => {
        asked.push(after)
        return pages[Math.min(asked.length, pages.length) - 1] as MentionsResult
      },
    },
    inbox: { put: async (events: readonly Event[]) => void taken.push(...events) },
    cursor: {
      read: async () => cursor.state,
      advance: async (state: CursorState) => {
        cursor.state = state
      },
    },
    ...over,
  }
  return { taken, asked, charged, cursor, swept: sweep(all, { ...BOUNDS, ...options }) }
}

/** By the kind of window. */
function sumsOf(charged: readonly Charge[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const { kind, amount } of charged) {
    sums[kind] = (sums[kind] ?? 0) + amount
  }
  return sums
}

/** A budget that refuses the call `without`. `log` has what a sweep reserves and settles in its share, in mentions. */
function counting(without?: string) {
  const log: string[] = []
  const note = (what: string, charges: readonly Charge[]) => {
    const share = charges.filter(({ kind }) => kind === 'sweep')
    const each = share.map(({ call, amount }) => `${call} ${amount / selfServe2026.prices.ownedRead}`)
    log.push([what, ...each].join(' '))
  }
  const { budget } = fixture({
    budget: {
      reserve: async (charges) => {
        note('reserve', charges)
        const isRefused = charges.some(({ call }) => call === without)
        return isRefused ? noRoom('sweep', 'sweep:2026-11-22') : { kind: 'granted' }
      },
      settle: async (charges) => note('settle', charges),
    },
  }).ports
  return { budget, log }
}

const listed = (ids: readonly string[], more: { next?: string; unreadable?: number } = {}): MentionsResult => ({
  kind: 'found',
  tweets: ids.map((id) => tweet({ id })),
  unreadable: 0,
  ...more,
})

const minutesAgo = (minutes: number) => idOfTime(NOW - minutes * 60_000)
const YESTERDAY = minutesAgo(24 * 60 - 1)

describe('a sweep', () => {
  test('puts what it found into the inbox, then goes forward', async () => {
    const tweets = ['8', '9', '11'].map((id) => tweet({ id }))
    const { taken, cursor, swept } = sweeping({ kind: 'found', tweets, unreadable: 0 })
    expect(await swept).toEqual({ kind: 'swept', found: 3, unreadable: 0 })
    expect(taken).toEqual(tweets.map((tweet) => ({ kind: 'tweet', tweet })))
    expect(cursor.state?.id).toBe('11')
  })

  test('the first time asks for a day, then from 15 minutes before the last tweet on', async () => {
    const first = sweeping({ kind: 'found', tweets: [], unreadable: 0 })
    await first.swept
    expect(first.asked).toStrictEqual([{ from: NOW - TIMES.tooOld, most: 100 }])
    const newest = idOfTime(AN_HOUR_AGO)
    const next = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, {}, newest)
    await next.swept
    const sinceId = idOfTime(AN_HOUR_AGO - TIMES.sweepOverlap)
    expect(next.asked).toEqual([{ from: NOW - TIMES.tooOld, most: 100, sinceId }])
    expect(next.cursor.state?.id).toBe(newest)
  })

  test('asks for a day if the last tweet is older than that, or its id has no time on X', async () => {
    const tooOld = idOfTime(NOW - TIMES.tooOld + TIMES.sweepOverlap - 1)
    for (const id of ['11', '115000000000000000', '11500000000000000000', tooOld]) {
      const { asked, swept } = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, {}, id)
      await swept
      expect(asked).toStrictEqual([{ from: NOW - TIMES.tooOld, most: 100 }])
    }
  })

  test('starts from the last tweet as long as what it lists again is not too old', async () => {
    const newest = idOfTime(NOW - TIMES.tooOld + TIMES.sweepOverlap)
    const { asked, swept } = sweeping(listed([]), {}, newest)
    await swept
    expect(asked).toMatchObject([{ sinceId: idOfTime(NOW - TIMES.tooOld) }])
  })

  test('remembers what X may list again: the tweets of the 15 minutes before the newest', async () => {
    const since = minutesAgo(16)
    const tooOld = `${BigInt(since) - 1n}`
    const known = { id: minutesAgo(5), seen: [minutesAgo(10), since, tooOld] }
    const late = minutesAgo(12)
    const { taken, cursor, swept } = sweeping(listed([minutesAgo(1), minutesAgo(5), late, since]), {}, known)
    expect(await swept).toEqual({ kind: 'swept', found: 2, unreadable: 0 })
    expect(taken.map((event) => event.kind === 'tweet' && event.tweet.id)).toEqual([late, minutesAgo(1)])
    expect(cursor.state).toEqual({ id: minutesAgo(1), seen: [minutesAgo(5), minutesAgo(10), late, since] })
  })

  test('with no overlap asks for what is newer than the last tweet', async () => {
    const newest = `${BigInt(idOfTime(AN_HOUR_AGO)) + 5n}`
    const { asked, swept } = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, {}, newest, { overlap: 0 })
    await swept
    expect(asked).toMatchObject([{ sinceId: newest }])
  })

  test('with a small first page reserves that page alone, and lists all that X has', async () => {
    const more: MentionsResult = { kind: 'found', tweets: [tweet()], unreadable: 0, next: 'more' }
    const reserved: number[] = []
    const { budget } = fixture({
      budget: {
        reserve: async ([charge]) => {
          if (!charge?.call?.endsWith(':listed')) reserved.push((charge?.amount ?? 0) / selfServe2026.prices.ownedRead)
          return { kind: 'granted' }
        },
      },
    }).ports
    const { asked, swept } = sweeping(more, { budget }, undefined, { firstPage: 5 })
    await swept
    const pages = [5, ...Array.from({ length: 8 }, () => 100)]
    expect(asked).toMatchObject(pages.map((most) => ({ most })))
    expect(reserved).toEqual(pages)
  })

  test('does not go forward where the inbox failed', async () => {
    const inbox = { put: async () => Promise.reject(new Error('full')) }
    const { cursor, swept } = sweeping({ kind: 'found', tweets: [tweet({ id: '11' })], unreadable: 0 }, { inbox }, '8')
    await expect(swept).rejects.toThrow('full')
    expect(cursor.state?.id).toBe('8')
  })

  test('that finds nothing bothers no inbox', async () => {
    const inbox = { put: async () => Promise.reject(new Error('nothing to put')) }
    const { swept } = sweeping({ kind: 'found', tweets: [], unreadable: 1 }, { inbox })
    expect(await swept).toEqual({ kind: 'swept', found: 0, unreadable: 1 })
  })

  test('takes in all pages, oldest first, before it goes forward', async () => {
    const page = (next: string | undefined, ...ids: string[]): MentionsResult => {
      return { kind: 'found', tweets: ids.map((id) => tweet({ id })), unreadable: 1, ...(next && { next }) }
    }
    const { asked, taken, cursor, swept } = sweeping([page('two', '11', '10'), page(undefined, '9', '8')])
    expect(await swept).toEqual({ kind: 'swept', found: 4, unreadable: 2 })
    expect(asked).toMatchObject([{ most: 100 }, { page: 'two' }])
    expect(taken.map((event) => event.kind === 'tweet' && event.tweet.id)).toEqual(['8', '9', '10', '11'])
    expect(cursor.state?.id).toBe('11')
  })

  test('asks for no more pages than X has', async () => {
    const { asked, swept } = sweeping({ kind: 'found', tweets: [tweet()], unreadable: 0, next: 'more' })
    await swept
    expect(asked).toHaveLength(8)
  })

  test('pays for a full page before it asks, and in the end for what X listed', async () => {
    let before = 0
    const found: MentionsResult = { kind: 'found', tweets: [tweet({ id: '8' }), tweet({ id: '9' })], unreadable: 1 }
    const { charged, swept } = sweeping(found, {
      mentions: {
        since: async ({ most }) => {
          before = most * selfServe2026.prices.ownedRead
          expect(sumsOf(charged)).toEqual({ sweep: before, day: before })
          return found
        },
      },
    })
    await swept
    expect(before).toBeGreaterThan(0)
    expect(sumsOf(charged)).toEqual({
      sweep: 3 * selfServe2026.prices.ownedRead,
      day: 3 * selfServe2026.prices.ownedRead,
    })
  })

  test.each([
    ['finds nothing', undefined, [listed([])], ['reserve mentions:first:0 100', 'settle mentions:first:0 0']],
    [
      'finds two pages',
      undefined,
      [listed(['9', '8'], { next: 'two', unreadable: 1 }), listed(['7'])],
      [
        'reserve mentions:first:0 100',
        'reserve mentions:first:1 100',
        'reserve mentions:first:0:listed 3',
        'settle mentions:first:0 0 mentions:first:1 0',
        'settle mentions:first:0:listed 3',
        'reserve mentions:first:again 1',
      ],
    ],
    [
      'lists tweets again that X billed yesterday',
      { id: YESTERDAY, seen: ['3', '2'] },
      [listed([minutesAgo(2), YESTERDAY, '3', '2'], { unreadable: 1 })],
      [
        `reserve mentions:${YESTERDAY}:0 100`,
        `reserve mentions:${YESTERDAY}:2:listed 1`,
        `settle mentions:${YESTERDAY}:0 0`,
        `settle mentions:${YESTERDAY}:2:listed 1`,
        `reserve mentions:${YESTERDAY}:again 4`,
      ],
    ],
  ])('that %s reserves each page and settles it, and pays for what X bills', async (_, known, pages, calls) => {
    const { budget, log } = counting()
    await sweeping(pages, { budget }, known).swept
    expect(log).toEqual(calls)
  })

  test('without room for a charge of its own pays for its mentions where it reserved the pages', async () => {
    const { budget, log } = counting('mentions:8:0:listed')
    const { cursor, swept } = sweeping(listed(['11', '10']), { budget }, '8')
    expect(await swept).toEqual({ kind: 'swept', found: 2, unreadable: 0 })
    expect(cursor.state?.id).toBe('11')
    expect(log).toEqual([
      'reserve mentions:8:0 100',
      'reserve mentions:8:0:listed 2',
      'settle mentions:8:0 2',
      // The share may have granted what the day refused.
      'settle mentions:8:0:listed 0',
    ])
  })

  test('has a share of the day, and leaves the rest', async () => {
    const { charged, swept } = sweeping({ kind: 'found', tweets: [], unreadable: 0 })
    await swept
    expect(charged.slice(0, 2)).toMatchObject([
      { window: 'sweep:2026-11-22', limit: defaultLimits.sweepPerDay },
      { window: 'day:2026-11-22', limit: defaultLimits.perDay },
    ])
    expect(defaultLimits.sweepPerDay).toBeLessThan(defaultLimits.perDay / 2)
  })

  test('whose money ends between two pages hands on what it has, and does not go forward', async () => {
    let left = 1
    const { budget } = fixture({
      budget: {
        reserve: async () => (left-- > 0 ? { kind: 'granted' } : noRoom('sweep', 'sweep:2026-11-22')),
      },
    }).ports
    const first: MentionsResult = { kind: 'found', tweets: [tweet({ id: '11' })], unreadable: 0, next: 'two' }
    const { asked, taken, cursor, swept } = sweeping(first, { budget }, '8')
    expect(await swept).toMatchObject({ kind: 'over-budget' })
    expect([asked.length, taken.length, cursor.state?.id]).toEqual([1, 1, '8'])
  })

  test('that ends for want of money pays for its pages, and the next one for what it is shown on them', async () => {
    const page = PAGE * selfServe2026.prices.ownedRead
    const limits = { ...defaultLimits, sweepPerDay: 3 * page }
    const calls = new Map<string, number>()
    let spent = 0
    const { budget } = fixture({
      budget: {
        reserve: async ([charge]) => {
          if (charge === undefined) throw new Error('nothing is charged')
          const { call = '', amount, limit } = charge
          const more = amount - (calls.get(call) ?? 0)
          if (spent + more > limit) return noRoom('sweep', 'sweep:2026-11-22')
          spent += more
          calls.set(call, amount)
          return { kind: 'granted' }
        },
        settle: async (charges) => {
          for (const { call = '', amount } of charges) {
            spent -= Math.max(0, (calls.get(call) ?? 0) - amount)
            calls.delete(call)
          }
        },
      },
    }).ports
    const full: MentionsResult = { kind: 'found', tweets: [tweet({ id: '11' })], unreadable: 0, next: 'more' }
    const pages: number[] = []
    for (let sweeps = 0; sweeps < 2; sweeps++) {
      const { asked, swept } = sweeping(full, { budget }, '8', { limits })
      expect(await swept).toMatchObject({ kind: 'over-budget' })
      pages.push(asked.length)
    }
    expect(pages).toEqual([3, 0])
  })

  test('of which a page does not come passes none over', async () => {
    const first: MentionsResult = { kind: 'found', tweets: [tweet({ id: '11' })], unreadable: 0, next: 'two' }
    const later: MentionsResult = { kind: 'deferred', reason: 'unreachable', detail: '' }
    const { cursor, swept } = sweeping([first, later], {}, '8')
    expect(await swept).toMatchObject({ kind: 'deferred' })
    expect(cursor.state?.id).toBe('8')
  })

  test('asks nothing where the day has no money left', async () => {
    const { budget } = fixture({
      budget: { reserve: async () => noRoom('day', 'day:1') },
    }).ports
    const { asked, swept } = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, { budget })
    expect(await swept).toEqual({ kind: 'over-budget', detail: expect.stringContaining('day:1') })
    expect(asked).toEqual([])
  })

  test.each<[string, KillSwitchState, object]>([
    ['all asking is stopped', stoppedFor('code 326'), { reason: 'stopped' }],
    [
      'X has it wait with mentions',
      { waits: { mentions: NOW + 60_000 }, strikes: [] },
      { reason: 'rate-limited', detail: 'Calls of this kind (mentions) wait until 2026-11-22T12:01:00.000Z.' },
    ],
  ])('asks nothing while %s', async (_, state, why) => {
    const { killSwitch } = fixture({ killSwitch: { state: async () => state } }).ports
    const { asked, swept } = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, { killSwitch })
    expect(await swept).toMatchObject({ kind: 'deferred', ...why })
    expect(asked).toEqual([])
  })

  test('that X defers until a time has every later one wait until then', async () => {
    const waits: unknown[] = []
    const { killSwitch } = fixture({ killSwitch: { wait: async (...what) => void waits.push(what) } }).ports
    const until = NOW + 60_000
    const { swept } = sweeping({ kind: 'deferred', reason: 'rate-limited', until, detail: 'Slowly.' }, { killSwitch })
    expect(await swept).toMatchObject({ kind: 'deferred', reason: 'rate-limited', detail: 'Slowly.' })
    expect(waits).toEqual([['mentions', until]])
  })

  test('that X defers is done again with the same money', async () => {
    const { charged, swept } = sweeping({ kind: 'deferred', reason: 'rate-limited', detail: 'Too many.' }, {}, '11')
    expect(await swept).toMatchObject({ kind: 'deferred', reason: 'rate-limited' })
    expect(charged.map(({ call }) => call)).toEqual(['mentions:11:0', 'mentions:11:0'])
  })

  test('that meets a locked account stops all asking', async () => {
    const tripped: string[] = []
    const { killSwitch } = fixture({ killSwitch: { trip: async (reason) => void tripped.push(reason) } }).ports
    const { swept } = sweeping({ kind: 'locked', code: 326, detail: 'locked' }, { killSwitch })
    expect(await swept).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect(tripped).toHaveLength(1)
  })
})
