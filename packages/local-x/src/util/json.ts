/** JSON that can also hold whole numbers beyond 2^53, as the numeric ids of X's older dialect are. */
export type Json = string | number | boolean | bigint | null | readonly Json[] | { readonly [key: string]: Json }

export type JsonObject = { readonly [key: string]: Json }

/** Like `JSON.stringify`, with every digit of a bigint. */
export function toJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return `[${value.map(toJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`)
      .join(',')}}`
  }
  return JSON.stringify(value)
}
