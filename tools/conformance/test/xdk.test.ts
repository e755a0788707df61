import { readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { crcResponse } from '@hexbird/core'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { describedTest } from '@hexbird/testkit/x-description'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Client, OAuth1 } from '@xdevplatform/xdk'

/*
 * X's own generated client, as it comes from npm, on the local X: it is told nothing but `baseUrl`. It speaks the words of
 * X's published description (`post.fields`), so its answers are held against that as they are.
 */

const TAKEN_FOR_AN_ID = 'the local X does not have it: it takes the last word for an id, and answers 400'

/** Calls that the local X does not answer with 404 and that are not made here, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'GET /2/activity/stream': 'it has no end; the tests of the stream read it',
  'GET /2/tweets/analytics': TAKEN_FOR_AN_ID,
  'GET /2/users/by': TAKEN_FOR_AN_ID,
  'GET /2/users/personalized_trends': TAKEN_FOR_AN_ID,
  'GET /2/users/public_keys': TAKEN_FOR_AN_ID,
  'GET /2/users/reposts_of_me': TAKEN_FOR_AN_ID,
  'GET /2/users/search': TAKEN_FOR_AN_ID,
}

/** In X's samples, and not in its description: docs.x.com/x-api/activity/quickstart. */
const NOT_DESCRIBED: Readonly<Record<string, readonly string[]>> = {
  'POST /2/activity/subscriptions': ['meta'],
  'GET /2/activity/subscriptions': ['meta'],
  'DELETE /2/activity/subscriptions/{subscription_id}': ['meta'],
}

type Closers = (() => Promise<unknown>)[]
const stack: Closers = []
afterEach(async () => {
  for (const close of stack.splice(0)) await close()
})

async function startX(): Promise<LocalX> {
  const x = await startLocalX({ follows: 'allowed' })
  stack.push(() => x.close())
  return x
}

/** A webhook that answers challenges, and takes whatever comes. */
async function startWebhook(secret: string): Promise<string> {
  const server = http.createServer((request, response) => {
    const token = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('crc_token')
    response.end(JSON.stringify(token === null ? {} : crcResponse(token, secret)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stack.push(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const USERS = {
  'OAuth 1.0a': ({ credentials }: LocalX) => {
    const { consumerKey: apiKey, consumerSecret: apiSecret, accessToken, accessSecret: accessTokenSecret } = credentials
    return { oauth1: new OAuth1({ apiKey, apiSecret, callback: 'oob', accessToken, accessTokenSecret }) }
  },
  'OAuth 2.0': (x: LocalX) => ({ accessToken: x.userToken(x.bot.username).accessToken }),
} as const

type User = keyof typeof USERS

const clientOf = (x: LocalX, user: User): Client =>
  new Client({ baseUrl: x.url, bearerToken: x.credentials.bearerToken, ...USERS[user](x) })

type Made = { readonly route: string; readonly status: number; readonly body: unknown }

/** Makes every call that both have, once; gives what was answered. */
async function makeEveryCall(x: LocalX, client: Client): Promise<readonly Made[]> {
  const url = await startWebhook(x.credentials.consumerSecret)
  const made: Made[] = []
  let last: { readonly status: number; readonly text: Promise<string> } | undefined
  const { httpClient } = client
  const request = httpClient.request.bind(httpClient)
  Object.defineProperty(client, 'httpClient', {
    value: {
      request: async (...args: Parameters<typeof request>) => {
        const answer = await request(...args)
        last = { status: answer.status, text: (answer as unknown as Response).clone().text() }
        return answer
      },
    },
  })

  async function call<T>(route: string, make: () => Promise<unknown>): Promise<T> {
    last = undefined
    try {
      await make()
    } catch (error) {
      const seen = await lastOf()
      throw new Error(`${route} failed: ${error instanceof Error ? error.message : ''} ${seen?.text ?? ''}`)
    }
    const seen = await lastOf()
    const body = JSON.parse(seen?.text ?? '')
    made.push({ route, status: seen?.status ?? 0, body })
    return body as T
  }

  const lastOf = async () => (last === undefined ? undefined : { status: last.status, text: await last.text })

  type Named = { readonly data: { readonly id: string } }
  type Page = { readonly data: readonly { readonly id: string }[]; readonly meta: { readonly next_token?: string } }
  type Subscribed = { readonly data: { readonly subscription: { readonly subscription_id: string } } }

  const all = {
    postFields: ['attachments', 'created_at', 'display_text_range', 'entities', 'public_metrics', 'reply_settings'],
    expansions: ['author_id', 'attachments.media_keys', 'referenced_posts', 'edit_history_post_ids'],
    userFields: ['created_at', 'description', 'protected', 'public_metrics', 'receives_your_dm', 'verified_type'],
    mediaFields: ['alt_text', 'height', 'type', 'url', 'width'],
  } satisfies Parameters<Client['users']['getMentions']>[1]
  const { userFields, postFields } = all

  const { media, posts, users, webhooks, accountActivity, activity, directMessages, usage } = client
  const own = await call<Named>('POST /2/tweets', () => posts.create({ text: 'I name animals.' }))
  const asked = await x.tweet({ as: 'alice', text: `@${x.bot.username} what is this?`, inReplyTo: own.data.id })
  await call('POST /2/tweets', () => posts.create({ text: 'A dog.', reply: { inReplyToTweetId: asked.id } }))
  await call('GET /2/tweets', () => posts.getByIds([asked.id, own.data.id], all))
  await call('GET /2/tweets/{id}', () => posts.getById(asked.id, all))
  await call('GET /2/users/me', () => users.getMe({ userFields }))
  await call('GET /2/users/{id}', () => users.getById(asked.author.id, { userFields, postFields }))
  await call('GET /2/users/by/username/{username}', () => users.getByUsername('alice', { userFields }))
  await call('POST /2/users/{id}/following', () => users.followUser(x.bot.id, { targetUserId: asked.author.id }))
  await call('GET /2/users/{id}/tweets', () => users.getPosts(x.bot.id, { ...all, exclude: ['replies'] }))
  for (let at = 0; at < 6; at++) await x.tweet({ as: 'bob', text: `@${x.bot.username} ${at}` })
  const since = { ...all, sinceId: asked.id, maxResults: 5 }
  const mentions = 'GET /2/users/{id}/mentions'
  const first = await call<Page>(mentions, () => users.getMentions(x.bot.id, since))
  const paginationToken = first.meta.next_token ?? ''
  const rest = await call<Page>(mentions, () => users.getMentions(x.bot.id, { ...since, paginationToken }))
  expect([first.data.length, rest.data.length, rest.meta.next_token]).toEqual([5, 1, undefined])
  await call('POST /2/dm_conversations/with/{participant_id}/messages', () =>
    directMessages.createByParticipantId(asked.author.id, { text: 'Hello' }),
  )
  await call('DELETE /2/tweets/{id}', () => posts.delete(own.data.id))
  const bytes = readFileSync(new URL('../../../packages/local-x/samples/dog.jpg', import.meta.url))
  const begun = await call<Named>('POST /2/media/upload/initialize', () =>
    media.initializeUpload({ mediaType: 'image/jpeg', mediaCategory: 'tweet_image', totalBytes: bytes.length }),
  )
  const mediaId = begun.data.id
  await call('POST /2/media/upload/{id}/append', () =>
    media.appendUpload(mediaId, { media: bytes.toString('base64'), segmentIndex: 0 }),
  )
  await call('POST /2/media/upload/{id}/finalize', () => media.finalizeUpload(mediaId))
  await call('GET /2/media/upload', () => media.getUploadStatus(mediaId, { command: 'STATUS' }))
  await call('POST /2/media/metadata', () =>
    media.createMetadata({ id: mediaId, metadata: { altText: { text: 'A dog.' } } }),
  )
  const shown = await call<Named>('POST /2/tweets', () =>
    posts.create({ text: 'Here is one.', media: { mediaIds: [mediaId] } }),
  )
  const { photos = [] } = x.tweets().find(({ id }) => id === shown.data.id) ?? {}
  expect(photos.map(({ altText, type }) => [altText, type])).toEqual([['A dog.', 'image/jpeg']])
  await call('GET /2/usage/tweets', () =>
    usage.get({
      days: 2,
      usageFields: ['daily_client_app_usage', 'daily_project_usage', 'project_cap', 'project_usage'],
    }),
  )

  const { id } = (await call<Named>('POST /2/webhooks', () => webhooks.create({ url }))).data
  await call('GET /2/webhooks', () => webhooks.get({ webhookConfigFields: ['created_at', 'id', 'url', 'valid'] }))
  await call('PUT /2/webhooks/{webhook_id}', () => webhooks.validate(id))
  const minute = new Date().toISOString().replace(/\D/g, '').slice(0, 12)
  const window = { webhookId: id, fromDate: minute, toDate: minute }
  await call('POST /2/webhooks/replay', () => webhooks.createWebhookReplayJob(window))

  const account = '/2/account_activity/webhooks/{webhook_id}/subscriptions'
  await call(`POST ${account}/all`, () => accountActivity.createSubscription(id, {}))
  await call(`GET ${account}/all`, () => accountActivity.validateSubscription(id))
  await call(`GET ${account}/all/list`, () => accountActivity.getSubscriptions(id))
  await call('GET /2/account_activity/subscriptions/count', () => accountActivity.getSubscriptionCount())
  await call(`DELETE ${account}/{user_id}/all`, () => accountActivity.deleteSubscription(id, x.bot.id))

  const path = '/2/activity/subscriptions'
  const subscribe = (eventType: 'post.mention.create' | 'like.create') =>
    call<Subscribed>(`POST ${path}`, () =>
      activity.createSubscription({ eventType, filter: { userId: x.bot.id }, tag: 'mine', webhookId: id }),
    )
  const one = (await subscribe('post.mention.create')).data.subscription.subscription_id
  const two = (await subscribe('like.create')).data.subscription.subscription_id
  const page = await call<Page>(`GET ${path}`, () => activity.getSubscriptions({ maxResults: 1 }))
  const more = { maxResults: 1, paginationToken: page.meta.next_token ?? '' }
  const second = await call<Page>(`GET ${path}`, () => activity.getSubscriptions(more))
  expect([page.data.length, second.data.length, second.meta.next_token]).toEqual([1, 1, undefined])
  await call(`PUT ${path}/{subscription_id}`, () => activity.updateSubscription(one, { tag: 'ours' }))
  await call(`DELETE ${path}/{subscription_id}`, () => activity.deleteSubscription(one))
  await call(`DELETE ${path}`, () => activity.deleteSubscriptionsByIds([two]))
  await call('DELETE /2/webhooks/{webhook_id}', () => webhooks.delete(id))
  return made
}

/** Every call that the client has, with `{}` in place of what its caller names: found by making them all, to nobody. */
async function routesOf(client: Client): Promise<ReadonlySet<string>> {
  const routes = new Set<string>()
  client.request = (method, path) => {
    routes.add(`${method} ${path.split('?')[0]?.replace(/%7B\d%7D/g, '{}')}`)
    return Promise.reject(new Error('Nobody is asked.'))
  }
  const marks = [['{0}'], ['{1}'], ['{2}'], ['{3}']]
  const parts = (Object.values(client) as unknown[]).filter(
    (part) => typeof part === 'object' && part !== null && 'client' in part,
  )
  for (const part of parts) {
    const methods = Object.getPrototypeOf(part) as object
    for (const name of Object.getOwnPropertyNames(methods)) {
      const method: unknown = Reflect.get(methods, name)
      if (name === 'constructor' || name.startsWith('_') || typeof method !== 'function') continue
      await (Reflect.apply(method, part, marks) as Promise<unknown>).catch(() => {})
    }
  }
  return routes
}

/** Whether the local X has the call: what it does not have it answers as X does. */
async function isServed(x: LocalX, route: string): Promise<boolean> {
  const [method = '', path = ''] = route.split(' ')
  const headers = { authorization: `Bearer ${x.credentials.bearerToken}` }
  const abort = new AbortController()
  const answer = await fetch(`${x.url}${path.replaceAll('{}', '1')}`, { method, headers, signal: abort.signal })
  if (answer.status !== 404) {
    abort.abort()
    return true
  }
  return ((await answer.json()) as { readonly title?: string }).title !== 'Not Found'
}

test('the calls that the list says are taken for an id are answered 400', async () => {
  const x = await startX()
  const headers = { authorization: `Bearer ${x.userToken(x.bot.username).accessToken}` }
  const taken = Object.entries(EXCEPTIONS).filter(([, reason]) => reason === TAKEN_FOR_AN_ID)
  const statuses = taken.map(
    async ([route]) => (await fetch(`${x.url}${route.replace('GET ', '')}`, { headers })).status,
  )
  expect(taken.length).toBeGreaterThan(0)
  expect(await Promise.all(statuses)).toEqual(taken.map(() => 400))
})

const nameless = (route: string) => route.replace(/\{\w+\}/g, '{}')

describe.each(Object.keys(USERS) as User[])('X’s own client, by `baseUrl` and with %s,', (user) => {
  test('makes every call that the local X has too, or the list says why not', async () => {
    const x = await startX()
    const made = new Set((await makeEveryCall(x, clientOf(x, user))).map(({ route }) => nameless(route)))
    const shared: string[] = []
    for (const route of await routesOf(clientOf(x, user))) if (await isServed(x, route)) shared.push(route)
    const excepted = new Set(Object.keys(EXCEPTIONS).map(nameless))
    expect(shared.filter((route) => !made.has(route) && !excepted.has(route))).toEqual([])
    expect([...excepted].filter((route) => made.has(route) || !shared.includes(route))).toEqual([])
    expect(made.size).toBeGreaterThanOrEqual(32)
  })

  describedTest('gets answers that are as X describes them', async ({ faultsOf }) => {
    const x = await startX()
    x.set({ postWordsOnly: true })
    const made = await makeEveryCall(x, clientOf(x, user))
    const faults = made.flatMap(({ route, status, body }) => {
      const known = NOT_DESCRIBED[route] ?? []
      const described = Object.entries(body as object).filter(([name]) => !known.includes(name))
      return faultsOf(route, status, Object.fromEntries(described))
    })
    expect(faults).toEqual([])
  })
})
