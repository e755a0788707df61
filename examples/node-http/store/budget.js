import { transaction } from './database.js'

/** @import { Budget, Charge, Spend } from '@hexbird/core' */

class Refusal extends Error {
  /** @param {Spend} spend */
  constructor(spend) {
    super('There is no room.')
    this.spend = spend
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
   * @param {readonly Charge[]} charges
   * @param {number} now
   */
  async allows(charges, now) {
    return this.#charge(charges, now, { keep: false })
  }

  /**
   * @param {readonly Charge[]} charges
   * @param {number} now
   */
  async spend(charges, now) {
    return this.#charge(charges, now, { keep: true })
  }

  /**
   * @param {readonly Charge[]} charges
   * @param {number} now
   */
  async refund(charges, now) {
    const update = this.#database.prepare(
      'UPDATE spent SET amount = max(0, amount - ?) WHERE name = ? AND ends_at = ? AND ends_at > ?',
    )
    transaction(this.#database, () => {
      for (const { window, amount, endsAt } of charges) update.run(amount, window, endsAt, now)
    })
  }

  async removeAll() {
    this.#database.exec('DELETE FROM spent')
  }

  /**
   * Charges every window or, where one has no room, none.
   *
   * @param {readonly Charge[]} charges
   * @param {number} now
   * @param {{ keep: boolean }} options
   * @returns {Spend}
   */
  #charge(charges, now, { keep }) {
    const read = this.#database.prepare('SELECT amount, ends_at FROM spent WHERE name = ?')
    const write = this.#database.prepare('INSERT OR REPLACE INTO spent (name, amount, ends_at) VALUES (?, ?, ?)')
    try {
      return transaction(this.#database, () => {
        this.#database.prepare('DELETE FROM spent WHERE ends_at <= ?').run(now)
        for (const { window, amount, limit, endsAt } of charges) {
          const row = read.get(window)
          const [spent, until] = row ? [Number(row.amount), Number(row.ends_at)] : [0, endsAt]
          if (amount > limit - spent) throw new Refusal({ kind: 'refused', window, until })
          write.run(window, spent + amount, until)
        }
        if (!keep) throw new Refusal({ kind: 'granted' })
        return { kind: 'granted' }
      })
    } catch (error) {
      if (error instanceof Refusal) return error.spend
      throw error
    }
  }
}
