import { Hono } from 'hono'
import type { World } from '../world.js'
import { type ApiEnv, createGuard } from './guard.js'
import { notFound, refuse } from './problems.js'
import { createRateLimits } from './rate-limits.js'
import { routeSubscriptions } from './subscriptions.js'
import { routeTweets } from './tweets.js'
import { routeUsers } from './users.js'
import { routeWebhooks } from './webhooks.js'

/** What answers to `Host: api.x.com`. */
export function createApi(world: World, enforceRateLimits: boolean): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>()
  const guard = createGuard(world, createRateLimits(world.now, enforceRateLimits))
  routeTweets(api, world, guard)
  routeUsers(api, world, guard)
  routeWebhooks(api, world, guard)
  routeSubscriptions(api, world, guard)
  api.notFound((c) => refuse(c, notFound()))
  return api
}
