import { createHmac } from 'node:crypto'

/* OAuth 1.0a signatures, RFC 5849 section 3. */

type Pair = readonly [name: string, value: string]

/** The parameters of an `Authorization: OAuth …` header, or undefined if it is not one. */
export function parseOAuthHeader(header: string): ReadonlyMap<string, string> | undefined {
  if (!/^OAuth\s/i.test(header)) return undefined
  const parameters = new Map<string, string>()
  for (const part of header.replace(/^OAuth\s+/i, '').split(',')) {
    const match = /^\s*([^=\s]+)="([^"]*)"\s*$/.exec(part)
    const name = match?.[1] === undefined ? undefined : decode(match[1])
    const value = match?.[2] === undefined ? undefined : decode(match[2])
    if (name === undefined || value === undefined || parameters.has(name)) return undefined
    parameters.set(name, value)
  }
  return parameters
}

/** HMAC-SHA1 over method, address and every parameter but the signature itself. `url` is without query. */
export function oauthSignature(
  method: string,
  url: string,
  parameters: readonly Pair[],
  consumerSecret: string,
  tokenSecret: string,
): string {
  const encoded = parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
  const sorted = encoded.sort(([a, x], [b, y]) => order(a, b) || order(x, y))
  const joined = sorted.map(([name, value]) => `${name}=${value}`).join('&')
  const base = [method.toUpperCase(), url, joined].map(percentEncode).join('&')
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`
  return createHmac('sha1', key).update(base).digest('base64')
}

function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
