import type { ConsumeResult, Session, SessionStore } from '@hexbird/core/adapter'

/** The remains of a consumed session. */
type Consumed = Pick<Session, 'flowSecretHash' | 'expiresAt'> & { readonly consumed: true }

/**
 * Stores sign-ins in memory until the process ends. Each `consume` also drops expired sessions, oldest first, so that
 * abandoned ones don't pile up.
 */
export class MemorySessionStore implements SessionStore {
  readonly #sessions = new Map<string, Session | Consumed>()

  async put(session: Session): Promise<void> {
    this.#sessions.delete(session.requestToken)
    this.#sessions.set(session.requestToken, { ...session, tracked: { ...session.tracked } })
  }

  async consume(requestToken: string, flowSecretHash: string, now: number): Promise<ConsumeResult> {
    const session = this.#sessions.get(requestToken)
    this.#dropExpired(now)
    if (session === undefined) return { kind: 'unknown' }
    if (now >= session.expiresAt) return { kind: 'expired' }
    if (session.flowSecretHash !== flowSecretHash) return { kind: 'wrong-browser' }
    if ('consumed' in session) return { kind: 'used' }
    this.#sessions.set(requestToken, { flowSecretHash, expiresAt: session.expiresAt, consumed: true })
    return { kind: 'consumed', session }
  }

  async removeAll(): Promise<void> {
    this.#sessions.clear()
  }

  /** Drops expired sessions. All last equally long, so it stops at the first one that hasn't expired. */
  #dropExpired(now: number): void {
    for (const [requestToken, { expiresAt }] of this.#sessions) {
      if (now < expiresAt) return
      this.#sessions.delete(requestToken)
    }
  }
}
