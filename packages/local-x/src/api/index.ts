import { Hono } from 'hono'
import { routeOAuth1 } from '../oauth/oauth1.js'
import { routeOAuth2 } from '../oauth/oauth2.js'
import type { World } from '../world.js'
import { routeFollows } from './follows.js'
import { type ApiEnv, createGuard } from './guard.js'
import { routeMessages } from './messages.js'
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
  routeFollows(api, world, guard)
  routeMessages(api, world, guard)
  routeWebhooks(api, world, guard)
  routeSubscriptions(api, world, guard)
  routeOAuth1(api, world)
  routeOAuth2(api, world)
  api.notFound((c) => refuse(c, notFound()))
  return api
}
