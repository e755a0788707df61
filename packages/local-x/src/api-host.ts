import { Hono } from 'hono'
import { routeActivityStream } from './api/activity-stream.js'
import { routeFollows } from './api/follows.js'
import { type ApiEnv, createGuard } from './api/guard.js'
import { routeMedia } from './api/media.js'
import { routeMessages } from './api/messages.js'
import { notFound, refuse } from './api/problems.js'
import { createRateLimits } from './api/rate-limits.js'
import { routeSubscriptions } from './api/subscriptions.js'
import { routeTweets } from './api/tweets.js'
import { routeUsage } from './api/usage.js'
import { routeUsers } from './api/users.js'
import { routeWebhooks } from './api/webhooks.js'
import { routeOAuth1 } from './oauth/oauth1.js'
import { routeOAuth2 } from './oauth/oauth2.js'
import type { World } from './world.js'

/** Where the API's paths begin. Pages of a sign-in have paths below them too. */
export const isApiPath = (path: string): boolean => /^\/(?:2|1\.1|oauth|oauth2)\//.test(path)

/** What answers to `Host: api.x.com`, and to a loopback name on the API's paths. */
export function createApi(world: World, enforceRateLimits: boolean): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>()
  const guard = createGuard(world, createRateLimits(world.now, enforceRateLimits))
  routeTweets(api, world, guard)
  routeMedia(api, world, guard)
  routeUsers(api, world, guard)
  routeUsage(api, world, guard)
  routeFollows(api, world, guard)
  routeMessages(api, world, guard)
  routeWebhooks(api, world, guard)
  routeSubscriptions(api, world, guard)
  routeActivityStream(api, world, guard)
  routeOAuth1(api, world)
  routeOAuth2(api, world)
  api.notFound((c) => refuse(c, notFound()))
  return api
}
