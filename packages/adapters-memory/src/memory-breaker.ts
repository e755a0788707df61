import type { Breaker, BreakerState } from '@hexbird/core'

/** A breaker in memory: a restart of the process resets it. */
export class MemoryBreaker implements Breaker {
  #state: BreakerState | undefined

  async state(): Promise<BreakerState | undefined> {
    return this.#state && { ...this.#state }
  }

  async trip(reason: string, now: number): Promise<void> {
    this.#state ??= { reason, since: now }
  }

  async reset(): Promise<void> {
    this.#state = undefined
  }
}
