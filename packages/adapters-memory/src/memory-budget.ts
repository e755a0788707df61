import type { Budget, Charge, Reservation, Spending } from '@hexbird/core/adapter'

/**
 * A budget in memory, gone with the process. A refused reservation stays charged to no window. Each reservation drops the
 * oldest windows for as long as they have ended, so there are never more than were charged while the longest of them ran.
 */
export class MemoryBudget implements Budget, Spending {
  readonly #windows = new Map<string, Window>()

  async reserve(charges: readonly Charge[], now: number): Promise<Reservation> {
    this.#dropEnded(now)
    const undo: (() => void)[] = []
    for (const charge of charges) {
      const window = this.#running(charge, now)
      const before = charge.call === undefined ? undefined : window.calls.get(charge.call)
      const more = Math.max(0, charge.amount - (before ?? 0))
      if (more > charge.limit - window.sum) {
        for (const each of undo.reverse()) each()
        return { kind: 'refused', charge, until: window.endsAt }
      }
      charged(window, charge.call, more, (before ?? 0) + more)
      undo.push(() => charged(window, charge.call, -more, before))
    }
    return { kind: 'granted' }
  }

  async settle(charges: readonly Charge[], now: number): Promise<void> {
    for (const { window: name, call, amount, endsAt } of charges) {
      const window = this.#windows.get(name)
      if (window === undefined || window.endsAt !== endsAt || now >= endsAt) continue
      const reserved = call === undefined ? undefined : (window.calls.get(call) ?? 0)
      const less = reserved === undefined ? amount : Math.max(0, reserved - amount)
      charged(window, call, -Math.min(less, window.sum), undefined)
    }
  }

  async spent(window: string): Promise<number> {
    return this.#windows.get(window)?.sum ?? 0
  }

  async removeAll(): Promise<void> {
    this.#windows.clear()
  }

  #running({ window, endsAt }: Charge, now: number): Window {
    const known = this.#windows.get(window)
    if (known !== undefined && now < known.endsAt) return known
    const opened = { sum: 0, endsAt, calls: new Map<string, number>() }
    // Last in the order again, where one of the same name has ended.
    this.#windows.delete(window)
    this.#windows.set(window, opened)
    return opened
  }

  /** In the order in which they were opened: a long window hides the ended ones behind it until it ends too. */
  #dropEnded(now: number): void {
    for (const [window, { endsAt }] of this.#windows) {
      if (now < endsAt) return
      this.#windows.delete(window)
    }
  }
}

interface Window {
  sum: number
  readonly endsAt: number
  readonly calls: Map<string, number>
}

/** Adds to the sum, and remembers what is reserved for the call; `undefined` forgets it. */
function charged(window: Window, call: string | undefined, more: number, reserved: number | undefined): void {
  window.sum += more
  if (call === undefined) return
  if (reserved === undefined) window.calls.delete(call)
  else window.calls.set(call, reserved)
}
