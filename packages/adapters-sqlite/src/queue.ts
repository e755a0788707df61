import type { Now, SearchableQueue } from '@hexbird/core/adapter'
import { type Attempt, type Handled, TIMES } from '@hexbird/core/host'
import type { Database } from './database.js'
import { SqliteError } from './error.js'
import { dropExpired } from './schema.js'

/** Options of a `SqliteQueue`. */
export interface SqliteQueueOptions {
  /** How many items are handled at the same time. Default: 10. */
  readonly concurrency?: number
  /** How long a delivered item is hidden, in milliseconds. If it isn't done by then, it is delivered again. */
  readonly visibility?: number
  /** How often an item is delivered before it becomes a dead letter. Default: 5. */
  readonly maxReceives?: number
  /** The longest wait after a first failure, in milliseconds. Default: 1000. */
  readonly backoff?: number
  /**
   * Called if the queue can't read or write the file in the background. It tries again after `backoff`. Default: a
   * process warning.
   */
  readonly onError?: (error: unknown) => void
  readonly now?: Now
  /** Returns a number of at least 0 and below 1. */
  readonly random?: () => number
  /** Calls `run` once after `milliseconds`, and returns what `clearTimer` needs to cancel it. */
  readonly setTimer?: (run: () => void, milliseconds: number) => unknown
  /** Cancels a timer of `setTimer`. */
  readonly clearTimer?: (timer: unknown) => void
}

/** An item that failed too often. It is kept for `TIMES.deadLetters`. */
export interface DeadLetter<T> {
  readonly id: number
  readonly item: T
  readonly receives: number
  /** The error of the last try, as text. */
  readonly reason: string
  /** When it became a dead letter, in epoch milliseconds. */
  readonly at: number
}

/** An item that isn't delivered before a certain time, because it is deferred or a handler has it. */
export interface WaitingItem<T> {
  readonly id: number
  readonly item: T
  /** How often it failed, plus one while a handler has it. */
  readonly receives: number
  /** Epoch milliseconds. If a handler has the item, it is delivered again then unless the handler finishes. */
  readonly until: number
  /** Whether a handler of this process has it. */
  readonly inFlight: boolean
}

interface Row {
  readonly id: number
  /** JSON. */
  readonly body: string
  readonly receives: number
  /** Counts deliveries. A run with an older receipt can only mark the item as done. */
  readonly receipt: number
}

type Handler<T> = (item: T, attempt: Attempt) => Promise<Handled>

/** With a longer delay, a timer of Node.js fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1

const LONGEST_REASON = 1000

/**
 * A queue in the store's file with the guarantees of Amazon SQS's standard queues: it delivers each item at least once,
 * in any order, hides it while a handler has it, and makes it a dead letter after too many deliveries. An item is on
 * the disk when `put` resolves. If the process dies while handling an item, the item is delivered again when its
 * visibility time ends. Items are JSON. A queue of events is an `Inbox`.
 */
export class SqliteQueue<T> implements SearchableQueue<T> {
  readonly #db: Database
  readonly #name: string
  readonly #settings: Required<SqliteQueueOptions>
  /** The items that handlers of this process have, with the times until which they are hidden. */
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
      // Treat `undefined` options as missing.
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    }
  }

  /**
   * Stores all items, or none if it rejects. `before` runs in the same transaction.
   *
   * @throws SqliteError ITEM_INVALID if an item can't be written as JSON
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
   * Starts passing items to `handler`. If the handler throws, the item is retried after a delay that grows with each
   * failure. If it takes longer than the visibility time, the item is delivered again while the handler still runs.
   *
   * Returns a function that stops this and resolves when no handler is running. Remaining items stay in the queue for a
   * later consumer.
   *
   * @throws SqliteError QUEUE_CONSUMED if the queue already has a consumer
   */
  consume(handler: Handler<T>): () => Promise<void> {
    if (this.#handler) {
      throw new SqliteError('QUEUE_CONSUMED', `The queue ${this.#name} has a consumer. Stop that one first.`)
    }
    this.#handler = handler
    this.#look()
    return () => (this.#handler === handler ? this.stop() : this.#ended())
  }

  /** Stops delivering items, and resolves when no handler is running. */
  async stop(): Promise<void> {
    this.#handler = undefined
    this.#settings.clearTimer(this.#timer)
    await this.#ended()
  }

  /** Resolves when no item is ready, in flight or deferred. Dead letters don't count. */
  async idle(): Promise<void> {
    if (!this.#isIdle()) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** How many items are ready, in flight or deferred. */
  get size(): number {
    const sql = 'SELECT count(*) AS size FROM queue_item WHERE queue = ?'
    return this.#db.get<{ size: number }>(sql, this.#name)?.size ?? 0
  }

  /** The first `most` items that are deferred or in flight, in order of their next delivery. */
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

  /** Oldest first. */
  get deadLetters(): readonly DeadLetter<T>[] {
    const sql = 'SELECT id, body, receives, reason, at FROM dead_letter WHERE queue = ? ORDER BY id'
    return this.#db
      .all<Omit<DeadLetter<T>, 'item'> & { readonly body: string }>(sql, this.#name)
      .map(({ body, ...letter }) => ({ ...letter, item: JSON.parse(body) as T }))
  }

  /** Puts a dead letter back into the queue, as a new item; `false` if there is none with this id. */
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

  /** Delivers as many items as allowed, resolves `idle`, and sets a timer for the next item. */
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
    // Read once: what becomes ready after this gets a timer.
    const now = this.#settings.now()
    for (const row of this.#take(now)) {
      const run = this.#run(row, handler).finally(() => {
        this.#runs.delete(run)
        this.#look()
      })
      this.#runs.add(run)
    }
    this.#setTimer(now)
  }

  #take(now: number): readonly Row[] {
    const { concurrency, visibility } = this.#settings
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

  /** Takes one item. If it was delivered too often, makes it a dead letter and returns nothing. */
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
      // The item is still hidden, and is delivered again later.
      this.#settings.onError(error)
    }
  }

  /** Runs the handler. Returns a function that records the result. */
  async #handled(row: Row, handler: Handler<T>): Promise<() => void> {
    try {
      const handled = await handler(JSON.parse(row.body) as T, { number: row.receives, of: this.#settings.maxReceives })
      return () => (handled === 'done' ? this.#done(row) : this.#retryAt(row, handled.retryAt))
    } catch (error) {
      return () => this.#retry(row, error)
    }
  }

  #done({ id }: Row): void {
    this.#inFlight.delete(id)
    this.#db.write(() => this.#db.run('DELETE FROM queue_item WHERE id = ?', id))
  }

  /** A time in the past counts as `backoff` from now, because the item would otherwise come back in a tight loop. */
  #retryAt(row: Row, at: number): void {
    const now = this.#settings.now()
    this.#hide(row, at > now ? at : now + this.#settings.backoff, row.receives - 1)
  }

  /** Exponential backoff with full jitter, so that items that failed together don't come back together. */
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

  /** Makes the change only if this run still has the item: not done, not delivered again, visibility time not over. */
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

  #setTimer(now: number): void {
    const sql = 'SELECT min(visible_at) AS next FROM queue_item WHERE queue = ? AND visible_at > ?'
    const next = this.#db.get<{ next: number | null }>(sql, this.#name, now)?.next
    if (typeof next === 'number') this.#lookIn(next - now)
  }

  /** Replaces the timer, because a handler may have added items or stopped the queue in the meantime. */
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
  if (json === undefined)
    throw new SqliteError('ITEM_INVALID', 'A queue stores its items as JSON, and this item cannot be written as JSON.')
  return json
}
