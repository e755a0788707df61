import type { Now, SearchableQueue } from '@hexbird/core/adapter'
import { type Attempt, type Handled, TIMES } from '@hexbird/core/host'
import { copyOf } from './copy-of.js'

/** Options of a `MemoryQueue`. */
export interface MemoryQueueOptions {
  /** How many items are handled at the same time. Default: 10. */
  readonly concurrency?: number
  /** How long a delivered item is hidden, in milliseconds. If it isn't done by then, it is delivered again. */
  readonly visibility?: number
  /** How often an item is delivered before it becomes a dead letter. Default: 5. */
  readonly maxReceives?: number
  /** The longest wait after a first failure, in milliseconds. Default: 1000. */
  readonly backoff?: number
  readonly now?: Now
  /** Returns a number of at least 0 and below 1. */
  readonly random?: () => number
  /** Calls `run` once after `milliseconds`, and returns what `clearTimer` needs to cancel it. */
  readonly setTimer?: (run: () => void, milliseconds: number) => unknown
  /** Cancels a timer of `setTimer`. */
  readonly clearTimer?: (timer: unknown) => void
}

/** An item that failed too often. */
export interface DeadLetter<T> {
  readonly item: T
  readonly receives: number
  /** The error of the last try. */
  readonly reason: unknown
}

/** The queue already has a consumer. */
export class QueueConsumedError extends Error {
  override readonly name = 'QueueConsumedError'
  readonly code = 'QUEUE_CONSUMED'
}

/** The handler didn't finish before the item's visibility time ended. */
export class VisibilityEndedError extends Error {
  override readonly name = 'VisibilityEndedError'
  readonly code = 'VISIBILITY_ENDED'
}

/** An item is in one of three states: ready, in flight (a handler has it) or deferred. */
interface Entry<T> {
  readonly item: T
  receives: number
  /** Counts deliveries. A run with an older receipt can only mark the item as done. */
  receipt: number
  /** When it is ready again, epoch milliseconds. */
  visibleAt: number
  timer?: unknown
}

type Handler<T> = (item: T, attempt: Attempt) => Promise<Handled>

/** With a longer delay, a timer of Node.js fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * A queue in this process with only the guarantees of Amazon SQS's standard queues: it delivers each item at least
 * once, in any order, hides it while a handler has it, and makes it a dead letter after too many deliveries. The queue
 * copies each item, and gives each handler its own copy.
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
      // Treat `undefined` options as missing.
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    }
  }

  /** Adds copies of all items. If one can't be copied, it rejects and adds none. */
  async put(items: readonly T[]): Promise<void> {
    const copies = items.map((item) => copyOf(item))
    for (const item of copies) this.#ready.add({ item, receives: 0, receipt: 0, visibleAt: 0 })
    this.#giveOut()
  }

  /**
   * Starts passing items to `handler`. If the handler throws, the item is retried after a delay that grows with each
   * failure. If it takes longer than the visibility time, the item is delivered again while the handler still runs.
   *
   * Returns a function that stops this and resolves when no handler is running. Remaining items stay in the queue for a
   * later consumer.
   *
   * @throws {QueueConsumedError} if the queue already has a consumer
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

  /** Resolves when no item is ready, in flight or deferred. Dead letters don't count. */
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
    const { receipt, receives } = entry
    try {
      const handled = await handler(copyOf(entry.item), { number: receives, of: this.#settings.maxReceives })
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

  /** A time in the past counts as `backoff` from now, because the item would otherwise come back in a tight loop. */
  #retryAt(entry: Entry<T>, at: number): void {
    entry.receives -= 1
    const now = this.#settings.now()
    this.#hide(entry, this.#deferred, at > now ? at : now + this.#settings.backoff)
  }

  /** Exponential backoff with full jitter, so that items that failed together don't come back together. */
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
