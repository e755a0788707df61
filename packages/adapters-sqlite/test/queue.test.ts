import { type Handled, TIMES } from '@hexbird/core/host'
import { FakeTime, settled } from '@hexbird/testkit/fake-time'
import { noting, pending, queueSuite } from '@hexbird/testkit/queue-suite'
import { describe, expect, test } from '@jest/globals'
import { DatabaseSync } from '@photostructure/sqlite'
import type { SqliteQueueOptions } from '../src/index.js'
import { closed, emptyPath, opened } from './temporary.js'

const SECOND = 1000
const never = () => new Promise<Handled>(() => {})

function queueAt<T = string>(time: FakeTime, options: SqliteQueueOptions = {}) {
  return opened().queue<T>('words', { ...time.forQueue(), visibility: 180 * SECOND, ...options })
}

const done = async (): Promise<Handled> => 'done'
const failing = async (): Promise<Handled> => {
  throw new Error('the labeler is away')
}

queueSuite((options) => opened().queue('words', options), { cases: 30 })

test('a put with an item that is no JSON rejects and takes none', async () => {
  const queue = queueAt<unknown>(new FakeTime())
  await expect(queue.put(['a', () => 'a function'])).rejects.toMatchObject({ code: 'ITEM_INVALID' })
  expect(queue.size).toBe(0)
})

test('a second consumer is refused', () => {
  const queue = queueAt(new FakeTime())
  queue.consume(done)
  expect(() => queue.consume(done)).toThrow(expect.objectContaining({ code: 'QUEUE_CONSUMED' }))
})

test('a handler that puts, or stops the queue, before it gives a promise leaves no timer behind', async () => {
  const time = new FakeTime()
  const queue = queueAt(time)
  await queue.put(['a', 'b'])
  const stop = queue.consume((item) => {
    if (item === 'a') void queue.put(['c'])
    if (item === 'c') void queue.stop()
    return never()
  })
  expect([time.timers, queue.size]).toEqual([0, 3])
  void stop()
})

test('an item that becomes ready while the queue looks for ready items is not left waiting', async () => {
  const timers: (() => void)[] = []
  let readings: number[] = []
  const queue = opened().queue<string>('words', {
    now: () => readings.shift() ?? 500,
    random: () => 0.5,
    setTimer: (run) => timers.push(run),
    clearTimer: () => {},
  })
  let tries = 0
  queue.consume(async () => {
    tries += 1
    if (tries === 1) throw new Error('the labeler is away')
    return 'done'
  })
  readings = Array.from({ length: 20 }, () => 0)
  await queue.put(['a'])
  await settled()
  // A timer of Node.js may fire a millisecond early, and the clock goes on while the queue looks.
  readings = [499]
  timers.splice(0).at(-1)?.()
  timers.at(-1)?.()
  await settled()
  expect([tries, queue.size]).toEqual([2, 0])
})

test('a dead letter says what its item failed of: what the handler threw, or that it did not end', async () => {
  const time = new FakeTime()
  const queue = queueAt(time, { maxReceives: 1, visibility: SECOND })
  queue.consume((item) => (item === 'never' ? never() : failing()))
  await queue.put(['fails', 'never'])
  await time.pass(SECOND)
  expect(queue.deadLetters).toMatchObject([
    { item: 'fails', reason: 'Error: the labeler is away' },
    { item: 'never', reason: 'not done within 1000 ms' },
  ])
})

describe('after a restart', () => {
  test('what was put is given out, the oldest first', async () => {
    const time = new FakeTime()
    const path = emptyPath()
    const before = opened(path)
    const first = before.queue<string>('words', time.forQueue())
    await first.put(['a', 'b'])
    await time.pass(1)
    await first.put(['c'])
    closed(before)
    const { given } = noting(opened(path).queue('words', time.forQueue()), time, done)
    expect(given.map(({ item }) => item)).toEqual(['a', 'b', 'c'])
  })

  test('what was being handled comes back when its visibility time ends, and its tries count on', async () => {
    const time = new FakeTime()
    const path = emptyPath()
    const before = opened(path)
    const first = before.queue<string>('words', { ...time.forQueue(), onError: () => {} })
    first.consume(never)
    await first.put(['a'])
    closed(before)
    const second = opened(path).queue<string>('words', { ...time.forQueue(), maxReceives: 2 })
    const { given } = noting(second, time, failing)
    await time.pass(180 * SECOND - 1)
    expect(given).toEqual([])
    await time.pass(1)
    expect(given.map(({ item }) => item)).toEqual(['a'])
    expect(second.deadLetters).toMatchObject([{ item: 'a', receives: 2 }])
  })

  test('a handler that ends after the store was closed has its item given out again', async () => {
    const time = new FakeTime()
    const path = emptyPath()
    const before = opened(path)
    const errors: unknown[] = []
    const first = before.queue<string>('words', { ...time.forQueue(), onError: (error) => errors.push(error) })
    const running = pending<Handled>()
    first.consume(() => running.promise)
    await first.put(['a'])
    closed(before)
    running.keep('done')
    await settled()
    expect(errors).toMatchObject([{ code: 'STORE_CLOSED' }])
    expect(time.timers).toBe(0)
    expect(opened(path).queue('words').size).toBe(1)
  })

  test('dead letters are there, and one of them may be tried again', async () => {
    const time = new FakeTime()
    const path = emptyPath()
    const before = opened(path, { now: time.now })
    const first = before.queue<string>('words', { ...time.forQueue(), maxReceives: 1 })
    first.consume(failing)
    await first.put(['a', 'b'])
    await first.idle()
    closed(before)
    const second = opened(path, { now: time.now }).queue<string>('words', time.forQueue())
    const [letter] = second.deadLetters
    const { given } = noting(second, time, done)
    expect(await second.redrive(letter?.id ?? 0)).toBe(true)
    expect(await second.redrive(letter?.id ?? 0)).toBe(false)
    await second.idle()
    expect(given.map(({ item }) => item)).toEqual(['a'])
    expect(second.deadLetters.map(({ item }) => item)).toEqual(['b'])
  })

  test('dead letters go when they are as old as they are kept', async () => {
    const time = new FakeTime()
    const queue = queueAt(time, { maxReceives: 1 })
    queue.consume(failing)
    await queue.put(['old'])
    await time.pass(TIMES.deadLetters)
    await queue.put(['new'])
    await queue.idle()
    expect(queue.deadLetters.map(({ item }) => item)).toEqual(['new'])
  })
})

test('queues of one store share nothing, and each is asked for once', async () => {
  const store = opened()
  const [words, others] = [store.queue<string>('words'), store.queue<string>('others')]
  await words.put(['a'])
  expect([words.size, others.size]).toEqual([1, 0])
  expect(() => store.queue('words')).toThrow(expect.objectContaining({ code: 'QUEUE_CONSUMED' }))
})

test('while the file is locked by another nothing is given out, and then the queue goes on by itself', async () => {
  const time = new FakeTime()
  const path = emptyPath()
  const errors: unknown[] = []
  const store = opened(path, { timeout: 0 })
  const queue = store.queue<string>('words', { ...time.forQueue(), onError: (error) => errors.push(error) })
  await queue.put(['a'])
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const { given } = noting(queue, time, done)
  await time.pass(SECOND)
  expect([given, errors]).toMatchObject([[], [{ code: 'STORE_BUSY' }, { code: 'STORE_BUSY' }]])
  other.exec('ROLLBACK')
  other.close()
  await time.pass(SECOND)
  expect(given.map(({ item }) => item)).toEqual(['a'])
  expect(queue.size).toBe(0)
})

describe('what waits', () => {
  test('is told with when it comes back, the first to come back first, and whether a handler has it', async () => {
    const time = new FakeTime()
    const queue = queueAt(time, { concurrency: 3 })
    const until = time.now() + 60 * SECOND
    noting(queue, time, (item) => (item === 'slow' ? never() : Promise.resolve({ retryAt: until + Number(item) })))
    await queue.put(['slow', '2', '1'])
    await settled()
    expect(queue.waiting(10)).toEqual([
      { id: 3, item: '1', receives: 0, until: until + 1, inFlight: false },
      { id: 2, item: '2', receives: 0, until: until + 2, inFlight: false },
      { id: 1, item: 'slow', receives: 1, until: time.now() + 180 * SECOND, inFlight: true },
    ])
    expect(queue.waiting(1)).toHaveLength(1)
  })

  test('is not what is ready, what is done, or what waits in another queue', async () => {
    const time = new FakeTime()
    const store = opened()
    const queue = store.queue<string>('words', time.forQueue())
    const other = store.queue<string>('others', time.forQueue())
    noting(other, time, never)
    await other.put(['a'])
    await queue.put(['ready'])
    expect(queue.waiting(10)).toEqual([])
    noting(queue, time, done)
    await queue.idle()
    expect(queue.waiting(10)).toEqual([])
  })
})
