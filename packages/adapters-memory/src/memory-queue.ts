import type { Now, SearchableQueue } from '@hexbird/core/adapter'
import { type Handled, TIMES } from '@hexbird/core/host'
import { copyOf } from './copy-of.js'

/** How a `MemoryQueue` behaves, and the time that it lives in. */
export interface MemoryQueueOptions {
  /** How many items are handled at the same time: 10 where it is left out. */
  readonly concurrency?: number
  /** How long an item that was given out is hidden, in milliseconds; then it is given out again. */
  readonly visibility?: number
  /** How often an item is given out before it is a dead letter: 5 where it is left out. */
  readonly maxReceives?: number
  /** The longest wait after a first failure, in milliseconds: 1000 where it is left out. */
  readonly backoff?: number
  readonly now?: Now
  /** At least 0 and below 1. */
  readonly random?: () => number
  /** Calls `run` once after `milliseconds`, and returns what `clearTimer` needs to cancel it. */
  readonly setTimer?: (run: () => void, milliseconds: number) => unknown
  /** Stops what `setTimer` began. */
  readonly clearTimer?: (timer: unknown) => void
}

/** An item that was given out too often. */
export interface DeadLetter<T> {
  readonly item: T
  readonly receives: number
  /** What the last try threw. */
  readonly reason: unknown
}

/** A queue has one consumer at a time. */
export class QueueConsumedError extends Error {
  override readonly name = 'QueueConsumedError'
  readonly code = 'QUEUE_CONSUMED'
}

/** An item was not done when its visibility time ended. */
export class VisibilityEndedError extends Error {
  override readonly name = 'VisibilityEndedError'
  readonly code = 'VISIBILITY_ENDED'
}

/** An item is in one of three places: ready, in flight (a handler has it) or deferred. */
interface Entry<T> {
  readonly item: T
  receives: number
  /** A run whose receipt is an older one was overtaken: it can say that the item is done, and nothing else. */
  receipt: number
  /** When it is ready again, epoch milliseconds. */
  visibleAt: number
  timer?: unknown
}

type Handler<T> = (item: T) => Promise<Handled>

/** More than 32 bits make a timer of Node.js fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * A queue in this process with the promises of Amazon SQS's standard queues, and no more: each item is given out at
 * least once, in any order, is hidden while a handler has it, and is a dead letter when it was given out too often.
 * What was put in is copied, and each handler gets a copy of its own.
 */
export class MemoryQueue<T> implements SearchableQueue<T> {
  readonly #settings: Required<MemoryQueueOptions>
  readonly #ready = new Set<Entry<T>>()
  readonly #inFlight = new Set<Entry<T>>()
  readonly #deferred = new Set<Entry<T>>()
  readonly #runs = new Set<Promise<void>>()
  #deadLetters: DeadLetter<T>[] = []
  #consumer: { readonly handler: Handler<T> } | undefined
  #idleWaiters: (() => void)[] = []

  constructor(options: MemoryQueueOptions = {}) {
    this.#settings = {
      concurrency: 10,
      visibility: TIMES.visibility,
      maxReceives: 5,
      backoff: 1000,
      now: Date.now,
      random: Math.random,
      setTimer: setTimeout,
      clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
      // An option that is `undefined` was left out.
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    }
  }

  /** Takes in copies of all items or, where one of them cannot be copied, rejects and takes none. */
  async put(items: readonly T[]): Promise<void> {
    const copies = items.map((item) => copyOf(item))
    for (const item of copies) this.#ready.add({ item, receives: 0, receipt: 0, visibleAt: 0 })
    this.#giveOut()
  }

  /**
   * Gives items to `handler` from now on. One that it throws on comes back after a while that grows with each failure;
   * one that it is slower with than the visibility time is given out again while it still runs.
   *
   * Gives a function that ends this and resolves when no handler runs any more. Items that are left stay in the queue,
   * for a later consumer.
   *
   * @throws {QueueConsumedError} where the queue has a consumer
   */
  consume(handler: Handler<T>): () => Promise<void> {
    if (this.#consumer) throw new QueueConsumedError('the queue has a consumer: stop that one first')
    const consumer = { handler }
    this.#consumer = consumer
    for (const entry of this.#hidden()) this.#setTimer(entry)
    this.#giveOut()
    return async () => {
      if (this.#consumer === consumer) {
        this.#consumer = undefined
        for (const entry of this.#hidden()) this.#settings.clearTimer(entry.timer)
      }
      while (this.#runs.size > 0) await Promise.all(this.#runs)
    }
  }

  /** Resolves when no item is ready, in flight or deferred. Dead letters do not count. */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** How many items are ready, in flight or deferred. */
  get size(): number {
    return this.#ready.size + this.#inFlight.size + this.#deferred.size
  }

  get deadLetters(): readonly DeadLetter<T>[] {
    return [...this.#deadLetters]
  }

  async removeIf(meant: (item: T) => boolean): Promise<void> {
    for (const entry of [...this.#ready, ...this.#hidden()]) if (meant(entry.item)) this.#remove(entry)
    this.#deadLetters = this.#deadLetters.filter(({ item }) => !meant(item))
    this.#giveOut()
    this.#tellIdle()
  }

  #giveOut(): void {
    for (const entry of this.#ready) {
      if (!this.#consumer || this.#inFlight.size >= this.#settings.concurrency) return
      this.#ready.delete(entry)
      entry.receives += 1
      entry.receipt += 1
      this.#hide(entry, this.#inFlight, this.#settings.now() + this.#settings.visibility)
      const run = this.#run(entry, this.#consumer.handler).finally(() => this.#ended(run))
      this.#runs.add(run)
    }
  }

  async #run(entry: Entry<T>, handler: Handler<T>): Promise<void> {
    const { receipt } = entry
    try {
      const handled = await handler(copyOf(entry.item))
      if (handled === 'done') this.#remove(entry)
      else if (this.#holds(entry, receipt)) this.#retryAt(entry, handled.retryAt)
    } catch (error) {
      if (this.#holds(entry, receipt)) this.#retry(entry, error)
    }
  }

  #ended(run: Promise<void>): void {
    this.#runs.delete(run)
    this.#giveOut()
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (!this.#isIdle()) return
    for (const resolve of this.#idleWaiters) resolve()
    this.#idleWaiters = []
  }

  #holds(entry: Entry<T>, receipt: number): boolean {
    return this.#inFlight.has(entry) && entry.receipt === receipt
  }

  /** A time that has passed would bring it back at once, and again and again. */
  #retryAt(entry: Entry<T>, at: number): void {
    entry.receives -= 1
    const now = this.#settings.now()
    this.#hide(entry, this.#deferred, at > now ? at : now + this.#settings.backoff)
  }

  /** Exponential backoff with full jitter: items that failed together do not come back together. */
  #retry(entry: Entry<T>, reason: unknown): void {
    const { now, random, backoff, visibility, maxReceives } = this.#settings
    const longest = Math.min(visibility, backoff * 2 ** (entry.receives - 1))
    if (entry.receives >= maxReceives) this.#bury(entry, reason)
    else this.#hide(entry, this.#deferred, now() + random() * longest)
  }

  #bury(entry: Entry<T>, reason: unknown): void {
    this.#remove(entry)
    this.#deadLetters.push({ item: entry.item, receives: entry.receives, reason })
  }

  #hide(entry: Entry<T>, place: Set<Entry<T>>, until: number): void {
    this.#remove(entry)
    place.add(entry)
    entry.visibleAt = until
    this.#setTimer(entry)
  }

  #setTimer(entry: Entry<T>): void {
    if (!this.#consumer) return
    const wait = Math.max(0, entry.visibleAt - this.#settings.now())
    entry.timer = this.#settings.setTimer(() => this.#timerFired(entry), Math.min(wait, LONGEST_TIMER))
  }

  #timerFired(entry: Entry<T>): void {
    if (this.#settings.now() < entry.visibleAt) this.#setTimer(entry)
    else this.#comeBack(entry)
  }

  #comeBack(entry: Entry<T>): void {
    const { maxReceives, visibility } = this.#settings
    if (this.#inFlight.has(entry) && entry.receives >= maxReceives)
      this.#bury(entry, new VisibilityEndedError(`not done within ${visibility} ms`))
    else {
      this.#remove(entry)
      entry.receipt += 1
      this.#ready.add(entry)
    }
    this.#giveOut()
    this.#tellIdle()
  }

  #remove(entry: Entry<T>): void {
    this.#settings.clearTimer(entry.timer)
    for (const place of [this.#ready, this.#inFlight, this.#deferred]) place.delete(entry)
  }

  #hidden(): readonly Entry<T>[] {
    return [...this.#inFlight, ...this.#deferred]
  }

  #isIdle(): boolean {
    return this.size === 0 && this.#runs.size === 0
  }
}
