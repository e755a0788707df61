/**
 * How many requests a window of 15 minutes takes, per user and per app; absent where X names no such limit. `day` says the
 * same of 24 hours: every request of a user counts for the app too.
 */
export type Limit = {
  readonly user?: number
  readonly app?: number
  readonly day?: { readonly user?: number; readonly app?: number }
}

export type RateLimits = ReturnType<typeof createRateLimits>

const WINDOW_MS = 15 * 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000

type Taken = { readonly headers: Readonly<Record<string, string>>; readonly exceeded: boolean }

/** Counts as X does, per route and caller, in windows that begin with the first request. */
export function createRateLimits(now: () => number, enforced: boolean) {
  const windows = new Map<string, { used: number; readonly resetAt: number }>()

  function count(key: string, limit: number | undefined, windowMs: number, prefix: string): Taken {
    if (limit === undefined) return { headers: {}, exceeded: false }
    const open = windows.get(key)
    const window = open !== undefined && now() < open.resetAt ? open : { used: 0, resetAt: now() + windowMs }
    window.used += 1
    windows.set(key, window)
    return {
      headers: {
        [`${prefix}-limit`]: String(limit),
        [`${prefix}-remaining`]: String(Math.max(0, limit - window.used)),
        [`${prefix}-reset`]: String(Math.ceil(window.resetAt / 1000)),
      },
      exceeded: enforced && window.used > limit,
    }
  }

  return {
    /** Counts one request to `route`, of the app alone where there is no `userId`. */
    take(route: string, userId: string | undefined, { user, app, day = {} }: Limit): Taken {
      const taken = [
        userId === undefined
          ? count(`${route} app`, app, WINDOW_MS, 'x-rate-limit')
          : count(`${route} ${userId}`, user, WINDOW_MS, 'x-rate-limit'),
        count(`${route} day`, day.app, DAY_MS, 'x-app-limit-24hour'),
        ...(userId === undefined ? [] : [count(`${route} day ${userId}`, day.user, DAY_MS, 'x-user-limit-24hour')]),
      ]
      return {
        headers: Object.assign({}, ...taken.map(({ headers }) => headers)),
        exceeded: taken.some(({ exceeded }) => exceeded),
      }
    },
  }
}
