/**
 * Keeps spending within limits, one per window of time. Amounts are whole numbers in the window's own unit.
 *
 * A charge with a `call` is a reservation for that call. It is idempotent per window and call, so that a retry after a
 * crash reuses the reservation. A charge without a `call` counts each time.
 */
export interface Budget {
  /**
   * Reserves the charges in order, and stops at the first window without room: that window and the later ones are not
   * charged, but the earlier ones may stay charged. If the call already has a reservation in a window, it is raised to
   * `amount`, never lowered. If a retry falls into a new window, that window is charged too. No window's sum exceeds
   * its limit, even with concurrent callers.
   */
  reserve(charges: readonly Charge[], now: number): Promise<Reservation>
  /**
   * Lowers the reservation of each call to `amount`, which is what was billed, and forgets the call. Use it once the
   * outcome of the call is on record. Does nothing if the call has no reservation or its window has ended. For a charge
   * without a `call`, subtracts `amount` from the window that ends at `endsAt`, but not below 0.
   */
  settle(charges: readonly Settlement[], now: number): Promise<void>
  /** Permanently removes every window. */
  removeAll(): Promise<void>
}

/** Reads what is charged to a window, for display. Only `reserve` decides what may be spent. */
export interface Spending {
  /** Returns the amount charged to the window, or 0 if there is no such window. */
  spent(window: string): Promise<number>
}

/** What a charge is for. It decides what a refusal means (see `meaningOfRefusal`). */
export type ChargeKind = 'posts' | 'conversation' | 'author' | 'day' | 'sweep' | 'sign-in'

/** An amount to charge to one window. */
export interface Charge {
  readonly kind: ChargeKind
  /** The window's name, for example `author:42:2026-11-22`. */
  readonly window: string
  /**
   * The call that this pays for, for example `tweet:1999…`, at most 200 characters. Without it, the charge counts each
   * time.
   */
  readonly call?: string
  readonly amount: number
  readonly limit: number
  /** When the window ends and may be forgotten, epoch milliseconds. */
  readonly endsAt: number
}

/** A charge whose `amount` is what was billed. */
export interface Settlement extends Charge {
  /** The amount reserved for the call, as far as the caller knows. A hint that saves the store a read. */
  readonly reserved?: number
}

/** The result of a reservation. */
export type Reservation =
  | { readonly kind: 'granted' }
  /** The window of `charge` has no room until `until` (epoch milliseconds). */
  | { readonly kind: 'refused'; readonly charge: Charge; readonly until: number }
