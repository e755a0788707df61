import type { EventOutcome } from '@hexbird/core'
import type { Journal } from '@hexbird/core/adapter'
import { afterEach, describe, expect, test } from '@jest/globals'
import { keepJournal } from '../src/journal.js'
import { endAll, onLocalX } from './fixture.js'

afterEach(endAll)

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the journal of a running bot', () => {
  test('tells of a photo that was replied to, once, and what the budget has for it', async () => {
    const { start, serving, asks, ports, x, clock } = await onLocalX()
    const running = start()
    await serving(running.fetch)
    const { id } = await asks()
    await running.idle()
    const day = new Date(clock.now()).toISOString().slice(0, 10)
    const cost = await ports.budget.spent(`day:${day}`)
    const [replyId] = x.repliesTo(id).map((reply) => reply.id)
    expect(await ports.journal.recent(10)).toEqual([
      {
        tweetId: id,
        authorId: x.person('alice').id,
        username: 'alice',
        at: clock.now(),
        kind: 'replied',
        replyId,
        cost,
      },
    ])
    expect(cost).toBeGreaterThan(10_000)
    expect(await ports.journal.days(day)).toMatchObject([{ day, replied: 1, cost }])
    expect(running.outcomes()).toEqual({ 'job-stored': 1, replied: 1 })
  })

  test('tells why nothing was said, and what has to wait and until when', async () => {
    const { start, serving, asks, ports, x, clock } = await onLocalX()
    const running = start()
    await serving(running.fetch)
    await ports.killSwitch.wait('post', clock.now() + 60_000)
    await asks()
    while ((await ports.journal.recent(1))[0]?.kind !== 'deferred') await turn()
    await ports.optOuts.add(x.person('bob').id, clock.now())
    await x.tweet({ as: 'bob', text: `@${x.bot.username} and this?` })
    while ((await ports.journal.recent(2)).length < 2) await turn()
    expect(await ports.journal.recent(10)).toMatchObject([
      { username: 'bob', kind: 'ignored', reason: 'opted-out', cost: 0 },
      { username: 'alice', kind: 'deferred', reason: 'rate-limited', until: expect.any(Number) },
    ])
  })

  test('tells what a handler threw, until the next try has ended', async () => {
    const { start, serving, asks, ports, clock } = await onLocalX()
    let isBroken = true
    const labeler = {
      async label(...args: Parameters<typeof ports.labeler.label>) {
        if (isBroken) throw new Error('the labeler is away')
        return ports.labeler.label(...args)
      },
    }
    const running = start({}, { labeler })
    await serving(running.fetch)
    await asks()
    while ((await ports.journal.recent(1))[0]?.kind !== 'failed') await turn()
    expect(await ports.journal.recent(1)).toMatchObject([{ kind: 'failed', detail: 'Error: the labeler is away' }])
    isBroken = false
    clock.advance(60_000)
    await running.idle()
    expect(await ports.journal.recent(2)).toMatchObject([{ kind: 'replied' }])
    expect(running.outcomes()).toEqual({ 'job-stored': 1, failed: 1, replied: 1 })
  })

  test('does not stop the bot where it is broken', async () => {
    const { start, serving, asks, replies, ports } = await onLocalX()
    const error = new Error('the disk is full')
    const journal: Journal = Object.assign(ports.journal, { note: () => Promise.reject(error) })
    const told: unknown[] = []
    const running = start({ onJournalError: (each) => told.push(each) }, { journal })
    await serving(running.fetch)
    const { id } = await asks()
    await running.idle()
    expect(replies(id)).toHaveLength(1)
    expect(told).toEqual([error, error])
  })
})

describe('the journal has nothing of', () => {
  const noted = async (outcome: EventOutcome, kind: 'tweet' | 'message' = 'tweet') => {
    const entries: unknown[] = []
    const journal = { note: async (entry: unknown) => void entries.push(entry) } as unknown as Journal
    const event = kind === 'tweet' ? { kind, tweet: { firstId: '1', author: { id: '7' } } } : { kind, senderId: '7' }
    const around = keepJournal(
      journal,
      () => 5,
      () => {},
    )
    await around({ kind: 'event', event: event as never, attempt: { number: 1, of: 5 } }, async () => outcome)
    return entries
  }

  test.each(['own-tweet', 'not-for-this-bot'] as const)('a tweet that nobody wrote to the bot: %s', async (reason) => {
    expect(await noted({ kind: 'ignored', reason })).toEqual([])
  })

  test('messages', async () => {
    expect(await noted({ kind: 'opted-out', userId: '7' }, 'message')).toEqual([])
  })

  test('the words of a reply', async () => {
    expect(await noted({ kind: 'replied', replyId: '2', text: 'I see a dog.', labels: ['Dog'] })).toEqual([
      { tweetId: '1', authorId: '7', at: 5, kind: 'replied', replyId: '2', cost: 0 },
    ])
  })
})
