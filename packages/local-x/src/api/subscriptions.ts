import type { Hono } from 'hono'
import type { JsonObject } from '../json.js'
import type { ActivitySubscription } from '../state/webhooks.js'
import type { World } from '../world.js'
import { isId, isObject, type Parsed, readObject, unknownKey } from './body.js'
import type { ApiContext, ApiEnv, Guard } from './guard.js'
import { answer, forbidden, invalid, invalidBecause, type Problem, refuse } from './problems.js'
import { unknownWebhook } from './webhooks.js'

export function routeSubscriptions(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  routeAccountActivity(api, world, guard)
  routeActivity(api, world, guard)
}

/** The older dialect: docs.x.com/x-api/account-activity/introduction. Its rate limits are not published. */
function routeAccountActivity(api: Hono<ApiEnv>, { webhooks, bot }: World, guard: Guard): void {
  const all = '/2/account_activity/webhooks/:wid/subscriptions/all'
  const byUser = guard({ allow: ['user'], limit: { user: 500 } })
  const byApp = guard({ allow: ['app'], limit: { app: 500 } })
  const webhookOf = (c: ApiContext) => webhooks.find(c.req.param('wid') ?? '')

  api.post(all, byUser, (c) => {
    const webhook = webhookOf(c)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    if (webhooks.accountsOf(webhook.id).includes(bot.id)) {
      return refuse(c, invalidBecause('DuplicateSubscriptionFailed', 'A subscription for this user exists already.'))
    }
    webhooks.subscribeAccount(webhook.id, bot.id)
    return answer(c, { data: { subscribed: true } })
  })

  api.get(all, byUser, (c) => {
    const webhook = webhookOf(c)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    return answer(c, { data: { subscribed: webhooks.accountsOf(webhook.id).includes(bot.id) } })
  })

  api.get(`${all}/list`, byApp, (c) => {
    const webhook = webhookOf(c)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    const subscriptions = webhooks.accountsOf(webhook.id).map((userId) => ({ user_id: userId }))
    return answer(c, {
      data: { application_id: '1', webhook_id: webhook.id, webhook_url: webhook.url, subscriptions },
    })
  })

  api.delete('/2/account_activity/webhooks/:wid/subscriptions/:user_id/all', byApp, (c) => {
    const webhook = webhookOf(c)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    if (!webhooks.unsubscribeAccount(webhook.id, c.req.param('user_id'))) {
      return refuse(c, invalidBecause('SubscriptionNotFound', 'No subscription exists for this user.'))
    }
    return answer(c, { data: { subscribed: false } })
  })
}

// What X takes, by docs.x.com/x-api/activity/introduction; the local X tells of the posts alone.
const PUBLIC_EVENTS = [
  ...['post.create', 'post.delete', 'news.new', 'spaces.start', 'spaces.end'],
  ...['profile.update.bio', 'profile.update.profile_picture', 'profile.update.banner_picture'],
  ...['profile.update.screenname', 'profile.update.handle', 'profile.update.geo', 'profile.update.url'],
  ...['profile.update.verified_badge', 'profile.update.affiliate_badge'],
]
const PRIVATE_EVENTS = [
  ...['post.mention.create', 'post.reply.create', 'post.quote.create', 'post.repost.create', 'like.create'],
  ...['follow.follow', 'follow.unfollow', 'dm.received', 'dm.sent', 'dm.read', 'dm.indicate_typing'],
  ...[
    'chat.received',
    'chat.sent',
    'chat.conversation.join',
    'mute.mute',
    'mute.unmute',
    'block.block',
    'block.unblock',
  ],
]

/** The newer dialect: docs.x.com/x-api/activity/quickstart. */
function routeActivity(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const { webhooks } = world
  const path = '/2/activity/subscriptions'
  const limit = { user: 500, app: 500 }
  const meta = () => ({ meta: { total_subscriptions: webhooks.activities().length } })

  api.post(path, guard({ allow: ['user', 'app'], limit }), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const problem = problemOfSubscription(c, read.body, world)
    if (problem !== undefined) return refuse(c, problem)
    const subscription = subscriptionOf(read.body, world)
    webhooks.putActivity(subscription)
    return answer(c, { data: { subscription: subscriptionObject(subscription) }, ...meta() })
  })

  api.get(path, guard({ allow: ['user', 'app'], limit, query: ['max_results', 'pagination_token'] }), (c) =>
    answer(c, { data: webhooks.activities().map(subscriptionObject), ...meta() }),
  )

  api.delete(`${path}/:id`, guard({ allow: ['app'], limit }), (c) =>
    webhooks.removeActivity(c.req.param('id'))
      ? answer(c, { data: { deleted: true }, ...meta() })
      : refuse(c, invalid('The subscription id was not found.')),
  )
}

function problemOfSubscription(c: ApiContext, body: Parsed, world: World): Problem | undefined {
  const { event_type: eventType, filter, tag, webhook_id: webhookId } = body
  const shape =
    unknownKey(body, ['event_type', 'filter', 'tag', 'webhook_id']) ??
    (isObject(filter) ? unknownKey(filter, ['user_id', 'keyword', 'direction'], '$.filter') : undefined)
  if (shape !== undefined) return shape
  if (typeof eventType !== 'string' || ![...PUBLIC_EVENTS, ...PRIVATE_EVENTS].includes(eventType)) {
    return invalid('$.event_type: does not have a value in the enumeration')
  }
  if (!isObject(filter) || Object.keys(filter).length === 0) return invalid('$.filter: is missing but it is required')
  if (filter.user_id !== undefined && !isId(filter.user_id)) return invalid('$.filter.user_id: is not a user id')
  if (tag !== undefined && (typeof tag !== 'string' || tag.length < 1 || tag.length > 200)) {
    return invalid('$.tag: a string of 1 to 200 characters expected')
  }
  if (webhookId !== undefined && (!isId(webhookId) || world.webhooks.find(webhookId) === undefined)) {
    return unknownWebhook()
  }
  const caller = c.get('caller')
  if (PRIVATE_EVENTS.includes(eventType) && (caller.kind !== 'user' || caller.userId !== filter.user_id)) {
    return forbidden(`${eventType} is a private event: subscribe as the account that the filter names.`)
  }
  const same = (one: ActivitySubscription) =>
    one.eventType === eventType && one.filter.user_id === filter.user_id && one.webhookId === webhookId
  return world.webhooks.activities().some(same)
    ? invalidBecause('DuplicateSubscriptionFailed', 'A subscription for this event and filter exists already.')
    : undefined
}

function subscriptionOf(body: Parsed, world: World): ActivitySubscription {
  const { event_type, filter, tag, webhook_id } = body
  const { user_id, keyword, direction } = isObject(filter) ? filter : {}
  return {
    id: world.newId(),
    eventType: String(event_type),
    filter: {
      ...(typeof user_id === 'string' ? { user_id } : {}),
      ...(typeof keyword === 'string' ? { keyword } : {}),
      ...(typeof direction === 'string' ? { direction } : {}),
    },
    ...(typeof tag === 'string' ? { tag } : {}),
    ...(typeof webhook_id === 'string' ? { webhookId: webhook_id } : {}),
    createdAt: world.now(),
  }
}

function subscriptionObject({ id, eventType, filter, tag, webhookId, createdAt }: ActivitySubscription): JsonObject {
  const time = new Date(createdAt).toISOString()
  return {
    subscription_id: id,
    event_type: eventType,
    filter,
    ...(tag === undefined ? {} : { tag }),
    ...(webhookId === undefined ? {} : { webhook_id: webhookId }),
    created_at: time,
    updated_at: time,
  }
}
