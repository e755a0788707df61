import type { Session } from '../domain/session.js'

/** Keeps the sign-ins that have begun. */
export interface SessionStore {
  /** Saves the session under its request token; one that was there under the same token is replaced. */
  put(session: Session): Promise<void>
  /**
   * Consumes the session, in one step: of many that consume it at once, one gets it. Whoever comes with another browser gets
   * nothing and takes nothing away. Until the session would have expired, the store remembers that it was consumed, and
   * keeps nothing else of it.
   */
  consume(requestToken: string, flowSecretHash: string, now: number): Promise<ConsumeResult>
  /** Removes every session, for good. */
  removeAll(): Promise<void>
}

/** What `consume` gives. Of several reasons against it the first named here is given. */
export type ConsumeResult =
  | { readonly kind: 'consumed'; readonly session: Session }
  /** There is none under this token, or it expired and was swept away. */
  | { readonly kind: 'unknown' }
  /** Its end was at or before `now`. */
  | { readonly kind: 'expired' }
  /** Another browser began it. It is still there for that one. */
  | { readonly kind: 'wrong-browser' }
  /** It was consumed before. */
  | { readonly kind: 'used' }
