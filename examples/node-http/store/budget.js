import { transaction } from './database.js'

/** @import { Budget, Charge, Reservation } from '@hexbird/core/adapter' */

class Refusal extends Error {
  /** @param {Reservation} reservation */
  constructor(reservation) {
    super('There is no room.')
    this.reservation = reservation
  }
}

/** @implements {Budget} */
export class SqliteBudget {
  #database

  /** @param {import('node:sqlite').DatabaseSync} database */
  constructor(database) {
    this.#database = database
  }

  /**
   * Charges every window. If one has no room, none is charged.
   *
   * @param {readonly Charge[]} charges
   * @param {number} now
   * @returns {Promise<Reservation>}
   */
  async reserve(charges, now) {
    try {
      transaction(this.#database, () => {
        this.#database.prepare('DELETE FROM spent WHERE ends_at <= ?').run(now)
        this.#database.prepare('DELETE FROM reserved WHERE ends_at <= ?').run(now)
        for (const charge of charges) this.#reserve(charge)
      })
      return { kind: 'granted' }
    } catch (error) {
      if (error instanceof Refusal) return error.reservation
      throw error
    }
  }

  /**
   * @param {readonly Charge[]} charges
   * @param {number} now
   */
  async settle(charges, now) {
    const update = this.#database.prepare(
      'UPDATE spent SET amount = max(0, amount - ?) WHERE name = ? AND ends_at = ? AND ends_at > ?',
    )
    const forget = this.#database.prepare('DELETE FROM reserved WHERE name = ? AND call = ? AND ends_at = ?')
    transaction(this.#database, () => {
      for (const { window, call, amount, endsAt } of charges) {
        const less = call === undefined ? amount : Math.max(0, this.#reservedFor(window, call, endsAt) - amount)
        update.run(less, window, endsAt, now)
        if (call !== undefined) forget.run(window, call, endsAt)
      }
    })
  }

  async removeAll() {
    this.#database.exec('DELETE FROM spent; DELETE FROM reserved')
  }

  /** @param {Charge} charge */
  #reserve(charge) {
    const { window, call, amount, limit, endsAt } = charge
    const row = this.#database.prepare('SELECT amount, ends_at FROM spent WHERE name = ?').get(window)
    const [spent, until] = row ? [Number(row.amount), Number(row.ends_at)] : [0, endsAt]
    const before = call === undefined ? 0 : this.#reservedFor(window, call, until)
    const more = Math.max(0, amount - before)
    if (more > limit - spent) throw new Refusal({ kind: 'refused', charge, until })
    this.#database
      .prepare('INSERT OR REPLACE INTO spent (name, amount, ends_at) VALUES (?, ?, ?)')
      .run(window, spent + more, until)
    if (call === undefined) return
    this.#database
      .prepare('INSERT OR REPLACE INTO reserved (name, call, amount, ends_at) VALUES (?, ?, ?, ?)')
      .run(window, call, before + more, until)
  }

  /**
   * @param {string} window
   * @param {string} call
   * @param {number} endsAt
   */
  #reservedFor(window, call, endsAt) {
    const select = this.#database.prepare('SELECT amount FROM reserved WHERE name = ? AND call = ? AND ends_at = ?')
    return Number(select.get(window, call, endsAt)?.amount ?? 0)
  }
}
