import type { ConsumeResult, Session, SessionStore } from '@hexbird/core/adapter'

/** What is kept of a session that was consumed. */
type Consumed = Pick<Session, 'flowSecretHash' | 'expiresAt'> & { readonly consumed: true }

/**
 * Sign-ins in memory, gone with the process. Each `consume` also drops the oldest sessions for as long as they have
 * expired, so those that nobody came back for do not pile up.
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

  /** A map keeps the order of its puts: all last equally long, so the first that has not expired ends the search. */
  #dropExpired(now: number): void {
    for (const [requestToken, { expiresAt }] of this.#sessions) {
      if (now < expiresAt) return
      this.#sessions.delete(requestToken)
    }
  }
}
