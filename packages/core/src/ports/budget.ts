/** Keeps spending below limits, in windows of time. Amounts are whole numbers in the window's own unit. */
export interface Budget {
  /** Whether the same `spend` would be granted now. Nothing is spent and nothing is promised. */
  allows(charges: readonly Charge[], now: number): Promise<Spend>
  /**
   * Charges the windows in order, and stops at the first that has no room: nothing is charged to it or to any after it
   * (what was charged before may stay charged). However many spend at once, no window's sum passes its limit.
   */
  spend(charges: readonly Charge[], now: number): Promise<Spend>
  /** Takes back what a granted `spend` charged, because the call it was for was certainly not made. */
  refund(charges: readonly Charge[], now: number): Promise<void>
  /** Forgets every window, for good. */
  removeAll(): Promise<void>
}

/** What a spend charges to one window. */
export interface Charge {
  /** The window's name, for example `author:42:2026-11-22`. */
  readonly window: string
  readonly amount: number
  readonly limit: number
  /** When the window ends and may be forgotten, epoch milliseconds. */
  readonly endsAt: number
}

/** What became of a spend, or would. */
export type Spend =
  | { readonly kind: 'granted' }
  /** `window` has no room until `until`. */
  | { readonly kind: 'refused'; readonly window: string; readonly until: number }
