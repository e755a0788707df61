/** A JSON object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>

export function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** X's ids: a decimal string. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9]{1,19}$/.test(value)
}

/** What an answer says is wrong, in whichever of X's forms. */
export interface Problem {
  /** Those of v1.1: `errors[].code`. */
  readonly codes: readonly number[]
  /** The last part of each problem's `type`: `resource-not-found`. */
  readonly types: readonly string[]
  /** Every title, detail, message and reason. */
  readonly texts: readonly string[]
  /** For people: X's own words, shortened. */
  readonly detail: string
  /** A page for a browser: something in front of X's API answered. */
  readonly isPage: boolean
}

const MOST_READ = 10_000
const LONGEST_DETAIL = 500

/**
 * Reads `application/problem+json`, the `errors` of v1.1 and of a 200, XML and plain text.
 * Source: docs.x.com/x-api/fundamentals/response-codes-and-errors.
 */
export function problemOf(body: unknown): Problem {
  const fields = objectOf(body)
  if (fields) return problemOfFields(fields)
  const text = typeof body === 'string' ? body.slice(0, MOST_READ) : ''
  const plain = text
    // The oldest paths of X's quote the whole request, with its signature.
    .replace(/<request>[^<]*(?:<\/request>|$)/g, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return {
    codes: [...text.matchAll(/<error code="(\d{1,6})"/g)].map(([, code]) => Number(code)),
    types: [],
    texts: [plain],
    detail: shortened(plain),
    isPage: /^\s*<(?:!doctype html|html)/i.test(text),
  }
}

function problemOfFields(fields: Fields): Problem {
  const all = [fields, ...(listOf(fields.errors) ?? []).map(objectOf).filter((error) => error !== undefined)]
  const words = all.map((one) => textOf(one.detail) ?? textOf(one.message) ?? textOf(one.error) ?? textOf(one.title))
  return {
    codes: all.flatMap(({ code }) => (/^\d{1,6}$/.test(String(code)) ? [Number(code)] : [])),
    types: all.flatMap(({ type }) => textOf(type)?.split('/').at(-1) ?? []),
    texts: all.flatMap((one) =>
      ['title', 'detail', 'message', 'error', 'reason'].flatMap((name) => textOf(one[name]) ?? []),
    ),
    detail: shortened([...new Set(words.filter((word) => word !== undefined))].join(' ')),
    isPage: false,
  }
}

function shortened(text: string): string {
  if (QUOTED_REQUEST.test(text)) return ''
  return text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL - 1)}…` : text
}

/** X has been seen to quote requests: tokens and signatures are not for logs. */
const QUOTED_REQUEST = /oauth_(?:token|verifier|signature|nonce|consumer)\w*["']?\s*[=:]/i

/** So that another can follow. */
export const sentence = (text: string): string => (/[.!?\u2026]$/.test(text) ? text : `${text}.`)
