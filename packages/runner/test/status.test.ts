import { MemoryBudget, MemoryJournal, MemoryKillSwitch } from '@hexbird/adapters-memory'
import { defaultLimits, type Event } from '@hexbird/core'
import { describe, expect, test } from '@jest/globals'
import { actOnStatus, readStatus, type WatchedQueue } from '../src/index.js'

const NOW = Date.UTC(2026, 10, 29, 17, 5)
const bot = { id: '900', username: 'petbot' }
const tweet = { id: '2', firstId: '1', author: { id: '7', username: 'ada' } }
const event = { kind: 'tweet', tweet } as Event
const message = { kind: 'message', id: '3', botId: '900', senderId: '7', text: 'private words' } as const

function queueOf<Item>(items: readonly Item[], redriven: unknown[] = []): WatchedQueue<Item> {
  return {
    size: items.length,
    waiting: (most) => items.slice(0, most).map((item) => ({ item, until: NOW + 1, inFlight: false })),
    deadLetters: items.map((item, index) => ({ id: index + 1, item, receives: 5, reason: 'no', at: NOW - 1 })),
    async redrive(id) {
      redriven.push(id)
      return id === 1
    },
  }
}

function ports(events: readonly Event[] = [event, message], jobs: readonly string[] = ['jobs/7/5.json', 'elsewhere']) {
  const redriven = { events: [] as unknown[], jobs: [] as unknown[] }
  return {
    redriven,
    killSwitch: new MemoryKillSwitch(),
    spending: new MemoryBudget(),
    journal: new MemoryJournal(),
    queues: { events: queueOf(events, redriven.events), jobs: queueOf(jobs, redriven.jobs) },
    outcomes: () => ({ replied: 3 }),
    now: () => NOW,
  }
}

const options = { bot, limits: defaultLimits }

describe('the status', () => {
  test('gathers what the stores and the queues have, and nobody’s words', async () => {
    const given = ports()
    const entry = { tweetId: '1', authorId: '7', at: NOW, kind: 'replied', replyId: '8', cost: 12_000 } as const
    await given.journal.note(entry)
    await given.killSwitch.trip('too loud', NOW)
    const endsAt = Date.UTC(2026, 10, 30)
    await given.spending.reserve(
      [{ kind: 'day', window: 'day:2026-11-29', amount: 12_000, limit: 20_000, endsAt }],
      NOW,
    )
    const view = await readStatus(given, options)
    expect(view).toMatchObject({
      at: NOW,
      username: 'petbot',
      killSwitch: { stopped: { reason: 'too loud', since: NOW } },
      money: { day: { spent: 12_000, limit: defaultLimits.perDay }, sweep: { spent: 0 } },
      limits: defaultLimits,
      entries: [entry],
      outcomes: { replied: 3 },
    })
    const about = [
      { tweetId: '1', authorId: '7', username: 'ada' },
      { kind: 'message' },
      { tweetId: '5', authorId: '7' },
      { kind: 'job' },
    ]
    expect(view.queues.flatMap(({ waiting }) => waiting.map((item) => item.about))).toEqual(about)
    expect(view.queues.flatMap(({ deadLetters }) => deadLetters.map((item) => item.about))).toEqual(about)
    expect(view.queues.map(({ name, size, deadLetterCount }) => [name, size, deadLetterCount])).toEqual([
      ['events', 2, 2],
      ['jobs', 2, 2],
    ])
    expect(JSON.stringify(view)).not.toContain('private words')
  })

  test('names the author of a job as the recent tweets do', async () => {
    const given = ports([], ['jobs/7/5.json', 'jobs/8/6.json'])
    await given.journal.note({ tweetId: '5', authorId: '7', username: 'ada', at: NOW, kind: 'failed', cost: 0 })
    const [, jobs] = (await readStatus(given, options)).queues
    const about = [
      { tweetId: '5', authorId: '7', username: 'ada' },
      { tweetId: '6', authorId: '8' },
    ]
    expect(jobs?.deadLetters.map((letter) => letter.about)).toEqual(about)
    expect(jobs?.waiting.map((item) => item.about)).toEqual(about)
  })

  test('has the tweets by the times that it tells, the latest first', async () => {
    const given = ports()
    const entry = { authorId: '7', kind: 'failed', cost: 0 } as const
    for (const [tweetId, at] of [
      ['1', NOW - 9],
      ['2', NOW - 8],
      ['3', NOW - 7],
      ['1', NOW],
    ] as const) {
      await given.journal.note({ ...entry, tweetId, at })
    }
    const { entries } = await readStatus(given, options)
    expect(entries.map(({ tweetId }) => tweetId)).toEqual(['1', '3', '2'])
  })

  test('has each of the last fourteen days, today last', async () => {
    const given = ports()
    const entry = { tweetId: '1', authorId: '7', kind: 'ignored', cost: 5 } as const
    await given.journal.note({ ...entry, at: NOW - 13 * 86_400_000 })
    await given.journal.note({ ...entry, at: NOW, tweetId: '2' })
    const { days } = await readStatus(given, options)
    expect(days.map(({ day }) => day)).toEqual(Array.from({ length: 14 }, (_, index) => `2026-11-${16 + index}`))
    expect(days.map(({ ignored, cost }) => [ignored, cost])).toEqual([[1, 5], ...Array(12).fill([0, 0]), [1, 5]])
  })

  test('shows a screenful of many, and says how many there are', async () => {
    const { queues } = await readStatus(ports(Array.from({ length: 900 }, () => event)), options)
    expect([queues[0]?.waiting.length, queues[0]?.deadLetters.length]).toEqual([20, 20])
    expect(queues[0]).toMatchObject({ size: 900, deadLetterCount: 900 })
  })
})

describe('on the status page an operator', () => {
  test('pauses the bot and resumes it', async () => {
    const given = ports()
    expect(await actOnStatus(given, { kind: 'pause', reason: 'too loud' })).toBe(true)
    expect((await given.killSwitch.state()).stopped).toEqual({ reason: 'Paused by an operator: too loud', since: NOW })
    expect(await actOnStatus(given, { kind: 'resume' })).toBe(true)
    expect((await given.killSwitch.state()).stopped).toBeUndefined()
  })

  test('has a dead letter of either queue tried again, if it is there', async () => {
    const given = ports()
    const retry = (queue: string, id: number) => actOnStatus(given, { kind: 'retry', queue, id })
    expect([await retry('events', 1), await retry('jobs', 1), await retry('jobs', 2)]).toEqual([true, true, false])
    expect(await retry('others', 1)).toBe(false)
    expect(given.redriven).toEqual({ events: [1], jobs: [1, 2] })
  })
})
