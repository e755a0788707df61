/** How many requests a window of 15 minutes takes, per user and per app; absent where X names no such limit. */
export type Limit = { readonly user?: number; readonly app?: number }

export type RateLimits = ReturnType<typeof createRateLimits>

const WINDOW_MS = 15 * 60 * 1000

/** Counts as X does, per route and caller, in windows that begin with the first request. */
export function createRateLimits(now: () => number, enforced: boolean) {
  const windows = new Map<string, { used: number; readonly resetAt: number }>()

  return {
    take(
      key: string,
      limit: number,
    ): { readonly headers: Readonly<Record<string, string>>; readonly exceeded: boolean } {
      const open = windows.get(key)
      const window = open !== undefined && now() < open.resetAt ? open : { used: 0, resetAt: now() + WINDOW_MS }
      window.used += 1
      windows.set(key, window)
      return {
        headers: {
          'x-rate-limit-limit': String(limit),
          'x-rate-limit-remaining': String(Math.max(0, limit - window.used)),
          'x-rate-limit-reset': String(Math.ceil(window.resetAt / 1000)),
        },
        exceeded: enforced && window.used > limit,
      }
    },
  }
}
