import type { Budget, Charge, Reservation, Settlement, Spending } from '@hexbird/core/adapter'
import type { Database } from './database.js'
import { dropExpired } from './schema.js'

interface Window {
  readonly sum: number
  readonly ends_at: number
}

/**
 * A budget with a row for each window and for each call that isn't settled yet. A refused reservation changes nothing.
 */
export class SqliteBudget implements Budget, Spending {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async reserve(charges: readonly Charge[], now: number): Promise<Reservation> {
    return this.#db.write(
      () => {
        dropExpired(this.#db, 'budget_window', now)
        for (const charge of charges) {
          const until = this.#charge(charge)
          if (until !== undefined) return { kind: 'refused', charge, until }
        }
        return { kind: 'granted' }
      },
      ({ kind }) => kind === 'granted',
    )
  }

  async settle(charges: readonly Settlement[], now: number): Promise<void> {
    const running = charges.filter(({ endsAt }) => now < endsAt)
    if (running.length === 0) return
    this.#db.write(() => {
      for (const charge of running) this.#settle(charge)
    })
  }

  async spent(window: string): Promise<number> {
    return this.#window(window)?.sum ?? 0
  }

  async removeAll(): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM budget_window'))
  }

  /** Charges a window. If it has no room, returns when it ends, in epoch milliseconds. */
  #charge({ window, call, amount, limit, endsAt }: Charge): number | undefined {
    this.#db.run('INSERT OR IGNORE INTO budget_window (name, sum, ends_at) VALUES (?, 0, ?)', window, endsAt)
    const { sum, ends_at: until } = this.#window(window) ?? { sum: 0, ends_at: endsAt }
    const reserved = this.#reserved(window, call)
    const more = Math.max(0, amount - reserved)
    if (more > limit - sum) return until
    this.#setSum(window, sum + more)
    if (call !== undefined) {
      const sql = 'INSERT OR REPLACE INTO budget_call (window, call, reserved) VALUES (?, ?, ?)'
      this.#db.run(sql, window, call, reserved + more)
    }
    return undefined
  }

  #settle({ window, call, amount, endsAt }: Settlement): void {
    const known = this.#window(window)
    if (known?.ends_at !== endsAt) return
    const less = call === undefined ? amount : Math.max(0, this.#reserved(window, call) - amount)
    // The sum never drops below zero.
    this.#setSum(window, Math.max(0, known.sum - less))
    if (call !== undefined) this.#db.run('DELETE FROM budget_call WHERE window = ? AND call = ?', window, call)
  }

  #window(name: string): Window | undefined {
    return this.#db.get<Window>('SELECT sum, ends_at FROM budget_window WHERE name = ?', name)
  }

  #reserved(window: string, call: string | undefined): number {
    if (call === undefined) return 0
    const sql = 'SELECT reserved FROM budget_call WHERE window = ? AND call = ?'
    return this.#db.get<{ reserved: number }>(sql, window, call)?.reserved ?? 0
  }

  #setSum(window: string, sum: number): void {
    this.#db.run('UPDATE budget_window SET sum = ? WHERE name = ?', sum, window)
  }
}
