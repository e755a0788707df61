import type { IncomingHttpHeaders } from 'node:http'

/** X's three windows: 15 minutes, and 24 hours of the app and of the account. */
const SHORT = 'x-rate-limit'
const WINDOWS = [SHORT, 'x-app-limit-24hour', 'x-user-limit-24hour']

/** No window of X is longer than a day; what lies further ahead is a mistake. */
const FURTHEST_MS = 48 * 60 * 60 * 1000

/**
 * When to ask again, in epoch milliseconds: when the last of the exhausted windows opens. Where none is said to be
 * exhausted it is the 15 minutes' that X means. `undefined` where the headers do not say, or name a time that is over.
 */
export function limitedUntil(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exhausted = WINDOWS.filter((window) => headers[`${window}-remaining`] === '0')
  const times = (exhausted.length > 0 ? exhausted : [SHORT])
    .map((window) => secondsOf(headers[`${window}-reset`]) * 1000)
    .filter((time) => time > now && time <= now + FURTHEST_MS)
  return times.length > 0 ? Math.max(...times) : undefined
}

function secondsOf(value: string | string[] | undefined): number {
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN
}
