import {
  BOT,
  fixture,
  NOW,
  noRoom,
  photo,
  photoBot,
  posted,
  stoppedFor,
  tweet,
  within,
} from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type {
  Charge,
  ClaimResult,
  KillSwitchState,
  LedgerEntry,
  OwnReplyLookup,
  PostResult,
  SettledOutcome,
} from '../../src/adapter/index.js'
import { TIMES } from '../../src/host/index.js'
import type { BotPorts, Tweet } from '../../src/index.js'
import { createBot, defineBot, selfServe2026 } from '../../src/index.js'

type Fixture = ReturnType<typeof fixture>
/** Whatever is no reply says why, to the operator. */
const reply = async ({ ports }: Fixture, event = tweet()) => {
  const outcome = await photoBot(ports, { bot: BOT }).handleTweet(event)
  if ('detail' in outcome) expect(outcome.detail).not.toBe('')
  return outcome
}
/** What was done to X and to the ledger about the reply, without the mark on the conversation. */
const calls = ({ log }: Fixture) =>
  log
    .slice(log.indexOf('ledger.settle') + 1)
    .map((entry) => entry.split(' ')[0] ?? '')
    .filter((name) => !name.startsWith('budget.'))

/** Answers the first call with the first, and so on; the last again and again. */
const inTurn = <T>(...answers: readonly T[]) => {
  let call = 0
  return async () => answers[Math.min(call++, answers.length - 1)] as T
}
const intent = { tweetId: '5000', text: 'the words as recorded' }
type Expired = Extract<ClaimResult, { kind: 'expired' }>
const expired = (tries: number): Expired => ({ kind: 'expired', intent, since: NOW - 90_000, tries })
const claimed: LedgerEntry = { kind: 'claimed', intent, until: NOW - 1, tries: 1 }
const DAY = 24 * 3_600_000
const clear: KillSwitchState = { waits: {}, strikes: [] }
const waiting = (call: 'post' | 'timeline'): KillSwitchState => ({ waits: { [call]: NOW + 1_000 }, strikes: [] })
const duplicate: PostResult = { kind: 'duplicate', detail: 'seen' }

test('the words are recorded before X hears them, and the end after', async () => {
  const setting = fixture()
  await reply(setting)
  expect(calls(setting)).toEqual(['ledger.claim', 'social.reply', 'ledger.settle'])
})

test('the claim is for the length of a lease, and has the words', async () => {
  const claims: unknown[] = []
  const setting = fixture({
    ledger: {
      claim: async (key, claim) => {
        claims.push(key, claim)
        return { kind: 'acquired' }
      },
    },
  })
  const outcome = await reply(setting)
  expect(claims).toEqual([
    { botId: BOT.id, about: '5001' },
    {
      owner: 'owner-1',
      intent: { tweetId: '5001', text: (outcome as { text: string }).text, authorId: '100' },
      now: NOW,
      until: NOW + TIMES.lease,
    },
  ])
})

test('a matter that somebody settles meanwhile is theirs, and is told as the ledger has it', async () => {
  const replied = { kind: 'replied', replyId: '7777' } as const
  const before = fixture({ ledger: { claim: inTurn<ClaimResult>({ kind: 'settled', outcome: replied }) } })
  expect(await reply(before)).toMatchObject({ kind: 'ignored', reason: 'already-handled' })
  expect(calls(before)).toEqual(['ledger.claim'])
  const after = fixture({
    social: { reply: inTurn<PostResult>({ kind: 'refused', reason: 'reply-not-allowed', detail: 'no summons' }) },
    ledger: { settle: async (_key, outcome) => (outcome.kind === 'refused' ? replied : outcome) },
  })
  expect(await reply(after)).toEqual({ ...replied, text: '', labels: [] })
})

test.each<[SettledOutcome, unknown]>([
  [
    { kind: 'replied', replyId: '7777' },
    { kind: 'ignored', reason: 'already-handled' },
  ],
  [
    { kind: 'unresolved', detail: 'look' },
    { kind: 'unresolved', detail: 'look' },
  ],
])('a claim that is settled between two looks at it is left as it is: %j', async (outcome, told) => {
  const find = inTurn<LedgerEntry>(claimed, { kind: 'settled', outcome, at: NOW })
  const setting = fixture({ ledger: { find } })
  expect(await reply(setting)).toEqual(told)
  expect(calls(setting)).toEqual([])
})

test('a tweet of a time that the ledger has forgotten is not answered, though it had a claim a moment ago', async () => {
  const setting = fixture({
    ledger: { find: inTurn<LedgerEntry | undefined>(claimed, undefined) },
    killSwitch: { state: async () => ({ ...clear, answersFrom: NOW }) },
  })
  expect(await reply(setting)).toEqual({ kind: 'ignored', reason: 'gap' })
  expect(calls(setting)).toEqual([])
})

test('a claim that was given back between two looks at it is left to the next try', async () => {
  const setting = fixture({
    ledger: {
      find: async ({ about }) => (about === '5001' ? claimed : undefined),
      claim: inTurn<ClaimResult>({ kind: 'acquired' }),
    },
  })
  expect(await reply(setting)).toMatchObject({ kind: 'deferred', reason: 'busy', until: NOW })
  expect(calls(setting)).toEqual(['ledger.claim', 'ledger.release'])
})

test('nothing is claimed or posted where the budget has no room, and the end is on record', async () => {
  const setting = fixture({ budget: { reserve: inTurn(noRoom('day', 'day:x')) } })
  expect(await reply(setting)).toMatchObject({ kind: 'ignored', reason: 'over-budget' })
  expect(calls(setting)).toEqual(['ledger.settle'])
})

test('nothing is claimed or posted if the room is gone by the time of the post', async () => {
  let time: number = NOW
  const setting = fixture({
    budget: {
      reserve: async ([charge]) => ((charge?.endsAt ?? 0) > NOW + DAY ? noRoom('day', 'day:x') : { kind: 'granted' }),
    },
    social: {
      tweet: async (id) => {
        time += 12 * 3_600_000 + 1
        return { kind: 'found', tweet: tweet({ id, firstId: id }) }
      },
    },
  })
  const old = tweet({ createdAt: NOW - TIMES.lookAgainAfter - 1 })
  const outcome = await reply({ ...setting, ports: { ...setting.ports, now: () => time } }, old)
  expect(outcome).toMatchObject({ kind: 'ignored', reason: 'over-budget' })
  expect(calls(setting)).toEqual(['social.tweet', 'ledger.settle'])
})

test('everything that may refuse is asked before the claim, so that a death before it leaves no doubt', async () => {
  const order: string[] = []
  const setting = fixture()
  const noted = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get: (target, method: string) => {
        const called = Reflect.get(target, method) as (...args: unknown[]) => unknown
        return (...args: unknown[]) => {
          order.push(`${name}.${method}`)
          return called.apply(target, args)
        }
      },
    })
  const { ledger, budget, killSwitch, social } = setting.ports
  const ports = {
    ...setting.ports,
    ledger: noted('ledger', ledger),
    budget: noted('budget', budget),
    killSwitch: noted('killSwitch', killSwitch),
    social: noted('social', social),
  }
  await reply({ ...setting, ports })
  expect(order.slice(order.indexOf('ledger.claim'))).toEqual([
    'ledger.claim',
    'social.reply',
    'ledger.settle',
    'budget.settle',
  ])
})

test("X's own window is waited for", async () => {
  const full = noRoom('posts', 'posts:15-minutes:1', NOW + 77)
  const setting = fixture({
    budget: { reserve: async ([charge]) => (charge?.kind === 'posts' ? full : { kind: 'granted' }) },
  })
  const outcome = await reply(setting)
  expect(outcome).toMatchObject({ kind: 'deferred', reason: 'post-limit', until: NOW + 77 })
  expect(outcome).toHaveProperty('detail', expect.stringContaining('posts:15-minutes:1'))
})

test('a conversation that is used up ends it', async () => {
  const full = noRoom('conversation', 'conversation:5001:2026-11-22')
  expect(await reply(fixture({ budget: { reserve: inTurn(full) } }))).toMatchObject({ reason: 'conversation-limit' })
})

test('a claim that somebody else holds is waited for', async () => {
  const setting = fixture({ ledger: { claim: inTurn<ClaimResult>({ kind: 'held', until: NOW + 5 }) } })
  expect(await reply(setting)).toMatchObject({ kind: 'deferred', reason: 'busy', until: NOW + 5 })
  expect(calls(setting)).toEqual(['ledger.claim'])
})

describe('certain that nothing was posted', () => {
  test.each<['rate-limited' | 'no-credits' | 'unauthorized' | 'unreachable', number]>([
    ['rate-limited', TIMES.retryAfter],
    ['no-credits', TIMES.retryAfter],
    ['unauthorized', TIMES.retryAfter],
    ['unreachable', 30_000],
  ])('%s: the claim and the post are given back', async (reason, wait) => {
    const setting = fixture({ social: { reply: inTurn<PostResult>({ kind: 'deferred', reason, detail: 'not now' }) } })
    expect(await reply(setting)).toMatchObject({ kind: 'deferred', reason, until: within(NOW + wait, wait / 4) })
    expect(setting.log.slice(-2)).toEqual(['ledger.release owner-1', 'budget.settle'])
  })

  test('refused: settled with the reason', async () => {
    const refused: PostResult = { kind: 'refused', reason: 'reply-not-allowed', detail: 'no summons' }
    const setting = fixture({ social: { reply: inTurn(refused) } })
    expect(await reply(setting)).toEqual(refused)
    expect(calls(setting)).toEqual(['ledger.claim', 'social.reply', 'ledger.settle'])
  })

  test('locked: the kill switch is tripped, and nothing is posted until a person resets it', async () => {
    const setting = fixture({ social: { reply: inTurn<PostResult>({ kind: 'locked', code: 326, detail: 'locked' }) } })
    const until = NOW + TIMES.retryAfter
    expect(await reply(setting)).toMatchObject({ kind: 'deferred', reason: 'stopped', until })
    expect(calls(setting)).toEqual(['ledger.claim', 'social.reply', 'killSwitch.trip', 'ledger.release'])
    expect(setting.log).toContain('killSwitch.trip X answered with code 326: locked')
    const stopped = fixture({ killSwitch: { state: async () => stoppedFor('the reason') } })
    const outcome = await reply(stopped)
    expect(outcome).toMatchObject({
      kind: 'deferred',
      reason: 'stopped',
      detail: expect.stringContaining('the reason'),
    })
    expect(calls(stopped)).toEqual([])
  })
})

test('while X takes no posts, no tweet is looked up and no money is reserved', async () => {
  const waits = { post: NOW + 1000 }
  const setting = fixture({ killSwitch: { state: async () => ({ waits, strikes: [] }) } })
  const old = tweet({ createdAt: NOW - TIMES.lookAgainAfter - 1 })
  expect(await reply(setting, old)).toMatchObject({ kind: 'deferred', reason: 'rate-limited' })
  expect(calls(setting)).toEqual([])
})

test('while posting is stopped, a reply that may have been posted is neither claimed nor looked for', async () => {
  const setting = fixture({
    ledger: { find: async () => claimed },
    killSwitch: { state: async () => stoppedFor('the reason') },
  })
  expect(await reply(setting)).toEqual({
    kind: 'deferred',
    reason: 'stopped',
    until: NOW + TIMES.retryAfter,
    detail: 'Posting is stopped until a person resumes it. the reason',
  })
  expect(calls(setting)).toEqual([])
})

test.each<[string, readonly ClaimResult[], readonly KillSwitchState[], readonly string[]]>([
  ['before the claim', [], [clear, waiting('post')], []],
  [
    'before the second try, whose claim is given back',
    [expired(1)],
    [clear, clear, clear, waiting('post')],
    ['ledger.claim', 'social.findOwnReply', 'ledger.release'],
  ],
])('a wait that another run learns of meanwhile is heeded %s', async (_, claims, states, made) => {
  const setting = fixture({
    ledger: { claim: inTurn<ClaimResult>(...claims) },
    killSwitch: { state: inTurn(...states) },
  })
  expect(await reply(setting)).toEqual({
    kind: 'deferred',
    reason: 'rate-limited',
    until: within(NOW + 1_000, 250),
    detail: 'Calls of this kind (post) wait until 2026-11-22T12:00:01.000Z.',
  })
  expect(calls(setting)).toEqual(made)
  expect(setting.log.at(-1)).toBe('budget.settle')
})

describe('words that X has seen', () => {
  test('with no own reply to this tweet, other words are tried', async () => {
    const texts: string[] = []
    const answers = inTurn<PostResult>(duplicate, duplicate, posted)
    const setting = fixture({
      social: {
        reply: async (_id, text) => {
          texts.push(text)
          return answers()
        },
      },
    })
    expect((await reply(setting)).kind).toBe('replied')
    expect(new Set(texts).size).toBe(3)
  })

  test('with an own reply to this tweet, that is the reply', async () => {
    const setting = fixture({
      social: { reply: inTurn(duplicate), findOwnReply: async () => ({ kind: 'found', id: '7777' }) },
    })
    expect(await reply(setting)).toMatchObject({ kind: 'replied', replyId: '7777' })
  })

  test('are replaced by the same for every tweet at first, and then by ones that hardly meet', async () => {
    const tried = async (id: string) => {
      const texts: string[] = []
      const reply = async (_id: string, text: string) => {
        texts.push(text)
        return duplicate
      }
      const { ports } = fixture({ social: { reply } })
      await photoBot(ports, { bot: BOT }).handleTweet(tweet({ id }))
      return texts
    }
    const [one, other] = [await tried('1900000000004194304'), await tried('1900000000008388608')]
    expect(new Set(one).size).toBe(8)
    for (const text of one.slice(4)) expect(text).toMatch(/ \(\d{1,3}\)$/)
    expect(one.slice(0, 4)).toEqual(other.slice(0, 4))
    expect(one.slice(4).filter((text) => other.includes(text))).toEqual([])
  })

  test('are given up after eight', async () => {
    const setting = fixture({ social: { reply: inTurn(duplicate) } })
    expect(await reply(setting)).toMatchObject({ kind: 'refused', reason: 'duplicate' })
    expect(calls(setting).filter((name) => name === 'social.reply')).toHaveLength(8)
    expect(setting.log.filter((entry) => entry === 'budget.settle')).toHaveLength(8 + 1)
    expect(calls(setting).filter((name) => name === 'social.findOwnReply')).toHaveLength(1)
  })
})

describe('where X may have posted', () => {
  /** A process that sleeps for so long while it pays. */
  const sleeping = (setting: Fixture, milliseconds: number) => {
    let time = NOW
    const reserve: BotPorts['budget']['reserve'] = async ([charge]) => {
      if (charge?.kind === 'posts') time += milliseconds
      return { kind: 'granted' }
    }
    return { ...setting.ports, budget: { ...setting.ports.budget, reserve }, now: () => time }
  }

  test('nothing is released and nothing is tried again at once', async () => {
    const setting = fixture({ social: { reply: inTurn<PostResult>({ kind: 'ambiguous', detail: 'timeout' }) } })
    expect(await reply(setting)).toMatchObject({ kind: 'deferred', reason: 'ambiguous', until: NOW + TIMES.lease })
    expect(calls(setting)).toEqual(['ledger.claim', 'social.reply'])
    expect(setting.log).not.toContain('budget.settle')
  })

  test('it is looked for before any question of money, of words, or of the tweet', async () => {
    const setting = fixture({
      ledger: { find: async () => claimed, claim: inTurn(expired(1)) },
      budget: {
        reserve: async ([charge]) =>
          charge?.kind === 'conversation' ? noRoom('conversation', 'x') : { kind: 'granted' },
      },
      social: { findOwnReply: async () => ({ kind: 'found', id: '7777' }) },
    })
    expect(await reply(setting, tweet({ createdAt: NOW - TIMES.lookAgainAfter - 1 }))).toMatchObject({
      kind: 'replied',
      replyId: '7777',
    })
  })

  test('a process that slept through its time posts nothing, and comes again, the later the longer it has tried', async () => {
    const setting = fixture()
    const slept = TIMES.functionTimeout - TIMES.postTimeout + 1
    for (const age of [0, 60_000, 3_600_000]) {
      const asked = { ...setting, ports: sleeping(setting, slept) }
      const wait = Math.max(TIMES.firstRetry, (age + slept) / 2)
      expect(await reply(asked, tweet({ createdAt: NOW - age }))).toMatchObject({
        kind: 'deferred',
        reason: 'busy',
        until: within(NOW + slept + wait, wait / 4),
      })
      setting.log.length = 0
    }
    await reply({ ...setting, ports: sleeping(setting, slept) })
    expect(calls(setting)).toEqual(['ledger.claim', 'ledger.release'])
  })

  test('a process that is slow posts as long as a post would end within its time', async () => {
    const setting = fixture()
    const ports = sleeping(setting, TIMES.functionTimeout - TIMES.postTimeout)
    expect(await reply({ ...setting, ports })).toMatchObject({ kind: 'replied' })
  })

  test('a reply that is found is the reply, looked for at the tweet that the words were meant for', async () => {
    const setting = fixture({
      ledger: { claim: inTurn(expired(1)) },
      social: { findOwnReply: async () => ({ kind: 'found', id: '7777' }) },
    })
    expect(await reply(setting)).toEqual({ kind: 'replied', replyId: '7777', text: intent.text, labels: [] })
    expect(setting.log).toContain('social.findOwnReply 5000')
    expect(calls(setting)).not.toContain('social.reply')
  })

  test('absent, the same words go out once more to the same tweet', async () => {
    const setting = fixture({ ledger: { claim: inTurn<ClaimResult>(expired(1), { kind: 'acquired' }) } })
    expect(await reply(setting)).toEqual({ kind: 'replied', replyId: '7001', text: intent.text, labels: [] })
    expect(setting.log).toContain('social.reply 5000 the words as recorded')
    expect(calls(setting)).toEqual([
      'ledger.claim',
      'social.findOwnReply',
      'ledger.claim',
      'social.reply',
      'ledger.settle',
    ])
  })

  test('after a second try nothing is posted again: found or not, it is settled', async () => {
    const absent = fixture({ ledger: { claim: inTurn({ ...expired(2), since: NOW - TIMES.lastLook }) } })
    expect(await reply(absent)).toEqual({
      kind: 'unresolved',
      detail: "A reply to tweet 5000 may have been posted, and is not in the bot's timeline.",
    })
    const found = fixture({
      ledger: { claim: inTurn(expired(2)) },
      social: { findOwnReply: async () => ({ kind: 'found', id: '7777' }) },
    })
    expect(await reply(found)).toMatchObject({ kind: 'replied', replyId: '7777' })
    for (const setting of [absent, found]) expect(calls(setting)).not.toContain('social.reply')
  })

  const unlisted = 'A reply may have been posted, and X does not list it yet.'
  const final = 'A reply may have been posted and cannot be posted again, and X does not list it yet.'
  const images = { mediaIds: ['9001'], mediaExpireAt: NOW }
  const ago = (milliseconds: number) => ({ since: NOW - milliseconds })

  test.each<[string, Expired, unknown, string]>([
    ['for ten seconds before the second try', { ...expired(1), ...ago(9_999) }, NOW + 1, unlisted],
    ['ever less often after it', { ...expired(2), ...ago(60_000) }, within(NOW + 30_000, 7_500), final],
    ['for two minutes after it', { ...expired(2), ...ago(119_000) }, NOW + 1_000, final],
    [
      'for two minutes where its images are expiring',
      { ...expired(1), ...ago(119_000), intent: { ...intent, ...images } },
      NOW + 1_000,
      final,
    ],
  ])('while X does not list it, it is looked for %s', async (_, claim, until, detail) => {
    const releases: unknown[] = []
    const setting = fixture({
      ledger: { claim: inTurn(claim), release: async (...release) => void releases.push(release) },
    })
    expect(await reply(setting)).toEqual({ kind: 'deferred', reason: 'ambiguous', until, detail })
    expect(calls(setting)).toEqual(['ledger.claim', 'social.findOwnReply', 'ledger.release'])
    expect(releases).toEqual([[{ botId: BOT.id, about: '5001' }, 'owner-1', until]])
  })

  test('the claim is given back, in doubt, where X says that something went wrong: it is looked for within seconds', async () => {
    const releases: unknown[] = []
    const setting = fixture({
      social: { reply: inTurn<PostResult>({ kind: 'ambiguous', answered: true, detail: '503' }) },
      ledger: { release: async (...release) => void releases.push(release) },
    })
    const until = within(NOW + TIMES.firstRetry, TIMES.firstRetry / 4)
    expect(await reply(setting)).toEqual({ kind: 'deferred', reason: 'ambiguous', until, detail: '503' })
    expect(calls(setting)).toEqual(['ledger.claim', 'social.reply', 'ledger.release'])
    expect(releases).toEqual([[{ botId: BOT.id, about: '5001' }, 'owner-1', until]])
  })

  test('the claim is given back, in doubt, while X lists no posts', async () => {
    const setting = fixture({
      ledger: { claim: inTurn(expired(1)) },
      killSwitch: { state: async () => waiting('timeline') },
    })
    expect(await reply(setting)).toEqual({
      kind: 'deferred',
      reason: 'ambiguous',
      until: within(NOW + 1_000, 250),
      detail: 'Calls of this kind (timeline) wait until 2026-11-22T12:00:01.000Z.',
    })
    expect(calls(setting)).toEqual(['ledger.claim', 'ledger.release'])
  })

  describe('a duplicate of the second try suggests the first one', () => {
    const absent: OwnReplyLookup = { kind: 'absent' }
    const after = (...looks: readonly OwnReplyLookup[]) =>
      fixture({
        ledger: { claim: inTurn<ClaimResult>(expired(1), { kind: 'acquired' }) },
        social: { reply: inTurn(duplicate), findOwnReply: inTurn(...looks) },
      })
    const twoLooks = ['ledger.claim', 'social.findOwnReply', 'ledger.claim', 'social.reply', 'social.findOwnReply']

    test('which X has made since the look before: it is looked for at once', async () => {
      const setting = after(absent, { kind: 'found', id: '7777' })
      expect(await reply(setting)).toEqual({ kind: 'replied', replyId: '7777', text: intent.text, labels: [] })
      expect(calls(setting)).toEqual([...twoLooks, 'ledger.settle'])
    })

    test.each<[string, OwnReplyLookup]>([
      ['not listed', absent],
      ['not to be looked for now', { kind: 'deferred', reason: 'unreachable', detail: '503' }],
    ])('%s, it is given time to show', async (_, look) => {
      const setting = after(absent, look)
      const until = NOW + TIMES.lease
      expect(await reply(setting)).toMatchObject({ kind: 'deferred', reason: 'ambiguous', until })
      expect(calls(setting)).toEqual(twoLooks)
    })
  })

  test('nothing is posted while it cannot be looked for', async () => {
    const limited = fixture({
      ledger: { claim: inTurn(expired(1)) },
      social: {
        findOwnReply: async () => ({ kind: 'deferred', reason: 'rate-limited', until: NOW + 1e6, detail: 'wait' }),
      },
    })
    expect(await reply(limited)).toMatchObject({ kind: 'deferred', until: within(NOW + 1e6, 15_000) })
    expect(limited.log).toContain('killSwitch.wait timeline')
    const locked = fixture({
      ledger: { claim: inTurn(expired(1)) },
      social: { findOwnReply: async () => ({ kind: 'locked', code: 326, detail: 'locked' }) },
    })
    expect(await reply(locked)).toMatchObject({ kind: 'deferred', reason: 'stopped' })
    expect(calls(locked)).toContain('killSwitch.trip')
    for (const setting of [limited, locked]) expect(calls(setting)).not.toContain('social.reply')
  })

  test('nothing is posted where the claim was lost while looking', async () => {
    const setting = fixture({ ledger: { claim: inTurn<ClaimResult>(expired(1), { kind: 'held', until: NOW + 1 }) } })
    expect((await reply(setting)).kind).toBe('deferred')
    expect(calls(setting)).not.toContain('social.reply')
  })

  test('a throw leaves everything recorded', async () => {
    const setting = fixture({
      social: {
        reply: async () => {
          throw new Error('who knows')
        },
      },
    })
    await expect(reply(setting)).rejects.toThrow('who knows')
    expect(calls(setting)).toEqual(['ledger.claim', 'social.reply'])
  })
})

describe('after a wait', () => {
  const old = tweet({ createdAt: NOW - TIMES.lookAgainAfter - 1 })

  test('the tweet is looked at again, and a reply to nothing is not posted', async () => {
    const gone = fixture({ social: { tweet: async () => ({ kind: 'gone', detail: 'deleted' }) } })
    expect(await reply(gone, old)).toMatchObject({ kind: 'ignored', reason: 'tweet-gone' })
    expect(calls(gone)).toEqual(['social.tweet', 'ledger.settle'])
  })

  test('a tweet that is still there is answered', async () => {
    expect((await reply(fixture(), old)).kind).toBe('replied')
  })

  test('of ten minutes, no more, the tweet is not looked at again', async () => {
    const setting = fixture()
    expect((await reply(setting, tweet({ createdAt: NOW - 10 * 60_000 }))).kind).toBe('replied')
    expect(calls(setting)).not.toContain('social.tweet')
  })
})

test('the chain of times holds', () => {
  const {
    fetchTimeout,
    postTimeout,
    functionTimeout,
    lease,
    visibility,
    tooOld,
    photoLifetime,
    deadLetters,
    ledgerRows,
  } = TIMES
  const chain = [
    fetchTimeout,
    postTimeout,
    functionTimeout,
    lease,
    visibility,
    tooOld,
    photoLifetime,
    deadLetters,
    ledgerRows,
  ]
  expect(chain).toEqual([...chain].sort((a, b) => a - b))
  expect(new Set(chain).size).toBe(chain.length)
  expect(fetchTimeout + postTimeout).toBeLessThan(functionTimeout)
})

describe('a wait', () => {
  test('reserves what the reply will cost, and not once more each time', async () => {
    const reserved = new Map<string, number>()
    const inOrder: BotPorts['budget'] = {
      reserve: async (charges) => {
        for (const { kind, window, call, amount } of charges) {
          if (kind === 'posts') return noRoom('posts', window, NOW + 1)
          reserved.set(`${window} ${call}`, amount)
        }
        return { kind: 'granted' }
      },
      settle: async () => {},
      removeAll: async () => {},
    }
    for (let tries = 0; tries < 3; tries++) {
      expect(await reply(fixture({ budget: inOrder }))).toMatchObject({ kind: 'deferred', reason: 'post-limit' })
    }
    const replyCost = selfServe2026.prices.reply + selfServe2026.prices.ownedRead
    expect([...reserved]).toEqual([
      ['conversation:5001:2026-11-22 tweet:5001', 1],
      ['author:100:2026-11-22 tweet:5001', replyCost],
      ['day:2026-11-22 tweet:5001', replyCost],
    ])
  })

  test('is the longer the older the tweet is, where X names no time', async () => {
    const mended: PostResult = { kind: 'deferred', reason: 'no-credits', detail: 'no money' }
    const old = tweet({ createdAt: NOW - 8 * 3_600_000 })
    const outcome = await reply(fixture({ social: { reply: inTurn(mended) } }), old)
    expect(outcome).toMatchObject({ until: NOW + 2 * 3_600_000 })
  })
})

describe('the money for a reply', () => {
  const { reply: post, replyWithLink, ownedRead, tweetRead } = selfServe2026.prices
  const old = tweet({ createdAt: NOW - TIMES.lookAgainAfter - 1 })
  const amounts = (charges: readonly Charge[]) => Object.fromEntries(charges.map(({ kind, amount }) => [kind, amount]))

  test('is reserved before each call that costs some, only what is missing, and with a link its own price', async () => {
    const made: unknown[] = []
    const { ports } = fixture({
      budget: {
        reserve: async (charges) => {
          made.push(amounts(charges))
          return { kind: 'granted' }
        },
        settle: async (charges) => void made.push(amounts(charges)),
      },
      social: {
        tweet: async (id) => {
          made.push(`look-up of ${id}`)
          return { kind: 'found', tweet: old }
        },
        reply: async () => {
          made.push('reply')
          return posted
        },
      },
    })
    const bot = defineBot({ allow: { links: true }, limits: { perAuthorPerDay: 1_000_000 } })
    bot.on('tweet', (ctx) => ctx.reply('See example.com'))
    await createBot(bot, ports, { bot: BOT }).handleTweet(old)
    const cost = replyWithLink + ownedRead
    const all = { author: cost + tweetRead, day: cost + tweetRead }
    expect(made).toEqual([
      { conversation: 1, author: cost, day: cost },
      all,
      'look-up of 5001',
      { posts: 1 },
      'reply',
      { conversation: 1, ...all },
    ])
  })

  const billed = (amount: number) => ({ conversation: 1, author: amount, day: amount })
  test.each<[string, Parameters<typeof fixture>[0], Record<string, number>]>([
    ['a reply is for it and for the look-up', {}, billed(post + ownedRead + tweetRead)],
    [
      'a refused reply is for the look-up alone, and does not count in its conversation',
      { social: { reply: inTurn<PostResult>({ kind: 'refused', reason: 'tweet-gone', detail: 'deleted' }) } },
      { ...billed(tweetRead), conversation: 0 },
    ],
    [
      'a reply that X may have is as for one that it has',
      { ledger: { claim: inTurn({ ...expired(2), since: NOW - TIMES.lastLook }) } },
      billed(post + ownedRead + tweetRead),
    ],
    [
      'a tweet for which a window had no room is for nothing, and leaves that window alone',
      { budget: { reserve: inTurn(noRoom('day', 'day:2026-11-22')) } },
      { conversation: 0, author: 0 },
    ],
  ])('the bill of %s', async (_, over, expected) => {
    const bills: unknown[] = []
    const settle: BotPorts['budget']['settle'] = async (charges) => {
      if (charges.some(({ call }) => call === 'tweet:5001')) bills.push(amounts(charges))
    }
    await reply(fixture({ ...over, budget: { ...over?.budget, settle } }), old)
    expect(bills).toEqual([expected])
  })
})

describe('the conversation that a reply is charged to', () => {
  const windowsOf = async (event: Tweet) => {
    const windows: string[] = []
    const reserve: BotPorts['budget']['reserve'] = async (charges) => {
      windows.push(...charges.filter(({ kind }) => kind === 'conversation').map(({ window }) => window))
      return { kind: 'granted' }
    }
    const { ports } = fixture({ budget: { reserve } })
    const bot = photoBot(ports, { bot: BOT })
    await bot.handleTweet(event)
    await bot.runJob(`jobs/100/${event.firstId}.json`)
    return windows
  }
  const named = tweet({ photos: [photo('a')], media: 'present' })
  const { conversationId: _, ...unnamed } = named
  const underBot = { inReplyToId: '6009', inReplyToUserId: BOT.id }

  test('is the one with its author, without a name, under a reply of the bot', async () => {
    for (const id of ['6001', '6002']) {
      const windows = await windowsOf({ ...unnamed, id, firstId: id, inReplyToId: `${id}9`, inReplyToUserId: BOT.id })
      expect(windows).toEqual(['conversation:with-100:2026-11-22'])
    }
  })

  test('has a window in common, whichever dialect each of its tweets comes in', async () => {
    for (const place of [{}, underBot, { inReplyToId: '4000', inReplyToUserId: '101' }]) {
      const inOlder = await windowsOf({ ...unnamed, ...place })
      expect(inOlder).toHaveLength(1)
      expect(await windowsOf({ ...named, ...place })).toEqual(expect.arrayContaining(inOlder))
    }
  })

  test('is charged once where both know it by the same name', async () => {
    expect(await windowsOf(named)).toEqual(['conversation:5001:2026-11-22'])
    expect(await windowsOf({ ...named, ...underBot })).toEqual([
      'conversation:5001:2026-11-22',
      'conversation:with-100:2026-11-22',
    ])
  })
})
