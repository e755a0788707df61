/** Why there is no connection: the network, an answer other than 200, or a limit of X's. */
export type Outage =
  | { readonly kind: 'network' }
  | { readonly kind: 'http' }
  /** `until`: epoch milliseconds, where X named a time. */
  | { readonly kind: 'limited'; readonly until?: number }

/** How X wants each kind waited for: at once and then a little longer each time, or twice as long each time. */
const WAITS = {
  network: (count: number) => Math.min((count - 1) * 250, 16_000),
  http: (count: number) => Math.min(5_000 * 2 ** (count - 1), 320_000),
  limited: (count: number) => Math.min(60_000 * 2 ** (count - 1), 900_000),
} as const

/** Bots that X turned away together do not come back together. */
const JITTER = 0.25
const MOST_JITTER_MS = 10_000

/**
 * How long to wait before the next connection, in milliseconds. X's times are the least; the jitter is added.
 *
 * @see https://docs.x.com/x-api/fundamentals/handling-disconnections
 */
export class Reconnect {
  readonly #counts = { network: 0, http: 0, limited: 0 }

  waitAfter(outage: Outage, now: number, random: () => number): number {
    this.#counts[outage.kind] += 1
    const until = outage.kind === 'limited' ? outage.until : undefined
    const wait = until === undefined ? WAITS[outage.kind](this.#counts[outage.kind]) : Math.max(0, until - now)
    return Math.round(wait + random() * Math.min(wait * JITTER, MOST_JITTER_MS))
  }

  /** A connection has proved good: what went wrong before it no longer counts. */
  reset(): void {
    Object.assign(this.#counts, { network: 0, http: 0, limited: 0 })
  }
}
