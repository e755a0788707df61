import { tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import { defaultLimits, selfServe2026 } from '../../src/index.js'
import {
  conversationCharges,
  meaningOfRefusal,
  moneyCharges,
  personCharges,
  postCharges,
  startCharges,
  sweepCharges,
} from '../../src/policy/charges.js'

const at = (time: string) => Date.parse(`2026-11-22T${time}Z`)
const NOW = at('12:34:56')
const MIDNIGHT = Date.parse('2026-11-23T00:00:00Z')

const dayOf = (call: string, amount: number) => ({
  kind: 'day',
  window: 'day:2026-11-22',
  call,
  amount,
  limit: 5_000_000,
  endsAt: MIDNIGHT,
})
const authorOf = (id: string, call: string, amount: number) => ({
  kind: 'author',
  window: `author:${id}:2026-11-22`,
  call,
  amount,
  limit: 200_000,
  endsAt: MIDNIGHT,
})

describe('what is charged', () => {
  test("for a post: X's windows, where each try counts", () => {
    const [quarter, day] = [Math.floor(NOW / 900_000), Math.floor(NOW / 86_400_000)]
    expect(postCharges(selfServe2026, NOW)).toStrictEqual([
      { kind: 'posts', window: `posts:15-minutes:${quarter}`, amount: 1, limit: 100, endsAt: at('12:45:00') },
      { kind: 'posts', window: `posts:24-hours:${day}`, amount: 1, limit: 10_000, endsAt: MIDNIGHT },
    ])
  })

  test('for a reply: one of its conversation, for the tweet', () => {
    const window = 'conversation:5001:2026-11-22'
    expect(conversationCharges('tweet:5001', tweet(), defaultLimits, NOW)).toEqual([
      { kind: 'conversation', window, call: 'tweet:5001', amount: 1, limit: 8, endsAt: MIDNIGHT },
    ])
  })

  test('for a tweet, all that it costs: the money of the author and of the day', () => {
    expect(moneyCharges('tweet:5001', 5, '100', defaultLimits, NOW)).toEqual([
      authorOf('100', 'tweet:5001', 5),
      dayOf('tweet:5001', 5),
    ])
  })

  test("for what is done in a person's name: the same, of that person", () => {
    expect(personCharges('follow', '1', 5, defaultLimits, NOW)).toEqual([
      authorOf('1', 'follow:1', 5),
      dayOf('follow:1', 5),
    ])
  })

  test('for a page of a sweep: its share of the day, then the day', () => {
    const window = 'sweep:2026-11-22'
    const share = { kind: 'sweep', window, call: 'mentions:1:0', amount: 5, limit: 1_000_000, endsAt: MIDNIGHT }
    expect(sweepCharges('mentions:1:0', 5, defaultLimits, NOW)).toEqual([share, dayOf('mentions:1:0', 5)])
  })

  test('for the start of a sign-in: one of the hour, for the address', () => {
    const window = `sign-in:192.0.2.7:${Math.floor(NOW / 3_600_000)}`
    expect(startCharges('192.0.2.7', 20, NOW)).toStrictEqual([
      { kind: 'sign-in', window, amount: 1, limit: 20, endsAt: at('13:00:00') },
    ])
  })
})

test('a window ends where the next one of its kind begins', () => {
  const [last, first] = [MIDNIGHT - 1, MIDNIGHT].map((now) => [
    ...postCharges(selfServe2026, now),
    ...conversationCharges('tweet:5001', tweet(), defaultLimits, now),
    ...moneyCharges('tweet:5001', 5, '100', defaultLimits, now),
  ])
  for (const [index, { window, endsAt }] of (last ?? []).entries()) {
    expect(endsAt).toBe(MIDNIGHT)
    expect(first?.[index]?.window).not.toBe(window)
    expect(first?.[index]?.endsAt).toBeGreaterThan(MIDNIGHT)
  }
})

test('of two who talk under the tweet of a third each has that tweet for a conversation', () => {
  const { conversationId: _, ...unnamed } = tweet({ inReplyToId: '4000', inReplyToUserId: '101' })
  const windows = conversationCharges('tweet:5001', unnamed, defaultLimits, NOW).map(({ window }) => window)
  expect(windows).toEqual(['conversation:4000:2026-11-22'])
})

test.each([
  ['posts', 'wait'],
  ['conversation', 'conversation-limit'],
  ['author', 'over-budget'],
  ['day', 'over-budget'],
  ['sweep', 'over-budget'],
] as const)('a refusal of %s means %s, whatever the window is called', (kind, meaning) => {
  expect(meaningOfRefusal({ kind, window: 'posts:conversation:day', amount: 1, limit: 0, endsAt: 0 })).toBe(meaning)
})

test('what X charged and allowed when it was last read is what the bot reckons with', () => {
  const { asOf, prices, photoPixels, summons, postWindows, sources } = selfServe2026
  expect({ asOf, prices, photoPixels, summons, postWindows }).toEqual({
    asOf: '2026-08-22',
    prices: {
      tweetRead: 5_000,
      ownedRead: 1_000,
      reply: 10_000,
      replyWithLink: 200_000,
      label: 1_000,
      follow: 15_000,
      message: 15_000,
    },
    photoPixels: { least: 80, most: 10_000 },
    summons: { explicitMention: true, implicitMention: false, quote: true },
    postWindows: [
      { name: '15-minutes', limit: 100, milliseconds: 900_000 },
      { name: '24-hours', limit: 10_000, milliseconds: 86_400_000 },
    ],
  })
  for (const source of sources)
    expect(source).toMatch(/^https:\/\/(docs\.x\.com|aws\.amazon\.com|docs\.aws\.amazon\.com)\//)
})
