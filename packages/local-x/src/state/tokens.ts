import { createHash } from 'node:crypto'
import { type Random, randomText } from '../util/random.js'

/** What an OAuth 1.0a token may do, in the words of X's `x-access-level` header. */
export type AccessLevel = 'read' | 'read-write' | 'read-write-directmessages'

/** A sign-in by OAuth 1.0a that has begun. */
export type RequestToken = {
  readonly token: string
  readonly secret: string
  /** `oob` where the person gets a PIN to type. */
  readonly callback: string
  readonly level: AccessLevel
  readonly expiresAt: number
  /** Set once the person approved. */
  readonly approval?: { readonly userId: string; readonly verifier: string }
}

export type AccessToken = {
  readonly token: string
  readonly secret: string
  readonly userId: string
  readonly level: AccessLevel
}

/** What a person granted by OAuth 2.0. */
type Grant = { readonly userId: string; readonly scopes: readonly string[] }

/** What an authorisation code is good for. */
export type CodeRequest = Grant & {
  readonly redirectUri: string
  readonly challenge: string
  readonly method: 'S256' | 'plain'
}

/** Everything that one OAuth 2.0 approval led to; revoked as one. */
type Family = Grant & { revoked: boolean }

/** An account's OAuth 2.0 tokens. The access token is good for two hours. */
export type IssuedTokens = Grant & {
  readonly accessToken: string
  /** There with the scope `offline.access`; good once. */
  readonly refreshToken?: string
}

export type Tokens = ReturnType<typeof createTokens>

// X does not say how long a request token lives.
const REQUEST_TOKEN_MS = 15 * 60 * 1000
// docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
const CODE_MS = 30 * 1000
export const ACCESS_TOKEN_MS = 2 * 60 * 60 * 1000

/** The tokens of the one app, of both protocols. Times are those of the local clock. */
export function createTokens(random: Random, now: () => number) {
  const requests = new Map<string, RequestToken>()
  const accesses = new Map<string, AccessToken>()
  const revoked = new Set<string>()
  /** Whom a later sign-in does not ask again. */
  const approvals: { readonly userId: string; readonly level: AccessLevel }[] = []
  const codes = new Map<string, CodeRequest & { readonly expiresAt: number }>()
  const bearers = new Map<string, { readonly family: Family; readonly expiresAt: number }>()
  const refreshers = new Map<string, { readonly family: Family; used: boolean }>()

  function issue(family: Family): IssuedTokens {
    const accessToken = randomText(random, 91)
    bearers.set(accessToken, { family, expiresAt: now() + ACCESS_TOKEN_MS })
    const { userId, scopes } = family
    if (!scopes.includes('offline.access')) return { userId, scopes, accessToken }
    const refreshToken = randomText(random, 91)
    refreshers.set(refreshToken, { family, used: false })
    return { userId, scopes, accessToken, refreshToken }
  }

  function forgetApprovals(userId: string): void {
    approvals.splice(0, approvals.length, ...approvals.filter((approval) => approval.userId !== userId))
  }

  /** The request token, unless it expired, was used or denied. */
  function request(token: string): RequestToken | undefined {
    const found = requests.get(token)
    return found !== undefined && now() < found.expiresAt ? found : undefined
  }

  return {
    addAccess: (access: AccessToken): void => void accesses.set(access.token, access),
    access: (token: string): AccessToken | undefined => accesses.get(token),
    wasRevoked: (token: string): boolean => revoked.has(token),

    addRequest(callback: string, level: AccessLevel): RequestToken {
      const made = {
        token: randomText(random, 27),
        secret: randomText(random, 32),
        callback,
        level,
        expiresAt: now() + REQUEST_TOKEN_MS,
      }
      requests.set(made.token, made)
      return made
    },
    request,
    hasApproved: (userId: string, level: AccessLevel): boolean =>
      approvals.some((approval) => approval.userId === userId && approval.level === level),

    /** The verifier to give back; a PIN of seven digits where a person has to type it. */
    approve(made: RequestToken, userId: string): string {
      const pin = String(1_000_000 + (Buffer.from(random(4)).readUInt32BE() % 9_000_000))
      const verifier = made.callback === 'oob' ? pin : randomText(random, 32)
      requests.set(made.token, { ...made, approval: { userId, verifier } })
      approvals.push({ userId, level: made.level })
      return verifier
    },

    deny: (made: RequestToken): void => void requests.delete(made.token),

    /**
     * Uses the request token up. A person who signs in again gets the token that there is: only once that was invalidated,
     * says X's page on POST oauth/invalidate_token, do new attempts yield another. Clients report the same, as in
     * github.com/oauthlib/oauthlib, issue 377.
     */
    exchange(made: RequestToken, userId: string): AccessToken {
      requests.delete(made.token)
      const existing = [...accesses.values()].find((one) => one.userId === userId && one.level === made.level)
      const access = existing ?? {
        token: `${userId}-${randomText(random, 40)}`,
        secret: randomText(random, 45),
        userId,
        level: made.level,
      }
      accesses.set(access.token, access)
      return access
    },

    /** The token works no more, and the person will be asked again. */
    revokeAccess(token: string): void {
      const access = accesses.get(token)
      if (access === undefined) return
      accesses.delete(token)
      revoked.add(token)
      forgetApprovals(access.userId)
    },

    /** All that the person granted, by both protocols. */
    revokeUser(userId: string): void {
      forgetApprovals(userId)
      for (const { token } of [...accesses.values()].filter((access) => access.userId === userId)) {
        accesses.delete(token)
        revoked.add(token)
      }
      for (const [token, { family }] of bearers) {
        if (family.userId !== userId) continue
        family.revoked = true
        revoked.add(token)
      }
      // Also those whose access token is no more.
      for (const { family } of refreshers.values()) if (family.userId === userId) family.revoked = true
    },

    addCode(granted: CodeRequest): string {
      const code = randomText(random, 91)
      codes.set(code, { ...granted, expiresAt: now() + CODE_MS })
      return code
    },

    /** What the code stands for, once and in time. */
    takeCode(code: string): CodeRequest | undefined {
      const found = codes.get(code)
      codes.delete(code)
      return found !== undefined && now() < found.expiresAt ? found : undefined
    },

    grant: ({ userId, scopes }: Grant): IssuedTokens => issue({ userId, scopes, revoked: false }),

    /** New tokens for a refresh token. One that was used before was stolen by somebody: all of its family end. */
    refresh(token: string): IssuedTokens | undefined {
      const found = refreshers.get(token)
      if (found === undefined || found.family.revoked) return undefined
      if (found.used) {
        found.family.revoked = true
        return undefined
      }
      found.used = true
      return issue(found.family)
    },

    /** Whom an OAuth 2.0 access token speaks for, while it is good. */
    grantOf(token: string): Grant | undefined {
      const found = bearers.get(token)
      if (found === undefined || found.family.revoked || now() >= found.expiresAt) return undefined
      return { userId: found.family.userId, scopes: found.family.scopes }
    },

    /** Ends an access token, or a refresh token with all of its family. */
    revokeGrant(token: string): void {
      if (bearers.delete(token)) revoked.add(token)
      const refresher = refreshers.get(token)
      if (refresher !== undefined) refresher.family.revoked = true
    },
  }
}

/** The verifier belongs to the challenge: RFC 7636 section 4.6. */
export function fits({ challenge, method }: CodeRequest, verifier: string): boolean {
  const made = method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return verifier !== '' && made === challenge
}
