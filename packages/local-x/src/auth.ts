import { createHash, timingSafeEqual } from 'node:crypto'
import { oauthSignature, parseOAuthHeader } from './oauth1.js'
import { type Random, randomText } from './random.js'

/** What the bot signs its requests with, and X its deliveries. */
export type LocalCredentials = {
  readonly consumerKey: string
  readonly consumerSecret: string
  /** Of OAuth 2.0: what webhooks are signed with where the app has it. */
  readonly clientSecret: string
  readonly accessToken: string
  readonly accessSecret: string
  readonly bearerToken: string
}

export type Caller = { readonly kind: 'user'; readonly userId: string } | { readonly kind: 'app' }

type SignedRequest = {
  readonly method: string
  /** Path and query as they stood in the request line. */
  readonly target: string
  readonly authorization: string | undefined
  /** The body if it was a form, whose fields are signed too. */
  readonly form: string
}

export function createCredentials(random: Random, botId: string): LocalCredentials {
  return {
    consumerKey: randomText(random, 25),
    consumerSecret: randomText(random, 50),
    accessToken: `${botId}-${randomText(random, 40)}`,
    accessSecret: randomText(random, 45),
    bearerToken: `${'A'.repeat(22)}${randomText(random, 80)}`,
    clientSecret: randomText(random, 50),
  }
}

const TOLERANCE_SECONDS = 300

/**
 * Tells who calls, or undefined where X would answer 401. A signature is checked against `https://api.x.com`, whatever
 * way the request came; its timestamp against the wall clock, since clients know no other; a nonce works once.
 */
export function createAuthenticator(credentials: LocalCredentials, botId: string) {
  const nonces = new Map<string, number>()

  function isFresh(nonce: string, timestamp: number): boolean {
    const now = Date.now() / 1000
    if (!Number.isInteger(timestamp) || Math.abs(now - timestamp) > TOLERANCE_SECONDS) return false
    for (const [old, time] of nonces) if (now - time > 2 * TOLERANCE_SECONDS) nonces.delete(old)
    if (nonce === '' || nonces.has(nonce)) return false
    nonces.set(nonce, now)
    return true
  }

  function user(request: SignedRequest, header: ReadonlyMap<string, string>): Caller | undefined {
    const [path = '', query = ''] = request.target.split(/\?(.*)/s)
    const parameters = [
      ...[...header].filter(([name]) => name !== 'realm' && name !== 'oauth_signature'),
      ...new URLSearchParams(query),
      ...new URLSearchParams(request.form),
    ]
    const { consumerKey, consumerSecret, accessToken, accessSecret } = credentials
    const url = `https://api.x.com${path}`
    const signature = oauthSignature(request.method, url, parameters, consumerSecret, accessSecret)
    const valid =
      header.get('oauth_consumer_key') === consumerKey &&
      header.get('oauth_token') === accessToken &&
      header.get('oauth_signature_method') === 'HMAC-SHA1' &&
      (header.get('oauth_version') ?? '1.0') === '1.0' &&
      same(header.get('oauth_signature') ?? '', signature) &&
      isFresh(header.get('oauth_nonce') ?? '', Number(header.get('oauth_timestamp')))
    return valid ? { kind: 'user', userId: botId } : undefined
  }

  return (request: SignedRequest): Caller | undefined => {
    const { authorization = '' } = request
    const bearer = /^Bearer (.+)$/i.exec(authorization)?.[1]
    if (bearer !== undefined) return same(bearer, credentials.bearerToken) ? { kind: 'app' } : undefined
    const header = parseOAuthHeader(authorization)
    return header === undefined ? undefined : user(request, header)
  }
}

function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
