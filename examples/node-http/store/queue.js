/** @import { Handled } from '@hexbird/core/host' */
import { TIMES } from '@hexbird/core/host'
import { transaction } from './database.js'

/** @import { DatabaseSync } from 'node:sqlite' */

/**
 * A queue on the disk: each item is given out at least once, is hidden while it is handled, comes back where that fails or
 * the process ends, and stays where it is, for somebody to look at, when it was given out too often.
 *
 * @template T
 */
export class SqliteQueue {
  #database
  #name
  #options
  /** @type {Set<() => void>} */
  #sleepers = new Set()

  /**
   * @param {DatabaseSync} database
   * @param {string} name
   * @param {{ now?: () => number, maxReceives?: number, backoff?: number, atOnce?: number }} [options] `backoff`: the
   * wait after a first failure, in milliseconds; it doubles with each further one
   */
  constructor(database, name, { now = Date.now, maxReceives = 5, backoff = 1000, atOnce = 4 } = {}) {
    this.#database = database
    this.#name = name
    this.#options = { now, maxReceives, backoff, atOnce }
  }

  /** @param {readonly T[]} items */
  async put(items) {
    transaction(this.#database, () => this.insert(items))
    this.wake()
  }

  /** Within a transaction of the caller, who wakes the queue after it. @param {readonly T[]} items */
  insert(items) {
    const insert = this.#database.prepare('INSERT INTO item (queue, body) VALUES (?, ?)')
    for (const item of items) insert.run(this.#name, JSON.stringify(item))
  }

  /** Something may be due. */
  wake() {
    for (const wake of this.#sleepers) wake()
  }

  /** How many are due or will be; those that were given out too often do not count. */
  get size() {
    const count = this.#database.prepare('SELECT count(*) AS n FROM item WHERE queue = ? AND receives < ?')
    return Number(count.get(this.#name, this.#options.maxReceives)?.n)
  }

  /** Resolves when none is due or will be. */
  async idle() {
    while (this.size > 0) {
      const { promise, resolve } = /** @type {PromiseWithResolvers<void>} */ (Promise.withResolvers())
      this.#sleepers.add(resolve)
      await promise
      this.#sleepers.delete(resolve)
    }
  }

  /**
   * Gives items to `handler` from now on. Gives a function that ends this, and resolves when no handler runs any more.
   *
   * @param {(item: T) => Promise<Handled>} handler
   */
  consume(handler) {
    const stop = new AbortController()
    const loops = Array.from({ length: this.#options.atOnce }, () => this.#loop(handler, stop.signal))
    return async () => {
      stop.abort()
      this.wake()
      await Promise.all(loops)
    }
  }

  /**
   * @param {(item: T) => Promise<Handled>} handler
   * @param {AbortSignal} stopped
   */
  async #loop(handler, stopped) {
    while (!stopped.aborted) {
      const taken = this.#take()
      if (taken) await this.#handle(taken, handler)
      else await this.#sleep()
    }
  }

  /**
   * @param {{ id: number, receives: number, item: T }} taken
   * @param {(item: T) => Promise<Handled>} handler
   */
  async #handle({ id, receives, item }, handler) {
    const { now, backoff } = this.#options
    try {
      const handled = await handler(item)
      if (handled === 'done') this.#database.prepare('DELETE FROM item WHERE id = ?').run(id)
      else this.#defer(id, handled.retryAt, receives - 1)
    } catch (error) {
      console.error(`${this.#name} ${id}, try ${receives}:`, error)
      this.#defer(id, now() + backoff * 2 ** (receives - 1), receives)
    }
    this.wake()
  }

  /**
   * @param {number} id
   * @param {number} visibleAt
   * @param {number} receives
   */
  #defer(id, visibleAt, receives) {
    const update = this.#database.prepare('UPDATE item SET visible_at = ?, receives = ? WHERE id = ?')
    update.run(visibleAt, receives, id)
  }

  #take() {
    const { now, maxReceives } = this.#options
    const row = this.#database
      .prepare(
        `UPDATE item SET receives = receives + 1, visible_at = ?1 + ?2
         WHERE id = (SELECT id FROM item WHERE queue = ?3 AND visible_at <= ?1 AND receives < ?4 ORDER BY visible_at LIMIT 1)
         RETURNING id, receives, body`,
      )
      .get(now(), TIMES.visibility, this.#name, maxReceives)
    return row && { id: Number(row.id), receives: Number(row.receives), item: JSON.parse(String(row.body)) }
  }

  /** Until something is put in or, at the latest, the next is due. */
  async #sleep() {
    const next = this.#database.prepare('SELECT min(visible_at) AS at FROM item WHERE queue = ? AND receives < ?')
    const at = next.get(this.#name, this.#options.maxReceives)?.at
    const wait =
      at === null || at === undefined ? 60_000 : Math.min(60_000, Math.max(0, Number(at) - this.#options.now()))
    await /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          this.#sleepers.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, wait)
        this.#sleepers.add(wake)
      })
    )
  }
}
