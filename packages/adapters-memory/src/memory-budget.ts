import type { Budget, Charge, Spend } from '@hexbird/core'

/**
 * Spending in memory, gone with the process. A refused spend stays charged to no window. Each spend drops the oldest
 * windows for as long as they have ended, so there are never more than were charged while the longest of them ran.
 */
export class MemoryBudget implements Budget {
  readonly #windows = new Map<string, Window>()

  async allows(charges: readonly Charge[], now: number): Promise<Spend> {
    return this.#charged(charges, now).spend
  }

  async spend(charges: readonly Charge[], now: number): Promise<Spend> {
    this.#dropEnded(now)
    const { spend, windows } = this.#charged(charges, now)
    if (spend.kind === 'refused') return spend
    for (const [window, charged] of windows) this.#windows.set(window, charged)
    return spend
  }

  async refund(charges: readonly Charge[], now: number): Promise<void> {
    for (const { window, amount, endsAt } of charges) {
      const running = this.#running(window, now)
      if (running?.endsAt === endsAt) this.#windows.set(window, { sum: Math.max(0, running.sum - amount), endsAt })
    }
  }

  async removeAll(): Promise<void> {
    this.#windows.clear()
  }

  /** What the windows would be after the charges, and what the spend would get. */
  #charged(charges: readonly Charge[], now: number): { spend: Spend; windows: ReadonlyMap<string, Window> } {
    const windows = new Map<string, Window>()
    for (const { window, amount, limit, endsAt } of charges) {
      const before = windows.get(window) ?? this.#running(window, now) ?? { sum: 0, endsAt }
      if (amount > limit - before.sum) return { spend: { kind: 'refused', window, until: before.endsAt }, windows }
      windows.set(window, { ...before, sum: before.sum + amount })
    }
    return { spend: { kind: 'granted' }, windows }
  }

  #running(window: string, now: number): Window | undefined {
    const known = this.#windows.get(window)
    return known !== undefined && now < known.endsAt ? known : undefined
  }

  /** In the order in which they were first charged: a long window hides the ended ones behind it until it ends too. */
  #dropEnded(now: number): void {
    for (const [window, { endsAt }] of this.#windows) {
      if (now < endsAt) return
      this.#windows.delete(window)
    }
  }
}

interface Window {
  readonly sum: number
  readonly endsAt: number
}
