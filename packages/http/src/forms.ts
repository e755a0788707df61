import type { Context } from 'hono'

/** Answers a form that one of our pages sent. */
export type HandleForm = (context: Context, form: URLSearchParams) => Promise<Response>

/** Returns the value, if there is exactly one. */
export function only(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name)
  return values.length === 1 ? values[0] : undefined
}

/** Whether a body is a form, by its media type without parameters. */
export const isForm = (type: string | undefined): boolean =>
  type?.split(';', 1)[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded'
