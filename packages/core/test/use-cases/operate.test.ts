import { BOT, NOW, tweet } from '@hexbird/testkit/bot-fixture'
import { describe, expect, test } from '@jest/globals'
import type { KillSwitchState } from '../../src/adapter/index.js'
import { type OperatorPorts, type OperatorRequest, operate, spentToday } from '../../src/host/index.js'
import { defaultLimits, type Event, selfServe2026 } from '../../src/index.js'
import { dayCharge, dayOverCharge } from '../../src/policy/charges.js'
import { models } from './models.js'

const OPTIONS = { bot: BOT, stage: 'staging', limits: defaultLimits, platform: selfServe2026 }

/** A bot without anybody in it. `log` has what was done to it. */
function idle(more: Partial<Record<'budget' | 'journal' | 'queues' | 'spending', unknown>> = {}) {
  const log: string[] = []
  let stopped: KillSwitchState['stopped']
  const notes =
    (name: string) =>
    async (...args: readonly unknown[]) =>
      void log.push([name, ...args].join(' '))
  const store = (name: string) => ({ removeAll: notes(`${name}.removeAll`) })
  const ports = {
    killSwitch: {
      state: async () => ({ waits: {}, strikes: [], ...(stopped && { stopped }) }),
      trip: async (reason: string, since: number) => {
        stopped = { reason, since }
      },
      reset: async () => {
        stopped = undefined
      },
      answerFrom: notes('killSwitch.answerFrom'),
    },
    budget: { ...store('budget'), reserve: async () => ({ kind: 'granted' }), settle: async () => undefined },
    optOuts: { ...store('optOuts'), remove: notes('optOuts.remove') },
    accounts: { ...store('accounts'), find: async () => undefined },
    blobs: store('blobs'),
    ledger: { ...store('ledger'), forgetAuthor: notes('ledger.forgetAuthor') },
    sessions: store('sessions'),
    userActions: {},
    now: () => NOW,
    ...more,
  } as unknown as OperatorPorts
  return { log, ask: (request: OperatorRequest) => operate(ports, OPTIONS, request) }
}

const state = { bot: BOT, waits: {}, strikes: [], sweep: { kind: 'room' }, limits: defaultLimits }

describe('an operator', () => {
  test('pauses the bot, sees why it is paused, and resumes it', async () => {
    const { ask } = idle()
    const stopped = { reason: 'Paused by an operator: too loud', since: NOW }
    expect(await ask({ action: 'pause', reason: 'too loud' })).toEqual({ kind: 'done', result: stopped })
    expect(await ask({ action: 'state' })).toEqual({ kind: 'done', result: { ...state, stopped } })
    expect(await ask({ action: 'resume' })).toEqual({ kind: 'done', result: 'Posting is allowed again.' })
    expect(await ask({ action: 'state' })).toEqual({ kind: 'done', result: state })
  })

  test('opts a person in again', async () => {
    const { ask, log } = idle()
    expect(await ask({ action: 'opt-in', uid: '7' })).toEqual({ kind: 'done', result: 'They get replies again.' })
    expect(log).toEqual([`optOuts.remove 7 ${NOW}`])
  })

  test('has one person forgotten', async () => {
    const { ask, log } = idle()
    const atX = { kind: 'no-account' }
    expect(await ask({ action: 'forget', uid: '7' })).toEqual({ kind: 'done', result: { atX } })
    expect(log).toEqual(['blobs.removeAll jobs/7/', 'blobs.removeAll photos/7/', `ledger.forgetAuthor 7 ${NOW}`])
  })

  test('purges the stage that they name, and no other', async () => {
    const { ask, log } = idle()
    const detail = 'To purge, say sure: "staging".'
    expect(await ask({ action: 'purge', sure: 'production' })).toEqual({ kind: 'refused', detail })
    expect(log).toEqual([])
    const result = 'Everything about everyone has been deleted.'
    expect(await ask({ action: 'purge', sure: 'staging' })).toEqual({ kind: 'done', result })
    expect(log).toEqual(
      [`killSwitch.answerFrom ${NOW}`, 'blobs.removeAll jobs/', 'blobs.removeAll photos/'].concat(
        ['sessions', 'accounts', 'ledger', 'budget', 'optOuts'].map((store) => `${store}.removeAll`),
      ),
    )
  })

  test('has the journal forget too, where the bot keeps one', async () => {
    const asked: unknown[] = []
    const journal = {
      forgetAuthor: async (uid: string) => asked.push(uid),
      removeAll: async () => asked.push('everything'),
    }
    const { ask } = idle({ journal })
    await ask({ action: 'forget', uid: '7' })
    await ask({ action: 'purge', sure: 'staging' })
    expect(asked).toEqual(['7', 'everything'])
  })

  test('says what X has billed on a day that counts as spent, and the rest of it may be spent', async () => {
    const { ports, sum } = models()
    const { budget } = ports
    const { ask } = idle({ budget, spending: { spent: async (window: string) => sum(window) } })
    const day = dayCharge('tweet:1', 300_000, defaultLimits, NOW)
    await budget.reserve([day, dayOverCharge('lost-replies', defaultLimits, NOW)], NOW)
    expect(await budget.reserve([dayCharge('tweet:2', 1, defaultLimits, NOW)], NOW)).toMatchObject({ kind: 'refused' })
    const result = { spent: 1_500_000, limit: defaultLimits.perDay }
    expect(await ask({ action: 'billed-today', amount: 1_200_000 })).toEqual({ kind: 'done', result })
    expect(await budget.reserve([dayCharge('tweet:2', 3_500_000, defaultLimits, NOW)], NOW)).toEqual({
      kind: 'granted',
    })
  })

  test('gives back nothing by that on any other day, nor twice', async () => {
    const { ports, sum } = models()
    const { budget } = ports
    const { ask } = idle({ budget, spending: { spent: async (window: string) => sum(window) } })
    await budget.reserve([dayCharge('tweet:1', 300_000, defaultLimits, NOW)], NOW)
    expect(await ask({ action: 'billed-today', amount: 0 })).toMatchObject({ result: { spent: 300_000 } })
    await budget.reserve([dayOverCharge('lost-replies', defaultLimits, NOW)], NOW)
    for (const amount of [2_000_000, 0]) {
      expect(await ask({ action: 'billed-today', amount })).toMatchObject({ result: { spent: 2_300_000 } })
    }
  })

  test('of a bot whose budget cannot be looked at is refused that', async () => {
    const { ask } = idle()
    expect(await ask({ action: 'billed-today', amount: 0 })).toMatchObject({ kind: 'refused' })
  })

  test('has queues that can be searched forget too: words, deeds and jobs of that person alone', async () => {
    const events: Event[] = [
      { kind: 'tweet', tweet: tweet({ author: { id: '7' } }) },
      { kind: 'tweet', tweet: tweet({ author: { id: '8' } }) },
      { kind: 'message', id: '1', botId: BOT.id, senderId: '7', text: 'hello' },
      { kind: 'revoked', userId: '7', appId: '5' },
      { kind: 'tweet-deleted', tweetId: '1', authorId: '7', botId: BOT.id },
      { kind: 'unknown', name: 'new' },
    ]
    const keys = ['jobs/7/1.json', 'jobs/8/1.json', 'not a key']
    const left: unknown[] = []
    const queueOf = <Item>(items: readonly Item[]) => ({
      removeIf: async (meant: (item: Item) => boolean) => void left.push(items.filter((item) => !meant(item))),
    })
    const { ask } = idle({ queues: { events: queueOf(events), jobs: queueOf(keys) } })
    await ask({ action: 'forget', uid: '7' })
    expect(left).toEqual([
      [events[1], events[5]],
      ['jobs/8/1.json', 'not a key'],
    ])
    await ask({ action: 'purge', sure: 'staging' })
    expect(left.slice(2)).toEqual([[], []])
  })

  test('of another version is refused what this one does not know', async () => {
    const { ask, log } = idle()
    const unknown = { action: 'dance' } as unknown as OperatorRequest
    expect(await ask(unknown)).toMatchObject({ kind: 'refused', detail: expect.stringContaining('another version') })
    expect(log).toEqual([])
  })
})

test('today’s money is that of the day of UTC, with the share of it that sweeps have', async () => {
  const sums: Readonly<Record<string, number>> = { 'day:2026-11-22': 7, 'sweep:2026-11-22': 3, 'day:2026-11-23': 100 }
  const spending = { spent: async (window: string) => sums[window] ?? 0 }
  const at = (now: string) => spentToday({ spending, now: () => Date.parse(now) }, defaultLimits)
  const { perDay, sweepPerDay } = defaultLimits
  expect(await at('2026-11-22T23:59:59.999Z')).toEqual({
    day: { spent: 7, limit: perDay },
    sweep: { spent: 3, limit: sweepPerDay },
  })
  expect(await at('2026-11-23T00:00:00Z')).toEqual({
    day: { spent: 100, limit: perDay },
    sweep: { spent: 0, limit: sweepPerDay },
  })
})
