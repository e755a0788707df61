import { createHash, timingSafeEqual } from 'node:crypto'
import type { AccessLevel, Tokens } from '../state/tokens.js'
import { type Random, randomText } from '../util/random.js'
import { oauthSignature, parseOAuthHeader } from './signature.js'

/** What the bot signs its requests with, and X its deliveries. */
export type LocalCredentials = {
  readonly consumerKey: string
  readonly consumerSecret: string
  /** Of OAuth 2.0. */
  readonly clientId: string
  /** Of OAuth 2.0: what webhooks are signed with where the app has it. */
  readonly clientSecret: string
  readonly accessToken: string
  readonly accessSecret: string
  readonly bearerToken: string
}

/** An account by OAuth 1.0a (with an access level) or OAuth 2.0 (with scopes), or the app alone. */
export type Caller =
  | {
      readonly kind: 'user'
      readonly via: 'oauth1'
      readonly userId: string
      readonly access: AccessLevel
      readonly token: string
    }
  | { readonly kind: 'user'; readonly via: 'oauth2'; readonly userId: string; readonly scopes: readonly string[] }
  | { readonly kind: 'app' }

/**
 * Why nobody was recognised, by X's codes: 32 wrong key or signature, 89 a token that is no more, 135 a timestamp out of
 * bounds, 215 no authentication at all.
 */
export type Unrecognised = {
  readonly kind: 'unrecognised'
  readonly code: 32 | 89 | 135 | 215
  /** The token was good, and was taken back. */
  readonly revoked: boolean
}

export type SignedRequest = {
  readonly method: string
  /** Where the client sent it, as its signature has it: `https://api.x.com`, or this machine's address. */
  readonly origin: string
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
    clientId: randomText(random, 34),
  }
}

export type Authenticator = ReturnType<typeof createAuthenticator>

const TOLERANCE_SECONDS = 300

/**
 * Checks who calls. A signature's timestamp is checked against the wall clock, since clients know no other; a nonce works
 * once.
 */
export function createAuthenticator(credentials: LocalCredentials, tokens: Tokens) {
  const nonces = new Map<string, number>()

  function isUnused(nonce: string): boolean {
    const now = Date.now() / 1000
    for (const [old, time] of nonces) {
      // They stand in the order in which they came: the rest is newer.
      if (now - time <= 2 * TOLERANCE_SECONDS) break
      nonces.delete(old)
    }
    if (nonce === '' || nonces.has(nonce)) return false
    nonces.set(nonce, now)
    return true
  }

  /**
   * The parameters of a rightly signed OAuth 1.0a request, wherever they stood. `secretOf` knows the secret of the
   * token that it names; without a token that is empty.
   */
  function verify(
    request: SignedRequest,
    secretOf: (token: string) => string | undefined,
  ): { readonly kind: 'verified'; readonly parameters: ReadonlyMap<string, string> } | Unrecognised {
    const header = parseOAuthHeader(request.authorization ?? '')
    if (header === undefined) return unrecognised(215)
    const [path = '', query = ''] = request.target.split(/\?(.*)/s)
    const rest = [...new URLSearchParams(query), ...new URLSearchParams(request.form)]
    const parameters = [
      ...[...header].filter(([name]) => name !== 'realm' && name !== 'oauth_signature'),
      // Clients repeat the token of the header in the form, and sign it once.
      ...rest.filter(([name, value]) => header.get(name) !== value),
    ]
    const token = header.get('oauth_token')
    const secret = token === undefined ? '' : secretOf(token)
    if (!same(header.get('oauth_consumer_key') ?? '', credentials.consumerKey)) return unrecognised(32)
    if (secret === undefined) return unrecognised(89, tokens.wasRevoked(token ?? ''))
    const signature = oauthSignature(
      request.method,
      `${request.origin}${path}`,
      parameters,
      credentials.consumerSecret,
      secret,
    )
    const valid =
      header.get('oauth_signature_method') === 'HMAC-SHA1' &&
      (header.get('oauth_version') ?? '1.0') === '1.0' &&
      same(header.get('oauth_signature') ?? '', signature)
    if (!valid) return unrecognised(32)
    const timestamp = Number(header.get('oauth_timestamp'))
    const off = Math.abs(Date.now() / 1000 - timestamp)
    if (!Number.isInteger(timestamp) || off > TOLERANCE_SECONDS) return unrecognised(135)
    if (!isUnused(header.get('oauth_nonce') ?? '')) return unrecognised(32)
    return { kind: 'verified', parameters: new Map([...rest, ...header]) }
  }

  function bearer(token: string): Caller | Unrecognised {
    if (same(token, credentials.bearerToken)) return { kind: 'app' }
    const grant = tokens.grantOf(token)
    if (grant === undefined) return unrecognised(89, tokens.wasRevoked(token))
    return { kind: 'user', via: 'oauth2', ...grant }
  }

  return {
    verify,

    caller(request: SignedRequest): Caller | Unrecognised {
      const token = /^Bearer (.+)$/i.exec(request.authorization ?? '')?.[1]
      if (token !== undefined) return bearer(token)
      const verified = verify(request, (name) => tokens.access(name)?.secret)
      if (verified.kind === 'unrecognised') return verified
      const access = tokens.access(verified.parameters.get('oauth_token') ?? '')
      if (access === undefined) return unrecognised(215)
      return { kind: 'user', via: 'oauth1', userId: access.userId, access: access.level, token: access.token }
    },

    /** The name and password of an `Authorization: Basic …` header are these. */
    isBasic(authorization: string | undefined, name: string, password: string): boolean {
      const encoded = /^Basic (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
      // RFC 6749 section 2.3.1 and X's pages: both parts are URL-encoded first.
      return same(
        Buffer.from(encoded, 'base64').toString(),
        `${encodeURIComponent(name)}:${encodeURIComponent(password)}`,
      )
    },
  }
}

function unrecognised(code: Unrecognised['code'], revoked = false): Unrecognised {
  return { kind: 'unrecognised', code, revoked }
}

/** Compares in constant time. */
export function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
