import type { ApiContext } from './guard.js'
import { invalid, type Problem } from './problems.js'

export type Parsed = { readonly [key: string]: unknown }

/** The JSON object in the body, whatever its content type says: X's own curl examples send none. */
export async function readObject(
  c: ApiContext,
): Promise<{ readonly kind: 'read'; readonly body: Parsed } | { readonly kind: 'refused'; readonly problem: Problem }> {
  const text = await c.req.text()
  const body = parse(text === '' ? '{}' : text)
  return isObject(body)
    ? { kind: 'read', body }
    : { kind: 'refused', problem: invalid('The request body is not a JSON object.') }
}

export function isObject(value: unknown): value is Parsed {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9]{1,19}$/.test(value)
}

/** Names the first key of `body` that X's description does not have, in X's words. */
export function unknownKey(body: Parsed, known: readonly string[], at = '$'): Problem | undefined {
  const key = Object.keys(body).find((name) => !known.includes(name))
  return key === undefined
    ? undefined
    : invalid(`${at}.${key}: is not defined in the schema and the schema does not allow additional properties`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
