import type { Session } from '../domain/session.js'

/** Keeps the sign-ins that have begun. */
export interface SessionStore {
  /** Saves the session under its request token; one that was there under the same token is replaced. */
  put(session: Session): Promise<void>
  /**
   * Takes the session out, in one step: of many that take at once, one gets it. Whoever comes with another browser gets
   * nothing and takes nothing away. Until the session would have expired, the store remembers that it was taken, and
   * keeps nothing else of it.
   */
  take(requestToken: string, browserHash: string, now: number): Promise<Take>
  /** Removes every session, for good. */
  removeAll(): Promise<void>
}

/** What became of a take. Of several reasons against it the first named here is given. */
export type Take =
  | { readonly kind: 'taken'; readonly session: Session }
  /** There is none under this token, or it expired and was swept away. */
  | { readonly kind: 'unknown' }
  /** Its end was at or before `now`. */
  | { readonly kind: 'expired' }
  /** Another browser began it. It is still there for that one. */
  | { readonly kind: 'wrong-browser' }
  /** It was taken before. */
  | { readonly kind: 'used' }
