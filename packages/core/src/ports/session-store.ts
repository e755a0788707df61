import type { Session } from '../domain/session.js'

/** Stores sign-ins that have been started. */
export interface SessionStore {
  /** Saves the session under its request token. Replaces an earlier one under the same token. */
  put(session: Session): Promise<void>
  /**
   * Consumes the session atomically: if many try at once, one gets it. A request from another browser gets nothing, and
   * leaves the session as it is. Until the session would have expired, the store remembers that it was consumed, and
   * nothing else about it.
   */
  consume(requestToken: string, flowSecretHash: string, now: number): Promise<ConsumeResult>
  /** Permanently removes every session. */
  removeAll(): Promise<void>
}

/** The result of `consume`. If several reasons apply, it is the first one in this list. */
export type ConsumeResult =
  | { readonly kind: 'consumed'; readonly session: Session }
  /** There is no session under this token, or it expired and has been deleted. */
  | { readonly kind: 'unknown' }
  /** The session expired at or before `now`. */
  | { readonly kind: 'expired' }
  /** Another browser started the session, and can still consume it. */
  | { readonly kind: 'wrong-browser' }
  /** The session was already consumed. */
  | { readonly kind: 'used' }
