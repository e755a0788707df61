import { BOT, NOW, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import { TIMES } from '../../src/host/index.js'
import type { Tweet } from '../../src/index.js'
import { selfServe2026 } from '../../src/index.js'
import { reasonToIgnore, saysStop } from '../../src/policy/should-reply.js'

const [HOUR, DAY] = [3_600_000, 24 * 3_600_000]
const mentions = (explicit: boolean) => [{ id: BOT.id, username: BOT.username, explicit }]
const reason = (over: Partial<Tweet>, summons = selfServe2026.summons) => reasonToIgnore(tweet(over), BOT, summons, NOW)

describe('the age of a tweet', () => {
  test('may be a day, to the millisecond', () => {
    expect(reason({ createdAt: NOW - DAY })).toBeUndefined()
    expect(reason({ createdAt: NOW - DAY - 1 })).toBe('too-old')
  })

  test('may be less than nothing by as much as clocks differ', () => {
    expect(reason({ createdAt: NOW + TIMES.clockSkew })).toBeUndefined()
    expect(reason({ createdAt: NOW + TIMES.clockSkew + 1 })).toBe('from-the-future')
  })
})

describe('what summons the bot is for the platform to say:', () => {
  const quote = { mentions: [], quotedAuthorId: BOT.id }
  const none = { explicitMention: false, implicitMention: false, quote: false }
  const all = { explicitMention: true, implicitMention: true, quote: true }

  test.each<[string, Partial<Tweet>]>([
    ['a mention that the author wrote', { mentions: mentions(true) }],
    ['a mention that X put in front', { mentions: mentions(false) }],
    ['a quote of its tweet', quote],
  ])('%s', (_name, over) => {
    expect(reason(over, all)).toBeUndefined()
    expect(reason(over, none)).toBe('not-summoned')
  })

  test('one of the three is not another', () => {
    expect(reason({ mentions: mentions(true) }, { ...all, explicitMention: false })).toBe('not-summoned')
    expect(reason({ mentions: mentions(false) }, { ...all, implicitMention: false })).toBe('not-summoned')
    expect(reason(quote, { ...all, quote: false })).toBe('not-summoned')
  })

  test('a mention of somebody else does not, and a mention of several does', () => {
    const other = { id: '101', username: 'bob', explicit: true }
    expect(reason({ mentions: [other] })).toBe('not-summoned')
    expect(reason({ mentions: [other, ...mentions(true)] })).toBeUndefined()
  })
})

describe('a tweet to which only some may reply', () => {
  const all = { explicitMention: true, implicitMention: true, quote: true }
  test('may be answered where its author mentioned the bot', () => {
    expect(reason({ replySettings: 'mentionedUsers' })).toBeUndefined()
    expect(reason({ replySettings: 'everyone', mentions: mentions(false) }, all)).toBeUndefined()
  })

  test('may not where X did, or where its author mentioned somebody else', () => {
    const closed = { replySettings: 'mentionedUsers', quotedAuthorId: BOT.id }
    expect(reason({ ...closed, mentions: mentions(false) }, all)).toBe('replies-closed')
    expect(reason({ ...closed, mentions: [{ id: '101', username: 'bob', explicit: true }] }, all)).toBe(
      'replies-closed',
    )
  })
})

test('"stop" is that word alone, with or without punctuation or a link to a photo after it', () => {
  for (const text of [
    'stop',
    ' STOP ',
    'Stop!',
    'stop...',
    '\nstop\n',
    'stop https://t.co/Ab1',
    'stop\nhttps://t.co/a https://t.co/b',
  ])
    expect(saysStop(text)).toBe(true)
  for (const text of [
    '',
    'stop it',
    'nonstop',
    'stop,',
    '!stop',
    'st op',
    'https://t.co/stop',
    'stop it https://t.co/Ab1',
  ])
    expect(saysStop(text)).toBe(false)
})

test('the chain of times is the one that is written down', () => {
  const [SECOND, MINUTE] = [1_000, 60_000]
  expect(TIMES).toEqual({
    fetchTimeout: 8 * SECOND,
    postTimeout: 10 * SECOND,
    functionTimeout: 30 * SECOND,
    attempt: MINUTE,
    timeToEnd: 15 * SECOND,
    lease: 150 * SECOND,
    visibility: 180 * SECOND,
    lookAgainAfter: 10 * MINUTE,
    firstRetry: 2 * SECOND,
    secondPost: 10 * SECOND,
    lastLook: 120 * SECOND,
    retryAfter: 5 * MINUTE,
    sweepOverlap: 15 * MINUTE,
    tooOld: DAY,
    session: 15 * MINUTE,
    clockSkew: 5 * MINUTE,
    photoLifetime: 48 * HOUR,
    deadLetters: 14 * DAY,
    ledgerRows: 30 * DAY,
    journal: 30 * DAY,
  })
})
