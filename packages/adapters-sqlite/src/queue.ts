import type { Now, SearchableQueue } from '@hexbird/core/adapter'
import { type Handled, TIMES } from '@hexbird/core/host'
import type { Database } from './database.js'
import { SqliteError } from './error.js'
import { dropExpired } from './schema.js'

/** How a `SqliteQueue` behaves, and the time that it lives in. */
export interface SqliteQueueOptions {
  /** How many items are handled at the same time. Default: 10. */
  readonly concurrency?: number
  /** How long an item that was given out is hidden, in milliseconds; then it is given out again. */
  readonly visibility?: number
  /** How often an item is given out before it is a dead letter. Default: 5. */
  readonly maxReceives?: number
  /** The longest wait after a first failure, in milliseconds. Default: 1000. */
  readonly backoff?: number
  /**
   * Told when the file could not be read or written outside of a call of yours. The queue tries again after `backoff`.
   * Default: a warning of the process.
   */
  readonly onError?: (error: unknown) => void
  readonly now?: Now
  /** At least 0 and below 1. */
  readonly random?: () => number
  /** Calls `run` once after `milliseconds`, and returns what `clearTimer` needs to cancel it. */
  readonly setTimer?: (run: () => void, milliseconds: number) => unknown
  /** Stops what `setTimer` began. */
  readonly clearTimer?: (timer: unknown) => void
}

/** An item that was given out too often. It is kept for `TIMES.deadLetters`. */
export interface DeadLetter<T> {
  readonly id: number
  readonly item: T
  readonly receives: number
  /** What the last try threw, in words. */
  readonly reason: string
  /** Since when, epoch milliseconds. */
  readonly at: number
}

/** An item that is not given out before a time: put off, or in the hands of a handler. */
export interface WaitingItem<T> {
  readonly id: number
  readonly item: T
  /** How often it was given out and failed, this time included if a handler has it. */
  readonly receives: number
  /** Epoch milliseconds. For an item that a handler has: when it comes back if the handler does not end. */
  readonly until: number
  /** Whether a handler of this process has it. */
  readonly inFlight: boolean
}

interface Row {
  readonly id: number
  /** JSON. */
  readonly body: string
  readonly receives: number
  /** A run whose receipt is an older one was overtaken: it can say that the item is done, and nothing else. */
  readonly receipt: number
}

type Handler<T> = (item: T) => Promise<Handled>

/** More than 32 bits make a timer of Node.js fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1

const LONGEST_REASON = 1000

/**
 * A queue in the store's file with the promises of Amazon SQS's standard queues: each item is given out at least once, in
 * any order, is hidden while a handler has it, and is a dead letter when it was given out too often. An item is on the
 * disk when `put` returns; one that was being handled when the process died comes back when its visibility time ends.
 * Items are JSON. A queue of events is an `Inbox`.
 */
export class SqliteQueue<T> implements SearchableQueue<T> {
  readonly #db: Database
  readonly #name: string
  readonly #settings: Required<SqliteQueueOptions>
  /** Until when each item is hidden that a handler of this process has. */
  readonly #inFlight = new Map<number, number>()
  readonly #runs = new Set<Promise<void>>()
  #handler: Handler<T> | undefined
  #timer: unknown
  #idleWaiters: (() => void)[] = []

  constructor(db: Database, name: string, options: SqliteQueueOptions) {
    this.#db = db
    this.#name = name
    this.#settings = {
      concurrency: 10,
      visibility: TIMES.visibility,
      maxReceives: 5,
      backoff: 1000,
      onError: (error) => process.emitWarning(String(error)),
      now: Date.now,
      random: Math.random,
      setTimer: setTimeout,
      clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
      // An option that is `undefined` was left out.
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    }
  }

  /**
   * Takes in all items or, where it rejects, none; `before` is part of the same write.
   *
   * @throws SqliteError ITEM_INVALID where one of them is no JSON
   */
  async put(items: readonly T[], before?: () => void): Promise<void> {
    const bodies = items.map(jsonOf)
    if (bodies.length === 0) return
    this.#db.write(() => {
      before?.()
      for (const body of bodies) this.#insert(body)
    })
    this.#look()
  }

  /**
   * Gives items to `handler` from now on. One that it throws on comes back after a while that grows with each failure;
   * one that it is slower with than the visibility time is given out again while it still runs.
   *
   * Gives a function that ends this and resolves when no handler runs any more. Items that are left stay in the queue,
   * for a later consumer.
   *
   * @throws SqliteError QUEUE_CONSUMED where the queue has a consumer
   */
  consume(handler: Handler<T>): () => Promise<void> {
    if (this.#handler) {
      throw new SqliteError('QUEUE_CONSUMED', `The queue ${this.#name} has a consumer. Stop that one first.`)
    }
    this.#handler = handler
    this.#look()
    return () => (this.#handler === handler ? this.stop() : this.#ended())
  }

  /** Gives out nothing more, and resolves when no handler runs any more. */
  async stop(): Promise<void> {
    this.#handler = undefined
    this.#settings.clearTimer(this.#timer)
    await this.#ended()
  }

  /** Resolves when no item is ready, in flight or put off. Dead letters do not count. */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** How many items are ready, in flight or put off. */
  get size(): number {
    const sql = 'SELECT count(*) AS size FROM queue_item WHERE queue = ?'
    return this.#db.get<{ size: number }>(sql, this.#name)?.size ?? 0
  }

  /** The first `most` items that wait or are being handled, by the time at which they are given out again. */
  waiting(most: number): readonly WaitingItem<T>[] {
    const sql = `SELECT id, body, receives, visible_at AS until FROM queue_item
      WHERE queue = ? AND visible_at > ? ORDER BY visible_at, id LIMIT ?`
    return this.#db
      .all<Omit<WaitingItem<T>, 'item'> & { readonly body: string }>(sql, this.#name, this.#settings.now(), most)
      .map(({ body, ...waiting }) => ({
        ...waiting,
        item: JSON.parse(body) as T,
        inFlight: this.#inFlight.has(waiting.id),
      }))
  }

  /** The oldest first. */
  get deadLetters(): readonly DeadLetter<T>[] {
    const sql = 'SELECT id, body, receives, reason, at FROM dead_letter WHERE queue = ? ORDER BY id'
    return this.#db
      .all<Omit<DeadLetter<T>, 'item'> & { readonly body: string }>(sql, this.#name)
      .map(({ body, ...letter }) => ({ ...letter, item: JSON.parse(body) as T }))
  }

  /** Puts a dead letter into the queue again, as a new item; `false` where there is none of that id. */
  async redrive(id: number): Promise<boolean> {
    const found = this.#db.write(() => {
      const sql = 'DELETE FROM dead_letter WHERE id = ? AND queue = ? RETURNING body'
      const letter = this.#db.get<{ body: string }>(sql, id, this.#name)
      if (letter) this.#insert(letter.body)
      return letter !== undefined
    })
    this.#look()
    return found
  }

  async removeIf(meant: (item: T) => boolean): Promise<void> {
    this.#db.remove(() => {
      for (const table of ['queue_item', 'dead_letter']) {
        const rows = this.#db.all<Pick<Row, 'id' | 'body'>>(`SELECT id, body FROM ${table} WHERE queue = ?`, this.#name)
        for (const { id, body } of rows) {
          if (!meant(JSON.parse(body) as T)) continue
          this.#db.run(`DELETE FROM ${table} WHERE id = ?`, id)
          if (table === 'queue_item') this.#inFlight.delete(id)
        }
      }
    })
    this.#look()
  }

  #insert(body: string): void {
    this.#db.run(
      'INSERT INTO queue_item (queue, body, visible_at) VALUES (?, ?, ?)',
      this.#name,
      body,
      this.#settings.now(),
    )
  }

  /** Gives out what there is room for, tells those who wait, and looks again when the next item is ready. */
  #look(): void {
    this.#settings.clearTimer(this.#timer)
    try {
      if (this.#handler) this.#giveOut(this.#handler)
      this.#tellIdle()
    } catch (error) {
      this.#settings.onError(error)
      this.#lookIn(this.#settings.backoff)
    }
  }

  #giveOut(handler: Handler<T>): void {
    for (const row of this.#take()) {
      const run = this.#run(row, handler).finally(() => {
        this.#runs.delete(run)
        this.#look()
      })
      this.#runs.add(run)
    }
    this.#setTimer()
  }

  #take(): readonly Row[] {
    const { now: clock, concurrency, visibility } = this.#settings
    const now = clock()
    for (const [id, until] of this.#inFlight) if (until <= now) this.#inFlight.delete(id)
    const room = concurrency - this.#inFlight.size
    if (room <= 0 || this.#ready(now, 1).length === 0) return []
    const taken: Row[] = []
    this.#db.write(() => {
      for (let rows = this.#ready(now, room); rows.length > 0; rows = this.#ready(now, room - taken.length)) {
        for (const row of rows) taken.push(...this.#takeOne(row, now))
      }
    })
    for (const { id } of taken) this.#inFlight.set(id, now + visibility)
    return taken
  }

  #ready(now: number, most: number): readonly Row[] {
    const sql =
      'SELECT id, body, receives, receipt FROM queue_item WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?'
    return this.#db.all<Row>(sql, this.#name, now, most)
  }

  /** None where the item was given out so often that it is a dead letter instead. */
  #takeOne(row: Row, now: number): readonly Row[] {
    const { visibility, maxReceives } = this.#settings
    if (row.receives >= maxReceives) {
      this.#bury(row, `not done within ${visibility} ms`)
      return []
    }
    const next = { ...row, receives: row.receives + 1, receipt: row.receipt + 1 }
    const sql = 'UPDATE queue_item SET receives = ?, receipt = ?, visible_at = ? WHERE id = ?'
    this.#db.run(sql, next.receives, next.receipt, now + visibility, row.id)
    return [next]
  }

  async #run(row: Row, handler: Handler<T>): Promise<void> {
    try {
      const record = await this.#handled(row, handler)
      record()
    } catch (error) {
      // The item is hidden still, and is given out again.
      this.#settings.onError(error)
    }
  }

  /** What to write of a try. */
  async #handled(row: Row, handler: Handler<T>): Promise<() => void> {
    try {
      const handled = await handler(JSON.parse(row.body) as T)
      return () => (handled === 'done' ? this.#done(row) : this.#retryAt(row, handled.retryAt))
    } catch (error) {
      return () => this.#retry(row, error)
    }
  }

  #done({ id }: Row): void {
    this.#inFlight.delete(id)
    this.#db.write(() => this.#db.run('DELETE FROM queue_item WHERE id = ?', id))
  }

  /** A time that has passed would bring it back at once, and again and again. */
  #retryAt(row: Row, at: number): void {
    const now = this.#settings.now()
    this.#hide(row, at > now ? at : now + this.#settings.backoff, row.receives - 1)
  }

  /** Exponential backoff with full jitter: items that failed together do not come back together. */
  #retry(row: Row, error: unknown): void {
    const { now, random, backoff, visibility, maxReceives } = this.#settings
    const longest = Math.min(visibility, backoff * 2 ** (row.receives - 1))
    if (row.receives < maxReceives) this.#hide(row, now() + random() * longest, row.receives)
    else this.#ifHeld(row, () => this.#bury(row, String(error)))
  }

  #hide(row: Row, until: number, receives: number): void {
    const visibleAt = Math.min(Math.ceil(until), Number.MAX_SAFE_INTEGER)
    this.#ifHeld(row, () =>
      this.#db.run('UPDATE queue_item SET visible_at = ?, receives = ? WHERE id = ?', visibleAt, receives, row.id),
    )
  }

  /** Does it where the run still has the item: not done, not given out again, its visibility time not ended. */
  #ifHeld({ id, receipt }: Row, change: () => void): void {
    this.#db.write(() => {
      const sql = 'SELECT 1 FROM queue_item WHERE id = ? AND receipt = ? AND visible_at > ?'
      if (this.#db.get(sql, id, receipt, this.#settings.now()) === undefined) return
      this.#inFlight.delete(id)
      change()
    })
  }

  #bury({ id, body, receives }: Row, reason: string): void {
    const now = this.#settings.now()
    dropExpired(this.#db, 'dead_letter', now)
    this.#db.run('DELETE FROM queue_item WHERE id = ?', id)
    const sql = 'INSERT INTO dead_letter (queue, body, receives, reason, at) VALUES (?, ?, ?, ?, ?)'
    this.#db.run(sql, this.#name, body, receives, reason.slice(0, LONGEST_REASON), now)
  }

  async #ended(): Promise<void> {
    while (this.#runs.size > 0) await Promise.all(this.#runs)
  }

  #setTimer(): void {
    const now = this.#settings.now()
    const sql = 'SELECT min(visible_at) AS next FROM queue_item WHERE queue = ? AND visible_at > ?'
    const next = this.#db.get<{ next: number | null }>(sql, this.#name, now)?.next
    if (typeof next === 'number') this.#lookIn(next - now)
  }

  /** A handler may have put something or stopped the queue by now. */
  #lookIn(milliseconds: number): void {
    this.#settings.clearTimer(this.#timer)
    if (!this.#handler) return
    this.#timer = this.#settings.setTimer(() => this.#look(), Math.min(milliseconds, LONGEST_TIMER))
  }

  #tellIdle(): void {
    if (this.#idleWaiters.length === 0 || !this.#isIdle()) return
    for (const resolve of this.#idleWaiters) resolve()
    this.#idleWaiters = []
  }

  #isIdle(): boolean {
    if (this.#runs.size > 0) return false
    return this.#db.get('SELECT 1 FROM queue_item WHERE queue = ? LIMIT 1', this.#name) === undefined
  }
}

function jsonOf(item: unknown): string {
  const json = JSON.stringify(item) as string | undefined
  if (json === undefined) throw new SqliteError('ITEM_INVALID', 'An item of a queue is JSON, and this one is not.')
  return json
}
