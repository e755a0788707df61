/**
 * Keeps spending below limits, in windows of time. Amounts are whole numbers in the window's own unit.
 *
 * A charge with a `call` is a reservation for that call: it is there once per window and call, however often it is asked
 * for, so that the retry of a call takes over what a crash left. A charge without one counts each time.
 */
export interface Budget {
  /**
   * Reserves, in order, and stops at the first window without room: nothing is charged to it or to any after it (what
   * was charged before may stay charged). What is reserved for a call is raised to `amount`, and never lowered. However
   * many reserve at once, no window's sum passes its limit. A window that began since then is charged again.
   */
  reserve(charges: readonly Charge[], now: number): Promise<Reservation>
  /**
   * The calls have ended, and that is on record: lowers what is reserved for each to `amount`, which is what was billed,
   * and forgets the call. Nothing happens where nothing is reserved for it, or where its window has ended. A charge
   * without a `call` is taken back by `amount` from the window that ends at its `endsAt`, and never below nothing.
   */
  settle(charges: readonly Settlement[], now: number): Promise<void>
  /** Forgets every window, for good. */
  removeAll(): Promise<void>
}

/** Tells what a window holds, for whoever looks. Nothing is decided by it: what may be spent is for `reserve` to say. */
export interface Spending {
  /** What is charged to that window; nothing where there is none. */
  spent(window: string): Promise<number>
}

/** What a charge is for: decides what a refusal means. */
export type ChargeKind = 'posts' | 'conversation' | 'author' | 'day' | 'sweep' | 'sign-in'

/** What is charged to one window. */
export interface Charge {
  readonly kind: ChargeKind
  /** The window's name, for example `author:42:2026-11-22`. */
  readonly window: string
  /** What the money is for, for example `reply:1999…`: at most 200 characters. Left out, the charge counts each time. */
  readonly call?: string
  readonly amount: number
  readonly limit: number
  /** When the window ends and may be forgotten, epoch milliseconds. */
  readonly endsAt: number
}

/** A charge with what was billed as its `amount`. */
export interface Settlement extends Charge {
  /** What is reserved for the call, as far as the caller knows: a hint, which saves a store a read. */
  readonly reserved?: number
}

/** What became of a reservation. */
export type Reservation =
  | { readonly kind: 'granted' }
  /** `charge`'s window has no room until `until`. */
  | { readonly kind: 'refused'; readonly charge: Charge; readonly until: number }
