import type { Attempt, Handled } from '@hexbird/core/host'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FakeTime, settled } from './fake-time.js'
import { runs } from './runs.js'

/** What the suite needs of a queue. */
export interface QueueUnderTest<Item> {
  put(items: readonly Item[]): Promise<void>
  consume(handler: (item: Item, attempt: Attempt) => Promise<Handled>): () => Promise<void>
  idle(): Promise<void>
  removeIf(meant: (item: Item) => boolean): Promise<void>
  readonly size: number
  readonly deadLetters: readonly { readonly item: Item; readonly receives: number }[]
}

/** What a test of the suite sets. */
export interface QueueUnderTestOptions extends Partial<ReturnType<FakeTime['forQueue']>> {
  readonly concurrency?: number
  readonly visibility?: number
  readonly maxReceives?: number
  readonly backoff?: number
}

/** Makes a new, empty queue. */
export type MakeQueue = <Item>(options: QueueUnderTestOptions) => QueueUnderTest<Item>

const SECOND = 1000
const done = async (): Promise<Handled> => 'done'
const failing = async (): Promise<Handled> => {
  throw new Error('the labeler is away')
}
const never = () => new Promise<Handled>(() => {})

/** A consumer that notes what it is given, and when, and does what it is told. */
export function noting<Item>(queue: QueueUnderTest<Item>, time: FakeTime, handle: (item: Item) => Promise<Handled>) {
  const given: { item: Item; at: number }[] = []
  const began = time.now()
  const stop = queue.consume((item) => {
    given.push({ item, at: time.now() - began })
    return handle(item)
  })
  return { given, stop }
}

/** A promise that is kept from outside. */
export function pending<Value>() {
  let keep: (value: Value) => void = () => {}
  const promise = new Promise<Value>((resolve) => {
    keep = resolve
  })
  return { promise, keep }
}

/** What every queue promises that gives its items out in this process. `cases`: how many an adapter's property tries. */
export function queueSuite(make: MakeQueue, { cases = 200 }: { readonly cases?: number } = {}): void {
  const queueAt = <Item = string>(time: FakeTime, options: QueueUnderTestOptions = {}) =>
    make<Item>({ ...time.forQueue(), visibility: 180 * SECOND, ...options })

  describe('giving out', () => {
    test('every item is given out, whether it was put before there was a consumer or after', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      await queue.put(['a', 'b'])
      const { given } = noting(queue, time, done)
      await queue.put(['c'])
      await queue.idle()
      expect(given.map(({ item }) => item).sort()).toEqual(['a', 'b', 'c'])
      expect(queue.size).toBe(0)
    })

    test('no more items are handled at the same time than the setting says', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { concurrency: 3 })
      const open: (() => void)[] = []
      const { given } = noting(queue, time, () => {
        const { promise, keep } = pending<Handled>()
        open.push(() => keep('done'))
        return promise
      })
      await queue.put(['a', 'b', 'c', 'd', 'e'])
      expect(given).toHaveLength(3)
      open[0]?.()
      await settled()
      expect(given).toHaveLength(4)
      for (let index = 1; index < 5; index += 1) {
        open[index]?.()
        await settled()
      }
      await queue.idle()
      expect(given).toHaveLength(5)
    })

    test('ten items are handled at the same time where nothing is set', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const { given } = noting(queue, time, never)
      await queue.put(Array.from({ length: 30 }, String))
      expect(given).toHaveLength(10)
    })

    test('what was put in is copied, and so is what a handler gets', async () => {
      const time = new FakeTime()
      const queue = queueAt<{ words: string[] }>(time)
      const item = { words: ['dog'] }
      await queue.put([item])
      item.words.push('changed by the one who put it')
      const seen: string[][] = []
      queue.consume(async ({ words }) => {
        seen.push([...words])
        words.push('changed by a handler')
        if (seen.length < 2) throw new Error('again')
        return 'done'
      })
      await time.pass(10 * SECOND)
      expect(seen).toEqual([['dog'], ['dog']])
    })
  })

  test('what is removed is gone for good, wherever it was: ready, put off, in hand or dead', async () => {
    const time = new FakeTime()
    const queue = queueAt(time, { maxReceives: 1, concurrency: 5 })
    const inHand = pending<Handled>()
    const { given, stop } = noting(queue, time, async (item) => {
      if (item.endsWith('dead')) return failing()
      if (item.endsWith('later')) return { retryAt: time.now() + 60 * SECOND }
      return item.endsWith('in hand') ? inHand.promise : 'done'
    })
    const all = ['dead', 'later', 'in hand'].flatMap((state) => [`alice ${state}`, `bob ${state}`])
    await queue.put(all)
    await settled()
    expect(given.map(({ item }) => item).sort()).toEqual([...all].sort())
    inHand.keep({ retryAt: time.now() + 1 })
    void stop()
    await settled()
    await queue.put(['alice ready', 'bob ready'])

    await queue.removeIf((item) => item.startsWith('alice'))
    expect([queue.size, queue.deadLetters.map(({ item }) => item)]).toEqual([3, ['bob dead']])
    const later = noting(queue, time, done)
    await time.pass(600 * SECOND)
    expect(later.given.map(({ item }) => item).sort()).toEqual(['bob in hand', 'bob later', 'bob ready'])
    await queue.idle()
  })

  test('what is removed while a handler has it does not come again, and leaves room for others', async () => {
    const time = new FakeTime()
    const queue = queueAt(time, { concurrency: 1 })
    const inHand = pending<Handled>()
    const { given } = noting(queue, time, (item) => (item === 'alice' ? inHand.promise : done()))
    await queue.put(['alice', 'bob'])
    await queue.removeIf((item) => item === 'alice')
    expect(queue.size).toBeLessThan(2)
    inHand.keep({ retryAt: time.now() + SECOND })
    await time.pass(600 * SECOND)
    expect(given.map(({ item }) => item)).toEqual(['alice', 'bob'])
    await queue.idle()
  })

  test('a setting that is undefined is the default', () => {
    const names = ['concurrency', 'visibility', 'maxReceives', 'backoff', 'now', 'random', 'setTimer', 'clearTimer']
    const none = Object.fromEntries(names.map((name) => [name, undefined])) as QueueUnderTestOptions
    const queue = make<string>(none)
    let handled = 0
    void queue.put(['item'])
    queue.consume(async () => {
      handled += 1
      return 'done'
    })
    expect(handled).toBe(1)
  })

  describe('failures', () => {
    test('an item whose handler throws comes back', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      let tries = 0
      const { given } = noting(queue, time, async () => {
        tries += 1
        if (tries === 1) throw new Error('the labeler is away')
        return 'done'
      })
      await queue.put(['a'])
      await time.pass(SECOND)
      expect(given).toHaveLength(2)
      expect(queue.size).toBe(0)
    })

    test('each delivery is told which attempt it is, and to be deferred is none', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { maxReceives: 3 })
      const told: Attempt[] = []
      queue.consume(async (_, attempt) => {
        told.push(attempt)
        if (told.length === 2) return { retryAt: time.now() + 1 }
        throw new Error('the labeler is away')
      })
      await queue.put(['a'])
      await time.pass(60 * SECOND)
      expect(told).toEqual([1, 2, 2, 3].map((number) => ({ number, of: 3 })))
    })

    test('a handler that throws before it gives a promise fails its item alone', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { maxReceives: 1 })
      queue.consume((item) => {
        if (item === 'bad') throw new Error('at once')
        return done()
      })
      await queue.put(['bad', 'good'])
      await queue.idle()
      expect(queue.deadLetters.map(({ item }) => item)).toEqual(['bad'])
    })

    test('the longest wait doubles with each failure, up to the visibility time', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { maxReceives: 12, backoff: SECOND, visibility: 30 * SECOND })
      const { given } = noting(queue, time, failing)
      await queue.put(['a'])
      await time.pass(600 * SECOND)
      const waits = given.slice(1).map(({ at }, index) => (at - (given[index]?.at ?? 0)) / SECOND)
      expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30])
    })

    test('items that failed together come back spread over the whole wait', async () => {
      const time = new FakeTime()
      let chance = 0
      const random = () => {
        chance += 0.25
        return chance - 0.25
      }
      const queue = queueAt(time, { random, backoff: 8 * SECOND })
      const failed = new Set<string>()
      const { given } = noting(queue, time, async (item) => {
        if (failed.has(item)) return 'done'
        failed.add(item)
        throw new Error('the labeler is away')
      })
      await queue.put(['a', 'b', 'c', 'd'])
      await time.pass(8 * SECOND)
      expect(given.slice(4).map(({ at }) => at / SECOND)).toEqual([0, 2, 4, 6])
    })

    test('an item that fails too often becomes a dead letter with what it failed of', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { maxReceives: 3 })
      const { given } = noting(queue, time, failing)
      await queue.put(['a'])
      await time.pass(3600 * SECOND)
      expect(given).toHaveLength(3)
      expect(queue.deadLetters).toMatchObject([{ item: 'a', receives: 3 }])
      expect(queue.size).toBe(0)
      await queue.idle()
    })

    test('one bad item holds up no other', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { concurrency: 1 })
      const { given } = noting(queue, time, (item) => (item === 'bad' ? failing() : done()))
      await queue.put(['bad', 'b', 'c'])
      await settled()
      expect(given.map(({ item }) => item)).toEqual(['bad', 'b', 'c'])
    })
  })

  describe('a wait that was asked for', () => {
    test('an item comes back when its handler said, not before', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const reset = time.now() + 900 * SECOND
      const { given } = noting(queue, time, async () => (time.now() < reset ? { retryAt: reset } : 'done'))
      await queue.put(['a'])
      await time.pass(900 * SECOND - 1)
      expect(given).toHaveLength(1)
      await time.pass(1)
      expect(given.map(({ at }) => at)).toEqual([0, 900 * SECOND])
      expect(queue.size).toBe(0)
    })

    test('it burns no try: an item that waited a hundred times may still fail and be tried again', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { maxReceives: 2 })
      let tries = 0
      noting(queue, time, async () => {
        tries += 1
        if (tries <= 100) return { retryAt: time.now() + SECOND }
        if (tries === 101) throw new Error('the labeler is away')
        return 'done'
      })
      await queue.put(['a'])
      await time.pass(200 * SECOND)
      expect(tries).toBe(102)
      expect(queue.deadLetters).toEqual([])
      expect(queue.size).toBe(0)
    })

    test('failures before and after it still count', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { maxReceives: 2 })
      let tries = 0
      noting(queue, time, async () => {
        tries += 1
        if (tries === 2) return { retryAt: time.now() + SECOND }
        throw new Error('the labeler is away')
      })
      await queue.put(['a'])
      await time.pass(60 * SECOND)
      expect(tries).toBe(3)
      expect(queue.deadLetters).toHaveLength(1)
    })

    test.each([0, Number.NaN, -1])('a time that is no time to come (%p) does not spin', async (retryAt) => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const { given } = noting(queue, time, async () => ({ retryAt }))
      await queue.put(['a'])
      await time.pass(10 * SECOND)
      expect(given).toHaveLength(11)
    })

    test('a wait that is longer than a timer can be is waited out', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const wait = 60 * 24 * 3600 * SECOND
      const back = time.now() + wait
      const { given } = noting(queue, time, async () => (time.now() < back ? { retryAt: back } : 'done'))
      await queue.put(['a'])
      await time.pass(wait)
      expect(given.map(({ at }) => at)).toEqual([0, wait])
    })
  })

  describe('visibility', () => {
    test('an item that is being handled is hidden until its visibility time ends', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const { given } = noting(queue, time, never)
      await queue.put(['a'])
      await time.pass(180 * SECOND - 1)
      expect(given).toHaveLength(1)
      await time.pass(1)
      expect(given).toHaveLength(2)
    })

    test('a handler that never ends makes its item a dead letter in the end', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { maxReceives: 2 })
      noting(queue, time, never)
      await queue.put(['a'])
      await time.pass(400 * SECOND)
      expect(queue.deadLetters).toHaveLength(1)
    })

    test('a handler that never ends takes up no room for ever', async () => {
      const time = new FakeTime()
      const queue = queueAt(time, { concurrency: 1, maxReceives: 1 })
      const { given } = noting(queue, time, (item) => (item === 'stuck' ? never() : done()))
      await queue.put(['stuck', 'b'])
      await time.pass(180 * SECOND)
      expect(given.map(({ item }) => item)).toEqual(['stuck', 'b'])
    })

    test('a slow handler that is done in the end has its item done, though it was given out again', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const first = pending<Handled>()
      let tries = 0
      noting(queue, time, () => {
        tries += 1
        return tries === 1 ? first.promise : never()
      })
      await queue.put(['a'])
      await time.pass(180 * SECOND)
      expect(tries).toBe(2)
      first.keep('done')
      await time.pass(3600 * SECOND)
      expect(tries).toBe(2)
      expect(queue.size).toBe(0)
    })

    test('a slow handler that fails in the end does not disturb the one that has its item now', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const [first, second] = [pending<Handled>(), pending<Handled>()]
      let tries = 0
      noting(queue, time, async () => {
        tries += 1
        if (tries > 1) return second.promise
        await first.promise
        throw new Error('too late')
      })
      await queue.put(['a'])
      await time.pass(180 * SECOND)
      first.keep('done')
      await time.pass(60 * SECOND)
      expect(tries).toBe(2)
      second.keep('done')
      await queue.idle()
      expect(queue.deadLetters).toEqual([])
    })
  })

  describe('stop and idle', () => {
    test('a stopped consumer is given nothing more, and what was put stays', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const { given, stop } = noting(queue, time, done)
      await stop()
      await queue.put(['a'])
      await time.pass(3600 * SECOND)
      expect(given).toEqual([])
      expect(queue.size).toBe(1)
    })

    test('stop waits for what is running', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const running = pending<Handled>()
      const { stop } = noting(queue, time, () => running.promise)
      await queue.put(['a'])
      let stopped = false
      const stopping = stop().then(() => {
        stopped = true
      })
      await settled()
      expect(stopped).toBe(false)
      running.keep('done')
      await stopping
      expect(queue.size).toBe(0)
    })

    test('a later consumer gets what an earlier one left, when it is due', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const { stop } = noting(queue, time, async () => ({ retryAt: time.now() + 60 * SECOND }))
      await queue.put(['a'])
      await settled()
      await stop()
      await time.pass(30 * SECOND)
      const { given } = noting(queue, time, done)
      await time.pass(30 * SECOND - 1)
      expect(given).toEqual([])
      await time.pass(1)
      expect(given.map(({ item }) => item)).toEqual(['a'])
    })

    test('stop leaves no timer behind', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      const { stop } = noting(queue, time, (item) =>
        item === 'waits' ? Promise.resolve({ retryAt: time.now() + SECOND }) : failing(),
      )
      await queue.put(['waits', 'fails'])
      await settled()
      expect(time.timers).toBeGreaterThan(0)
      await stop()
      expect(time.timers).toBe(0)
    })

    test('idle waits for an item that is deferred', async () => {
      const time = new FakeTime()
      const queue = queueAt(time)
      let tries = 0
      noting(queue, time, async () => {
        tries += 1
        return tries === 1 ? { retryAt: time.now() + SECOND } : 'done'
      })
      await queue.put(['a'])
      let idle = false
      const idling = queue.idle().then(() => {
        idle = true
      })
      await settled()
      expect(idle).toBe(false)
      await time.pass(SECOND)
      await idling
      expect(tries).toBe(2)
    })

    test('idle at once where there is nothing', async () => {
      await queueAt(new FakeTime()).idle()
    })

    test('with the timers of the platform an item comes back too', async () => {
      const queue = make<string>({ random: () => 0 })
      let tries = 0
      const stop = queue.consume(async () => {
        tries += 1
        if (tries < 3) throw new Error('again')
        return 'done'
      })
      await queue.put(['a'])
      await queue.idle()
      await stop()
      expect(tries).toBe(3)
    })
  })

  describe('always', () => {
    const step = fc.constantFrom('done', 'throw', 'wait', 'hang')

    test('every item ends as done or as a dead letter, is given out at least once and fails no more than it may', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 8 }),
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 1, max: 4 }),
          async (scripts, concurrency, maxReceives) => {
            const time = new FakeTime()
            const queue = queueAt(time, { concurrency, maxReceives })
            const left = new Map(scripts.map((steps, index) => [String(index), [...steps]]))
            const count = { running: 0, most: 0 }
            const finished = new Set<string>()
            const failures = new Map<string, number>()
            queue.consume(async (item) => {
              const next = left.get(item)?.shift() ?? 'done'
              if (next === 'throw' || next === 'hang') failures.set(item, (failures.get(item) ?? 0) + 1)
              if (next === 'throw') throw new Error('again')
              if (next === 'wait') return { retryAt: time.now() + SECOND }
              if (next === 'hang') return never()
              count.running += 1
              count.most = Math.max(count.most, count.running)
              await Promise.resolve()
              count.running -= 1
              finished.add(item)
              return 'done'
            })
            await queue.put(scripts.map((_, index) => String(index)))
            await time.pass(24 * 3600 * SECOND)
            const dead = queue.deadLetters.map(({ item }) => item)
            expect([...finished, ...dead].sort()).toEqual(scripts.map((_, index) => String(index)).sort())
            expect(count.most).toBeLessThanOrEqual(concurrency)
            for (const item of dead) expect(failures.get(item)).toBe(maxReceives)
            for (const item of finished) expect(failures.get(item) ?? 0).toBeLessThan(maxReceives)
            expect(queue.size).toBe(0)
          },
        ),
        { numRuns: runs(cases) },
      )
    })
  })
}
