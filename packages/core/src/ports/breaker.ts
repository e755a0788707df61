/** Stops all posting until a person has looked. */
export interface Breaker {
  /** `undefined` while posting is allowed. */
  state(): Promise<BreakerState | undefined>
  /** The first reason is kept until the reset. */
  trip(reason: string, now: number): Promise<void>
  /** Posting is allowed again. A person calls this, who has looked. */
  reset(): Promise<void>
}

/** Why posting is stopped, and since when. */
export interface BreakerState {
  readonly reason: string
  /** Epoch milliseconds. */
  readonly since: number
}
