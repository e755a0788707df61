import { BOT, fixture, NOW, stoppedFor, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { Charge, LedgerEntry, StoredJob } from '../../src/adapter/index.js'
import { decodeJob, encodeJob } from '../../src/adapter/index.js'
import { TIMES } from '../../src/host/index.js'
import type { Context } from '../../src/index.js'
import { createBot, defaultLimits, defineBot, job, selfServe2026 } from '../../src/index.js'

type Over = NonNullable<Parameters<typeof fixture>[0]>
const KEY = 'jobs/100/5001.json'
const ROW = { botId: BOT.id, about: '5001' }
const claimed: LedgerEntry = {
  kind: 'claimed',
  intent: { tweetId: '5001', text: 'Hello, Bob.' },
  until: NOW + 1,
  tries: 1,
}
const later = job<string>('later', (ctx, text) => ctx.reply(text))

/**
 * Runs a stored job that does this. Returns the outcome, the data of each time that the work was done, what was read
 * and settled in the ledger, what is left of each reservation without those for X's own limits on posts, and the names
 * of the jobs that are still stored.
 */
async function ran(work: (ctx: Context) => unknown, over: Over = {}, stored: Partial<StoredJob> = {}) {
  const [ledger, settled, calls]: [unknown[][], Charge[], unknown[]] = [[], [], []]
  const { ports, blobs } = fixture({
    ...over,
    ledger: {
      ...over.ledger,
      find: async (key) => {
        ledger.push(['find', key])
        return over.ledger?.find?.(key)
      },
      settle: async (key, outcome, now) => {
        ledger.push(['settle', key, outcome, now])
        return outcome
      },
    },
    budget: { settle: async (charges) => void settled.push(...charges) },
  })
  const bytes = encodeJob({ v: 2, name: 'work', tweet: tweet(), data: 'data', ...stored })
  blobs.set(KEY, { bytes, type: 'application/json' })
  const working = job<string>('work', async (ctx, data) => {
    calls.push(data)
    await work(ctx)
  })
  const outcome = await createBot(defineBot().job(working).job(later), ports, { bot: BOT }).runJob(KEY)
  const charges = settled.filter(({ kind }) => kind !== 'posts').map(({ kind, amount }) => [kind, amount])
  const left = [...blobs.values()].map((blob) => decodeJob(blob.bytes).name)
  return { outcome, calls, ledger, charges: Object.fromEntries(charges) as unknown, left }
}

describe('a job', () => {
  test('that replies has its reply on record, asks the ledger once, and is removed', async () => {
    expect(await ran((ctx) => ctx.reply('Hello.'))).toMatchObject({
      outcome: { kind: 'replied', replyId: '7001', text: 'Hello.', labels: [] },
      calls: ['data'],
      ledger: [
        ['find', ROW],
        ['settle', ROW, { kind: 'replied', replyId: '7001' }, NOW],
      ],
      left: [],
    })
  })

  test.each([
    ['skips', (ctx: Context) => ctx.skip('nothing to say'), 'nothing to say'],
    ['does not reply', () => {}, 'The handler did not reply.'],
  ])('that %s has the reason on record, and is removed', async (_, work, detail) => {
    expect(await ran(work)).toMatchObject({
      outcome: { kind: 'ignored', reason: 'skipped', detail },
      ledger: [
        ['find', ROW],
        ['settle', ROW, { kind: 'skipped', reason: detail }, NOW],
      ],
      left: [],
    })
  })

  test.each<[string, Over, number]>([
    ['too-old', {}, NOW - TIMES.tooOld - 1],
    ['opted-out', { optOuts: { has: async (id) => id === '100' } }, NOW],
  ])('that comes when its tweet is %s is not done, and that is on record', async (reason, over, createdAt) => {
    const { charges: _, ...rest } = await ran((ctx) => ctx.reply('Hello.'), over, { tweet: tweet({ createdAt }) })
    expect(rest).toEqual({
      outcome: { kind: 'ignored', reason },
      calls: [],
      ledger: [['settle', ROW, { kind: 'skipped', reason }, NOW]],
      left: [],
    })
  })

  test('that defers to another job leaves that one in its place, and nothing on record', async () => {
    expect(await ran((ctx) => ctx.defer(later, 'Hello.'))).toMatchObject({
      outcome: { kind: 'job-stored', jobKey: KEY },
      ledger: [['find', ROW]],
      left: ['later'],
    })
  })

  test('whose tweet was answered is removed without being done, also while posting is stopped', async () => {
    const answered: LedgerEntry = { kind: 'settled', outcome: { kind: 'replied', replyId: '1' }, at: NOW }
    const over: Over = {
      ledger: { find: async () => answered },
      killSwitch: { state: async () => stoppedFor('locked') },
    }
    expect(await ran((ctx) => ctx.reply('Hello.'), over)).toMatchObject({
      outcome: { kind: 'ignored', reason: 'already-handled' },
      calls: [],
      ledger: [['find', ROW]],
      left: [],
    })
  })

  test('whose reply may have been posted is not done again: the reply is looked for', async () => {
    const ledger: Over['ledger'] = {
      find: async () => claimed,
      claim: async () => ({ kind: 'expired', intent: claimed.intent, since: NOW - 60_000, tries: 1 }),
    }
    const social = { findOwnReply: async () => ({ kind: 'found', id: '7777' }) as const }
    expect(await ran((ctx) => ctx.reply('Hello.'), { ledger, social })).toMatchObject({
      outcome: { kind: 'replied', replyId: '7777', text: 'Hello, Bob.' },
      calls: [],
      left: [],
    })
  })

  test('whose reply another worker gives up just then is tried again at once', async () => {
    let found = 0
    const ledger = { find: async () => (found++ === 0 ? claimed : undefined) }
    const detail = 'Another worker has just released its claim.'
    expect(await ran((ctx) => ctx.reply('Hello.'), { ledger })).toMatchObject({
      outcome: { kind: 'deferred', reason: 'busy', until: NOW, detail },
      calls: [],
      left: ['work'],
    })
  })
})

describe('the bill of a job', () => {
  const bill = { spent: 5_000, reserved: 90_000, at: NOW }

  test('that is not on record is what was spent, without a reply', async () => {
    const old = tweet({ createdAt: NOW - TIMES.lookAgainAfter - 1 })
    const gone = { tweet: async () => ({ kind: 'gone', detail: 'deleted' }) as const }
    const spent = bill.spent + selfServe2026.prices.tweetRead
    expect(await ran((ctx) => ctx.reply('Hello.'), { social: gone }, { bill, tweet: old })).toMatchObject({
      outcome: { kind: 'ignored', reason: 'tweet-gone', detail: 'deleted' },
      ledger: [
        ['find', ROW],
        ['settle', ROW, { kind: 'skipped', reason: 'deleted' }, NOW],
      ],
      charges: { conversation: 0, author: spent, day: spent },
    })
  })

  test('whose tweet another run has answered meanwhile keeps all that was reserved, with the reply', async () => {
    const outcome = { kind: 'replied', replyId: '1' } as const
    const ledger = { claim: async () => ({ kind: 'settled', outcome }) as const }
    expect(await ran((ctx) => ctx.reply('Hello.'), { ledger }, { bill })).toMatchObject({
      outcome: { kind: 'ignored', reason: 'already-handled' },
      ledger: [['find', ROW]],
      charges: { conversation: 1, author: defaultLimits.perAuthorPerDay, day: defaultLimits.perDay },
      left: [],
    })
  })
})
