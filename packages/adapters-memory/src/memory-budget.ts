import type { Budget, Charge, Reservation, Spending } from '@hexbird/core/adapter'

/**
 * A budget in memory, which lasts until the process ends. A refused reservation charges no window. Each reservation
 * first drops ended windows, oldest first, so the memory is bounded by the windows charged during the longest one.
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
    // Delete an ended window with this name first, so that the new one goes to the end of the map.
    this.#windows.delete(window)
    this.#windows.set(window, opened)
    return opened
  }

  /**
   * Drops ended windows, in the order of their opening. It stops at the first that runs, even if later ones have ended.
   */
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

/** Adds to the sum, and stores the amount reserved for the call; `undefined` removes it. */
function charged(window: Window, call: string | undefined, more: number, reserved: number | undefined): void {
  window.sum += more
  if (call === undefined) return
  if (reserved === undefined) window.calls.delete(call)
  else window.calls.set(call, reserved)
}
