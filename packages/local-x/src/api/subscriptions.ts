import type { Hono } from 'hono'
import { APP_ID } from '../state/app.js'
import type { ActivitySubscription } from '../state/webhooks.js'
import type { Json, JsonObject } from '../util/json.js'
import type { World } from '../world.js'
import { isId, isObject, type Parsed, readObject, unknownKey } from './body.js'
import { type ApiContext, type ApiEnv, callerOf, type Guard } from './guard.js'
import { answer, forbidden, invalid, invalidBecause, type Problem, refuse, scopesMissing } from './problems.js'
import { unknownWebhook } from './webhooks.js'

export function routeSubscriptions(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  routeAccountActivity(api, world, guard)
  routeActivity(api, world, guard)
}

/** The older dialect: docs.x.com/x-api/account-activity/introduction. Its rate limits are not published. */
function routeAccountActivity(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const { webhooks, app, bot } = world
  const all = '/2/account_activity/webhooks/:wid/subscriptions/all'
  const scopes = ['dm.read', 'dm.write', 'tweet.read', 'users.read']
  const byUser = guard({ allow: ['user'], scopes, access: 'read-write-directmessages', limit: { user: 500 } })
  const byApp = guard({ allow: ['app'], limit: { app: 500 } })
  const webhookOf = (c: ApiContext) => webhooks.find(c.req.param('wid') ?? '')

  api.post(all, byUser, (c) => {
    const webhook = webhookOf(c)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    const { id } = callerOf(c, world)
    if (webhooks.accountsOf(webhook.id).includes(id)) {
      return refuse(c, invalidBecause('DuplicateSubscriptionFailed', 'A subscription for this user exists already.'))
    }
    if (webhooks.accountCount() >= app.webhookQuota.subscriptions) {
      return refuse(c, invalidBecause('SubscriptionLimitExceeded', 'The app has reached its number of subscriptions.'))
    }
    webhooks.subscribeAccount(webhook.id, id)
    return answer(c, { data: { subscribed: true } })
  })

  api.get(all, byUser, (c) => {
    const webhook = webhookOf(c)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    return answer(c, { data: { subscribed: webhooks.accountsOf(webhook.id).includes(callerOf(c, world).id) } })
  })

  api.get(`${all}/list`, byApp, (c) => {
    const webhook = webhookOf(c)
    if (webhook === undefined) return refuse(c, unknownWebhook())
    const subscriptions = webhooks.accountsOf(webhook.id).map((userId) => ({ user_id: userId }))
    return answer(c, {
      data: { application_id: APP_ID, webhook_id: webhook.id, webhook_url: webhook.url, subscriptions },
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

  api.get('/2/account_activity/subscriptions/count', byApp, (c) =>
    answer(c, {
      data: {
        account_name: bot.username,
        provisioned_count: String(app.webhookQuota.subscriptions),
        subscriptions_count_all: String(webhooks.accountCount()),
        subscriptions_count_direct_messages: '0',
      },
    }),
  )
}

// What X takes, by its description 2.167 and docs.x.com/x-api/activity/introduction, which says what is private. The local X
// tells of posts, messages and follows alone.
const PUBLIC_EVENTS = [
  ...['post.create', 'post.delete', 'news.new', 'spaces.start', 'spaces.end'],
  ...['broadcast.start', 'broadcast.end', 'broadcast.chat'],
  ...['profile.update.bio', 'profile.update.profile_picture', 'profile.update.banner_picture'],
  ...['profile.update.screenname', 'profile.update.handle', 'profile.update.geo', 'profile.update.url'],
  ...['profile.update.verified_badge', 'profile.update.affiliate_badge'],
]
const PRIVATE_EVENTS = [
  ...['post.mention.create', 'post.reply.create', 'post.quote.create', 'post.repost.create', 'like.create'],
  ...['follow.follow', 'follow.unfollow', 'dm.received', 'dm.sent', 'dm.read', 'dm.indicate_typing'],
  ...['chat.received', 'chat.sent', 'chat.conversation.join', 'chat.conversation_join'],
  ...['chat.conversation.member_added', 'chat.conversation.member_removed', 'chat.conversation.admin_added'],
  ...['chat.conversation.admin_removed', 'chat.update.group_name', 'chat.update.restrictions'],
  ...['mute.mute', 'mute.unmute', 'block.block', 'block.unblock'],
]

/** What an OAuth 2.0 token needs for the private events of that family. */
const SCOPES: Readonly<Record<string, string>> = {
  post: 'tweet.read',
  like: 'like.read',
  follow: 'follows.read',
  dm: 'dm.read',
  chat: 'dm.read',
  mute: 'mute.read',
  block: 'block.read',
}

/** The newer dialect: docs.x.com/x-api/activity/quickstart. */
function routeActivity(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const { webhooks } = world
  const path = '/2/activity/subscriptions'
  const limit = { user: 500, app: 500 }
  const meta = () => ({ meta: { total_subscriptions: webhooks.activities().length } })

  api.post(path, guard({ allow: ['user', 'app'], scopes: [], limit }), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const problem = problemOfSubscription(c, read.body, world)
    if (problem !== undefined) return refuse(c, problem)
    const subscription = subscriptionOf(read.body, world)
    webhooks.putActivity(subscription)
    return answer(c, { data: { subscription: subscriptionObject(subscription) }, ...meta() })
  })

  const reading = { allow: ['user', 'app'], scopes: ['like.read', 'tweet.read'], limit } as const
  api.get(path, guard({ ...reading, query: ['max_results', 'pagination_token'] }), (c) => {
    const { max_results = '1000', pagination_token = '' } = c.req.query()
    const most = Number(max_results)
    if (!Number.isInteger(most) || most < 1 || most > 1000) {
      return refuse(c, invalid(`The \`max_results\` query parameter value [${max_results}] is not between 1 and 1000`))
    }
    const all = webhooks.activities()
    const start = pagination_token === '' ? 0 : all.findIndex(({ id }) => tokenOf(id) === pagination_token)
    if (start < 0) return refuse(c, invalid('The `pagination_token` query parameter is not valid'))
    const next = all[start + most]
    return answer(c, {
      data: all.slice(start, start + most).map(subscriptionObject),
      meta: { total_subscriptions: all.length, ...(next === undefined ? {} : { next_token: tokenOf(next.id) }) },
    })
  })

  api.put(`${path}/:id`, guard({ allow: ['app'], limit }), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const { tag, webhook_id: webhookId } = read.body
    const problem =
      unknownKey(read.body, ['tag', 'webhook_id']) ?? problemOfTag(tag) ?? problemOfWebhook(webhookId, world)
    if (problem !== undefined) return refuse(c, problem)
    const subscription = webhooks.findActivity(c.req.param('id'))
    if (subscription === undefined) return refuse(c, unknownSubscription())
    const changed = {
      ...subscription,
      ...(typeof tag === 'string' ? { tag } : {}),
      ...(typeof webhookId === 'string' ? { webhookId } : {}),
      updatedAt: world.now(),
    }
    webhooks.putActivity(changed)
    const total = webhooks.activities().length
    return answer(c, { data: { subscription: subscriptionObject(changed), total_subscriptions: total } })
  })

  api.delete(path, guard({ allow: ['app'], limit, query: ['ids'] }), (c) => {
    const ids = c.req.query('ids')?.split(',') ?? []
    if (ids.length === 0 || ids.length > 100 || !ids.every(isId)) {
      return refuse(c, invalid('The `ids` query parameter takes 1 to 100 ids of subscriptions', { ids }))
    }
    const [known, unknown] = [true, false].map((there) =>
      [...new Set(ids)].filter((id) => (webhooks.findActivity(id) !== undefined) === there),
    )
    for (const id of known ?? []) webhooks.removeActivity(id)
    const errors = (unknown ?? []).map((id) => ({
      subscription_id: id,
      reason: 'SubscriptionNotFound',
      message: 'The subscription id was not found.',
    }))
    return answer(c, {
      data: (known ?? []).map((id) => ({ subscription_id: id, deleted: true })),
      ...(errors.length === 0 ? {} : { errors }),
      ...meta(),
    })
  })

  api.delete(`${path}/:id`, guard({ allow: ['app'], limit }), (c) =>
    webhooks.removeActivity(c.req.param('id'))
      ? answer(c, { data: { deleted: true }, ...meta() })
      : refuse(c, unknownSubscription()),
  )
}

function problemOfSubscription(c: ApiContext, body: Parsed, world: World): Problem | undefined {
  const { event_type: eventType, filter, tag, webhook_id: webhookId } = body
  const shape =
    unknownKey(body, ['event_type', 'filter', 'tag', 'webhook_id']) ??
    (isObject(filter) ? unknownKey(filter, ['user_id', 'keyword', 'direction', 'qualifiers'], '$.filter') : undefined)
  if (shape !== undefined) return shape
  if (typeof eventType !== 'string' || ![...PUBLIC_EVENTS, ...PRIVATE_EVENTS].includes(eventType)) {
    return invalid('$.event_type: does not have a value in the enumeration')
  }
  if (!isObject(filter) || Object.keys(filter).length === 0) return invalid('$.filter: is missing but it is required')
  if (filter.user_id !== undefined && !isId(filter.user_id)) return invalid('$.filter.user_id: is not a user id')
  const problem = problemOfTag(tag) ?? problemOfWebhook(webhookId, world)
  if (problem !== undefined) return problem
  const caller = c.get('caller')
  const isTaken = caller.kind === 'user' && (caller.via === 'oauth2' || world.app.privateEvents === 'any-user')
  if (PRIVATE_EVENTS.includes(eventType) && !isTaken) {
    // As reported by those who met it; not in X's pages.
    return invalidBecause('OauthAccessTokenRequired', `${eventType} wants an OAuth 2.0 token of the account.`)
  }
  if (PRIVATE_EVENTS.includes(eventType) && (caller.kind !== 'user' || caller.userId !== filter.user_id)) {
    return forbidden(`${eventType} is a private event: subscribe as the account that the filter names.`)
  }
  const scope = SCOPES[eventType.split('.')[0] ?? '']
  const asPerson = caller.kind === 'user' && caller.via === 'oauth2' && PRIVATE_EVENTS.includes(eventType)
  if (asPerson && scope !== undefined && !caller.scopes.includes(scope)) return scopesMissing([scope])
  const same = (one: ActivitySubscription) =>
    one.eventType === eventType &&
    one.filter.user_id === filter.user_id &&
    one.filter.direction === filter.direction &&
    one.webhookId === webhookId
  return world.webhooks.activities().some(same)
    ? invalidBecause('DuplicateSubscriptionFailed', 'A subscription for this event and filter exists already.')
    : undefined
}

/** Stands for the page that begins with this subscription. X's tokens have 16 characters at least. */
const tokenOf = (id: string): string => id.padStart(19, '0')

const unknownSubscription = (): Problem => invalid('The subscription id was not found.')

function problemOfTag(tag: unknown): Problem | undefined {
  const right = tag === undefined || (typeof tag === 'string' && tag.length >= 1 && tag.length <= 200)
  return right ? undefined : invalid('$.tag: a string of 1 to 200 characters expected')
}

function problemOfWebhook(id: unknown, { webhooks }: World): Problem | undefined {
  return id === undefined || (isId(id) && webhooks.find(id) !== undefined) ? undefined : unknownWebhook()
}

function subscriptionOf(body: Parsed, world: World): ActivitySubscription {
  const { event_type, filter, tag, webhook_id } = body
  const { user_id, keyword, direction, qualifiers } = isObject(filter) ? filter : {}
  return {
    id: world.newId(),
    eventType: String(event_type),
    filter: {
      ...(typeof user_id === 'string' ? { user_id } : {}),
      ...(typeof keyword === 'string' ? { keyword } : {}),
      ...(typeof direction === 'string' ? { direction } : {}),
      // As third parties report of X's description 2.168: kept and shown, and nothing is filtered by it.
      ...(qualifiers === undefined ? {} : { qualifiers: qualifiers as Json }),
    },
    ...(typeof tag === 'string' ? { tag } : {}),
    ...(typeof webhook_id === 'string' ? { webhookId: webhook_id } : {}),
    createdAt: world.now(),
    updatedAt: world.now(),
  }
}

function subscriptionObject({
  id,
  eventType,
  filter,
  tag,
  webhookId,
  createdAt,
  updatedAt,
}: ActivitySubscription): JsonObject {
  return {
    subscription_id: id,
    event_type: eventType,
    filter,
    ...(tag === undefined ? {} : { tag }),
    ...(webhookId === undefined ? {} : { webhook_id: webhookId }),
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  }
}
