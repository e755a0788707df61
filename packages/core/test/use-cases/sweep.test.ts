import { describe, expect, test } from '@jest/globals'
import type { Charge, Event, MentionsResult, Ports } from '../../src/index.js'
import { defaultLimits, selfServe2026, sweep, TIMES } from '../../src/index.js'
import { NOW, tweet, world } from './world.js'

const BOUNDS = { limits: defaultLimits, platform: selfServe2026 }

function sweeping(found: MentionsResult, over: Partial<Ports> = {}, seen?: string) {
  const { ports } = world()
  const taken: Event[] = []
  const asked: unknown[] = []
  const charged: Charge[] = []
  const cursor = { id: seen }
  const all = {
    ...ports,
    budget: {
      ...ports.budget,
      spend: async (charges: readonly Charge[]) => {
        charged.push(...charges)
        return { kind: 'granted' as const }
      },
      refund: async () => void charged.splice(0),
    },
    mentions: {
      since: async (after: unknown) => {
        asked.push(after)
        return found
      },
    },
    inbox: { put: async (events: readonly Event[]) => void taken.push(...events) },
    cursor: {
      read: async () => cursor.id,
      advance: async (id: string) => {
        cursor.id = id
      },
    },
    ...over,
  }
  return { taken, asked, charged, cursor, swept: sweep(all, BOUNDS) }
}

describe('a sweep', () => {
  test('puts what it found into the inbox, then goes forward', async () => {
    const [first, second] = [tweet({ id: '8' }), tweet({ id: '11' })]
    const { taken, cursor, swept } = sweeping({ kind: 'found', tweets: [first, second], unreadable: 0 })
    expect(await swept).toEqual({ kind: 'swept', found: 2, unreadable: 0 })
    expect(taken).toEqual([
      { kind: 'tweet', tweet: first },
      { kind: 'tweet', tweet: second },
    ])
    expect(cursor.id).toBe('11')
  })

  test('the first time asks for a day, then from the last tweet on', async () => {
    const first = sweeping({ kind: 'found', tweets: [], unreadable: 0 })
    await first.swept
    expect(first.asked).toEqual([{ from: NOW - TIMES.tooOld }])
    const next = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, {}, '11')
    await next.swept
    expect(next.asked).toEqual([{ from: NOW - TIMES.tooOld, sinceId: '11' }])
    expect(next.cursor.id).toBe('11')
  })

  test('does not go forward where the inbox failed', async () => {
    const inbox = { put: async () => Promise.reject(new Error('full')) }
    const { cursor, swept } = sweeping({ kind: 'found', tweets: [tweet({ id: '11' })], unreadable: 0 }, { inbox }, '8')
    await expect(swept).rejects.toThrow('full')
    expect(cursor.id).toBe('8')
  })

  test('pays for each tweet that X listed', async () => {
    const { charged, swept } = sweeping({ kind: 'found', tweets: [tweet(), tweet(), tweet()], unreadable: 0 })
    await swept
    expect(charged.reduce((sum, { amount }) => sum + amount, 0)).toBe(3 * selfServe2026.prices.ownedRead)
  })

  test('asks nothing where the day has no money left', async () => {
    const { budget } = world({
      budget: { spend: async () => ({ kind: 'refused', window: 'day:1', until: NOW }) },
    }).ports
    const { asked, swept } = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, { budget })
    expect(await swept).toMatchObject({ kind: 'over-budget' })
    expect(asked).toEqual([])
  })

  test('asks nothing while all asking is stopped', async () => {
    const { breaker } = world({ breaker: { state: async () => ({ reason: 'code 326', since: NOW }) } }).ports
    const { asked, swept } = sweeping({ kind: 'found', tweets: [], unreadable: 0 }, { breaker })
    expect(await swept).toMatchObject({ kind: 'later', reason: 'stopped' })
    expect(asked).toEqual([])
  })

  test('that X puts off costs nothing', async () => {
    const { charged, swept } = sweeping({ kind: 'later', reason: 'rate-limited', detail: 'Too many.' })
    expect(await swept).toMatchObject({ kind: 'later', reason: 'rate-limited' })
    expect(charged).toEqual([])
  })

  test('that meets a locked account stops all asking', async () => {
    const tripped: string[] = []
    const { breaker } = world({ breaker: { trip: async (reason) => void tripped.push(reason) } }).ports
    const { swept } = sweeping({ kind: 'locked', code: 326, detail: 'locked' }, { breaker })
    expect(await swept).toMatchObject({ kind: 'later', reason: 'stopped' })
    expect(tripped).toHaveLength(1)
  })
})
