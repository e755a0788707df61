/** A JSON object with unchecked fields. */
export type Fields = Readonly<Record<string, unknown>>

/** One event of a delivery cannot be read. The message is the reason, and quotes nothing of the event. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError'
  readonly code = 'EVENT_MALFORMED'
}

export function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

/** Returns a string, or `undefined` if it is empty: X sends `""` for fields without a value. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Returns a required value. @throws MalformedError if it is missing */
export function need<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new MalformedError(`${what} is missing or of another type`)
  return value
}

/** Returns an id as X sent it, or `undefined` for anything else. A JSON number counts only if it has lost no digits. */
export function readableId(value: unknown): string | undefined {
  if (typeof value === 'string') return /^[0-9]{1,19}$/.test(value) ? value : undefined
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined
}

/**
 * Returns an id, or `undefined` if there is none. Throws if it is unreadable: a guess could be someone else's tweet.
 */
export function idOf(value: unknown, what: string): string | undefined {
  if (value === undefined || value === null) return undefined
  const id = readableId(value)
  if (id === undefined) throw new MalformedError(`${what} is not an id of 1 to 19 digits`)
  return id
}

export function needId(value: unknown, what: string): string {
  return need(idOf(value, what), what)
}

/** Reads epoch milliseconds, which X sends as a string of digits or as a number. */
export function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined
  return typeof value === 'string' && /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/
const CLASSIC_TIME =
  /^[A-Z][a-z]{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d \d\d:\d\d:\d\d [+-]\d{4} \d{4}$/

/** Parses `2026-07-24T21:05:48.000Z` or `Wed Oct 10 20:19:24 +0000 2018` into epoch milliseconds. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !(ISO_TIME.test(value) || CLASSIC_TIME.test(value))) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

/**
 * Unescapes the three characters that X escapes, in both dialects. The ampersand is last, so that `&amp;lt;` becomes
 * `&lt;`.
 */
export function unescaped(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
