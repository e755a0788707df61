import type { Session, SessionStore } from '@hexbird/core'

/**
 * Sign-ins in memory, gone with the process. Each `take` also drops the oldest sessions for as long as they have
 * expired, so those that nobody came back for do not pile up.
 */
export class MemorySessionStore implements SessionStore {
  readonly #sessions = new Map<string, Session>()

  async put(session: Session): Promise<void> {
    this.#sessions.delete(session.requestToken)
    this.#sessions.set(session.requestToken, { ...session, tracked: { ...session.tracked } })
  }

  async take(requestToken: string, now: number): Promise<Session | undefined> {
    this.#dropExpired(now)
    const session = this.#sessions.get(requestToken)
    this.#sessions.delete(requestToken)
    return session !== undefined && now < session.expiresAt ? session : undefined
  }

  /** A map keeps the order of its puts: all last equally long, so the first that has not expired ends the search. */
  #dropExpired(now: number): void {
    for (const [requestToken, { expiresAt }] of this.#sessions) {
      if (now < expiresAt) return
      this.#sessions.delete(requestToken)
    }
  }
}
