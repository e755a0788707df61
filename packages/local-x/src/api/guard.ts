import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { Caller } from '../auth.js'
import type { World } from '../world.js'
import { invalid, rateLimited, refuse, unauthorized, unsupportedAuthentication } from './problems.js'
import type { Limit, RateLimits } from './rate-limits.js'

export type ApiEnv = { Bindings: HttpBindings; Variables: { caller: Caller } }

export type ApiContext = Context<ApiEnv>

/** What one route asks of its callers. */
type RouteRule = {
  /** Who may call: an account (OAuth 1.0a) or the app alone (Bearer). */
  readonly allow: readonly Caller['kind'][]
  /** docs.x.com/x-api/fundamentals/rate-limits */
  readonly limit: Limit
  /** The query parameters that the route knows. */
  readonly query?: readonly string[]
}

export type Guard = (rule: RouteRule) => MiddlewareHandler<ApiEnv>

const NAMES = { user: 'OAuth 1.0a User Context', app: 'OAuth 2.0 Application-Only' } as const

/** Checks authentication, the rate limit and the names of the query parameters, in this order. */
export function createGuard(world: World, limits: RateLimits): Guard {
  return ({ allow, limit, query = [] }) =>
    async (c, next) => {
      const caller = world.authenticate({
        method: c.req.method,
        target: c.env.incoming.url ?? '/',
        authorization: c.req.header('authorization'),
        form: await formOf(c),
      })
      if (caller === undefined) return refuse(c, unauthorized())
      if (!allow.includes(caller.kind)) {
        const supported = allow.map((kind) => NAMES[kind])
        return refuse(c, unsupportedAuthentication(NAMES[caller.kind], supported))
      }
      const perWindow = limit[caller.kind]
      if (perWindow !== undefined) {
        const who = caller.kind === 'user' ? caller.userId : 'app'
        const { headers, exceeded } = limits.take(`${c.req.method} ${routePath(c)} ${who}`, perWindow)
        for (const [name, value] of Object.entries(headers)) c.header(name, value)
        if (exceeded) return refuse(c, rateLimited())
      }
      const unknown = Object.keys(c.req.query()).find((name) => !query.includes(name))
      if (unknown !== undefined) {
        const message = `The query parameter [${unknown}] is not one of [${query.join(',')}]`
        return refuse(c, invalid(message, { [unknown]: c.req.queries(unknown) ?? [] }))
      }
      c.set('caller', caller)
      return next()
    }
}

async function formOf(c: ApiContext): Promise<string> {
  const isForm = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded') ?? false
  return isForm ? await c.req.text() : ''
}
