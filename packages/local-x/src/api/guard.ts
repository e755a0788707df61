import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Caller, SignedRequest } from '../auth/authenticator.js'
import type { LocalPerson } from '../state/people.js'
import type { AccessLevel } from '../state/tokens.js'
import { isLoopbackName, withoutPort } from '../util/loopback.js'
import type { World } from '../world.js'
import {
  creditsDepleted,
  invalid,
  oauth1Permissions,
  rateLimited,
  refuse,
  scopesMissing,
  tokenExpired,
  unauthorized,
  unsupportedAuthentication,
} from './problems.js'
import type { Limit, RateLimits } from './rate-limits.js'

export type ApiEnv = { Bindings: HttpBindings; Variables: { caller: Caller } }

export type ApiContext = Context<ApiEnv>

/** What one route asks of its callers. */
type RouteRule = {
  /** Who may call: an account, or the app alone (Bearer). */
  readonly allow: readonly Caller['kind'][]
  /** The scopes that an OAuth 2.0 token of an account needs; absent where such tokens are not supported. */
  readonly scopes?: readonly string[]
  /** What an OAuth 1.0a token needs; default `read`. */
  readonly access?: AccessLevel
  /** docs.x.com/x-api/fundamentals/rate-limits */
  readonly limit: Limit
  /** The query parameters that the route knows. */
  readonly query?: readonly string[]
}

export type Guard = (rule: RouteRule) => MiddlewareHandler<ApiEnv>

/**
 * Checks authentication, what the token may do, the rate limit, the credits and the names of the query parameters, in
 * this order.
 */
export function createGuard(world: World, limits: RateLimits): Guard {
  return (rule) => async (c, next) => {
    const caller = world.authenticator.caller(await signedRequest(c))
    if (caller.kind === 'unrecognised') return refuse(c, caller.revoked ? tokenExpired() : unauthorized())
    const supported = supportedBy(rule)
    if (!supported.includes(nameOf(caller))) {
      return refuse(c, unsupportedAuthentication(nameOf(caller), supported))
    }
    if (caller.kind === 'user' && caller.via === 'oauth1') c.header('x-access-level', caller.access)
    const notAllowed = problemOfToken(caller, rule)
    if (notAllowed !== undefined) return refuse(c, notAllowed)
    const userId = caller.kind === 'user' ? caller.userId : undefined
    const { headers, exceeded } = limits.take(`${c.req.method} ${routePath(c)}`, userId, rule.limit)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    if (exceeded) return refuse(c, rateLimited())
    if (world.app.credits === 0) return refuse(c, creditsDepleted(world.bot.id))
    const { query = [] } = rule
    const { dropUnknownFields, postWordsOnly } = world.switches.all()
    const isKnown = (name: string) => query.includes(name) && !(postWordsOnly && name === 'tweet.fields')
    const isDropped = (name: string) => dropUnknownFields && name.endsWith('.fields')
    const unknown = Object.keys(c.req.query()).find((name) => !isKnown(name) && !isDropped(name))
    if (unknown !== undefined) {
      const message = `The query parameter [${unknown}] is not one of [${query.join(',')}]`
      return refuse(c, invalid(message, { [unknown]: c.req.queries(unknown) ?? [] }))
    }
    c.set('caller', caller)
    return next()
  }
}

/** The account that calls, on a route that accounts alone may call. */
export function callerOf(c: ApiContext, { people }: World): LocalPerson {
  const caller = c.get('caller')
  const person = caller.kind === 'user' ? people.find(caller.userId) : undefined
  if (person === undefined) throw new TypeError('This route lets the app in, or tokens of nobody.')
  return person
}

/** What is signed of a request, as it came. */
export async function signedRequest(c: ApiContext): Promise<SignedRequest> {
  const host = (c.env.incoming.headers.host ?? '').toLowerCase()
  const isForm = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
  return {
    method: c.req.method,
    origin: isLoopbackName(withoutPort(host)) ? `http://${host}` : 'https://api.x.com',
    target: c.env.incoming.url ?? '/',
    authorization: c.req.header('authorization'),
    form: isForm ? await c.req.text() : '',
  }
}

const NAMES = {
  oauth1: 'OAuth 1.0a User Context',
  oauth2: 'OAuth 2.0 User Context',
  app: 'OAuth 2.0 Application-Only',
} as const

type Name = (typeof NAMES)[keyof typeof NAMES]

const nameOf = (caller: Caller): Name => NAMES[caller.kind === 'app' ? 'app' : caller.via]

function supportedBy({ allow, scopes }: RouteRule): Name[] {
  const asUser = allow.includes('user') ? [NAMES.oauth1, ...(scopes === undefined ? [] : [NAMES.oauth2])] : []
  return [...asUser, ...(allow.includes('app') ? [NAMES.app] : [])]
}

const LEVELS: readonly AccessLevel[] = ['read', 'read-write', 'read-write-directmessages']

function problemOfToken(caller: Caller, { scopes = [], access = 'read' }: RouteRule) {
  if (caller.kind === 'app') return undefined
  if (caller.via === 'oauth1') {
    return LEVELS.indexOf(caller.access) < LEVELS.indexOf(access) ? oauth1Permissions() : undefined
  }
  const missing = scopes.filter((scope) => !caller.scopes.includes(scope))
  return missing.length > 0 ? scopesMissing(missing) : undefined
}
