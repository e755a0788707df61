import type { Session } from '../session.js'

/** Keeps the sign-ins that have begun. */
export interface SessionStore {
  /** Saves the session under its request token; one that was there under the same token is replaced. */
  put(session: Session): Promise<void>
  /**
   * Removes the session and returns it, in one step: of many that take at once, one gets it. `undefined` where there
   * is none, where it was taken, and where it expired at or before `now`.
   */
  take(requestToken: string, now: number): Promise<Session | undefined>
}
