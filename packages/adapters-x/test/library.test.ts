import { createHmac } from 'node:crypto'
import { type LocalX, type LocalXOptions, startLocalX } from '@hexbird/local-x'
import { answer, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { ApiResponseError, TwitterApi, type TwitterApiTokens } from 'twitter-api-v2'
import { agentTo } from '../src/index.js'
import { approve } from './approve.js'
import { PHOTO } from './photo.js'

/*
 * The calls of twitter-api-v2 that bots make, as the library has them: nothing but the agent says that this is a local X.
 */

const CALLBACK = 'http://127.0.0.1:8080/callback'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function setUp(options: LocalXOptions = {}) {
  const x = await startLocalX({ people: [{ username: 'alice' }, { username: 'bob' }], ...options })
  const httpAgent = agentTo({ port: x.port })
  open.push(x, { close: () => httpAgent.destroy() })
  const {
    consumerKey: appKey,
    consumerSecret: appSecret,
    accessToken,
    accessSecret,
    clientId,
    clientSecret,
  } = x.credentials
  const client = (tokens: TwitterApiTokens) => new TwitterApi(tokens, { httpAgent })
  return {
    x,
    client,
    byBearer: new TwitterApi(x.credentials.bearerToken, { httpAgent }),
    byOAuth2: new TwitterApi({ clientId, clientSecret }, { httpAgent }),
    bot: client({ appKey, appSecret, accessToken, accessSecret }),
    consumer: client({ appKey, appSecret }),
    asToken: (token: string, secret: string) => client({ appKey, appSecret, accessToken: token, accessSecret: secret }),
  }
}

const refusal = async (call: Promise<unknown>): Promise<ApiResponseError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ApiResponseError) return error
  throw new Error('The call should have been refused by X.', { cause: error })
}

describe('as the bot', () => {
  test('reply answers who asked, and deleteTweet takes it back', async () => {
    const { x, bot } = await setUp()
    const asked = await x.tweet({ as: 'alice', text: '@hexbird what is this?' })
    const { data } = await bot.v2.reply('A dog.', asked.id)
    expect(x.repliesTo(asked.id).map(({ displayText }) => displayText)).toEqual(['A dog.'])
    expect(await bot.v2.deleteTweet(data.id)).toEqual({ data: { deleted: true } })
    expect(x.repliesTo(asked.id)).toEqual([])
  })

  test('reply and deleteTweet are refused with 403 and the reason', async () => {
    const { x, bot } = await setUp()
    const quiet = await x.tweet({ as: 'alice', text: 'nice weather' })
    const [replied, deleted] = [
      await refusal(bot.v2.reply('Is it?', quiet.id)),
      await refusal(bot.v2.deleteTweet(quiet.id)),
    ]
    expect([replied.code, replied.data.detail]).toEqual([403, expect.stringMatching(/^You can only reply to/)])
    expect([deleted.code, deleted.data.detail]).toEqual([403, 'You are not authorized to delete this Tweet.'])
  })

  test('follow is refused as for self-serve apps, and done where it is allowed', async () => {
    const selfServe = await setUp()
    const follow = selfServe.bot.v2.follow(selfServe.x.bot.id, selfServe.x.person('alice').id)
    expect((await refusal(follow)).code).toBe(403)
    const { x, bot } = await setUp({ follows: 'allowed' })
    const { data } = await bot.v2.follow(x.bot.id, x.person('alice').id)
    expect(data).toEqual({ following: true, pending_follow: false })
    expect(x.followersOf('alice').map(({ username }) => username)).toEqual(['hexbird'])
  })

  test('sendDmToParticipant sends, and is refused by who closed their messages', async () => {
    const { x, bot } = await setUp()
    const sent: unknown = await bot.v2.sendDmToParticipant(x.person('alice').id, { text: 'Hello' })
    // X wraps its answer in `data`, which the library's type does not know.
    const [{ id, conversationId, text } = { id: '', conversationId: '', text: '' }] = x.messages()
    expect(sent).toEqual({ data: { dm_event_id: id, dm_conversation_id: conversationId } })
    expect(text).toBe('Hello')
    x.changePerson('bob', { messages: 'closed' })
    const { code, data: problem } = await refusal(bot.v2.sendDmToParticipant(x.person('bob').id, { text: 'Hello' }))
    expect([code, problem.detail]).toEqual([403, 'You do not have permission to DM one or more participants.'])
  })

  test('me and userByUsername tell the fields that are asked for', async () => {
    const { x, bot } = await setUp()
    const me = await bot.v2.me({ 'user.fields': ['profile_image_url', 'protected', 'created_at'] })
    expect(me.data).toMatchObject({ id: x.bot.id, username: 'hexbird', protected: false })
    const alice = await bot.v2.userByUsername('alice', { 'user.fields': ['public_metrics'] })
    expect(alice.data).toMatchObject({ id: x.person('alice').id, public_metrics: { followers_count: 0 } })
  })

  test('singleTweet gives the photos of a tweet', async () => {
    const { x, bot } = await setUp()
    const photos = [{ bytes: PHOTO, altText: 'a dog' }]
    const { id } = await x.tweet({ as: 'alice', text: '@hexbird what?', photos })
    const found = await bot.v2.singleTweet(id, {
      expansions: ['attachments.media_keys', 'author_id'],
      'media.fields': ['url', 'type', 'alt_text', 'width', 'height'],
    })
    const [media] = found.includes?.media ?? []
    expect(media).toMatchObject({ type: 'photo', alt_text: 'a dog', url: expect.stringMatching(/^https:\/\/pbs/) })
    expect(found.data.attachments?.media_keys).toEqual([media?.media_key])
    expect(found.includes?.users?.[0]?.username).toBe('alice')
  })

  test('userMentionTimeline reads all mentions since one, page by page', async () => {
    const { x, bot } = await setUp()
    const ids: string[] = []
    for (let at = 0; at < 13; at++) ids.push((await x.tweet({ as: 'alice', text: `@hexbird ${at}` })).id)
    const found = await bot.v2.userMentionTimeline(x.bot.id, { since_id: ids[0] ?? '', max_results: 5 })
    const read: string[] = []
    for await (const { id } of found) read.push(id)
    expect(read).toEqual(ids.slice(1).reverse())
  })
})

describe('signing in', () => {
  test('by OAuth 1.0a: generateAuthLink, the page, login', async () => {
    const { x, consumer, asToken } = await setUp()
    const link = await consumer.generateAuthLink(CALLBACK, { authAccessType: 'write', linkMode: 'authorize' })
    expect([link.oauth_callback_confirmed, new URL(link.url).host]).toEqual(['true', 'api.x.com'])
    const back = await approve(x, link.url, 'alice')
    expect(back.get('oauth_token')).toBe(link.oauth_token)
    const request = asToken(link.oauth_token, link.oauth_token_secret)
    const { client, userId, screenName } = await request.login(back.get('oauth_verifier') ?? '')
    expect([userId, screenName]).toEqual([x.person('alice').id, 'alice'])
    expect((await client.v2.me()).data.username).toBe('alice')
    expect((await client.currentUserV2()).data.id).toBe(userId)
    await client.v1.post('oauth/invalidate_token.json')
    const gone = await refusal(client.v2.me())
    expect([gone.isAuthError, gone.hasErrorCode(89)]).toEqual([true, true])
  })

  test('by OAuth 1.0a is refused for a callback that is not on the list', async () => {
    const { consumer } = await setUp()
    const refused = await refusal(consumer.generateAuthLink('http://127.0.0.1:8080/other'))
    expect([refused.code, refused.hasErrorCode(415)]).toEqual([403, true])
  })

  test('by OAuth 2.0: generateOAuth2AuthLink, the page, loginWithOAuth2, refreshOAuth2Token, revokeOAuth2Token', async () => {
    const { x, byOAuth2: app } = await setUp()
    const scope = ['tweet.read', 'users.read', 'offline.access']
    const { url, state, codeVerifier } = app.generateOAuth2AuthLink(CALLBACK, { scope })
    const back = await approve(x, url, 'bob')
    expect(back.get('state')).toBe(state)
    const login = await app.loginWithOAuth2({ code: back.get('code') ?? '', codeVerifier, redirectUri: CALLBACK })
    expect([login.expiresIn, login.scope]).toEqual([7200, scope])
    expect((await login.client.v2.me()).data.username).toBe('bob')
    expect((await refusal(login.client.v2.tweet('hi'))).code).toBe(403)
    const refreshed = await app.refreshOAuth2Token(login.refreshToken ?? '')
    expect((await refreshed.client.v2.me()).data.username).toBe('bob')
    await app.revokeOAuth2Token(refreshed.accessToken)
    expect((await refusal(refreshed.client.v2.me())).isAuthError).toBe(true)
  })

  test('as the app alone: appLogin', async () => {
    const { x, consumer, client } = await setUp()
    const app = await consumer.appLogin()
    expect((await app.v2.userByUsername('alice')).data.id).toBe(x.person('alice').id)
    const wrong = client({ appKey: x.credentials.consumerKey, appSecret: 'wrong' })
    const refused = await refusal(wrong.appLogin())
    expect([refused.code, refused.hasErrorCode(99)]).toEqual([403, true])
  })
})

test('webhooks and subscriptions, for which the library has no methods, by its generic calls', async () => {
  const { x, bot, byBearer: app } = await setUp()
  const webhook = await app.v2.post('webhooks', { url: await webhookOf(x) })
  const params = { id: webhook.data.id }
  expect(await app.v2.put('webhooks/:id', {}, { params })).toEqual({ data: { valid: true } })
  expect((await app.v2.get('webhooks')).meta).toEqual({ result_count: 1 })
  const all = 'account_activity/webhooks/:id/subscriptions/all'
  expect(await bot.v2.post(all, {}, { params })).toEqual({ data: { subscribed: true } })
  expect(await bot.v2.get(all, {}, { params })).toEqual({ data: { subscribed: true } })
  expect((await app.v2.get(`${all}/list`, {}, { params })).data.subscriptions).toEqual([{ user_id: x.bot.id }])
  expect((await app.v2.get('account_activity/subscriptions/count')).data.subscriptions_count_all).toBe('1')
  const one = 'account_activity/webhooks/:id/subscriptions/:user/all'
  const removed = await app.v2.delete(one, {}, { params: { ...params, user: x.bot.id } })
  expect(removed).toEqual({ data: { subscribed: false } })

  const wanted = { event_type: 'post.mention.create', filter: { user_id: x.bot.id }, webhook_id: webhook.data.id }
  const { subscription } = (await bot.v2.post('activity/subscriptions', wanted)).data
  const which = { params: { id: subscription.subscription_id } }
  const changed = await app.v2.put('activity/subscriptions/:id', { tag: 'mine' }, which)
  expect(changed.data.subscription.tag).toBe('mine')
  expect((await app.v2.get('activity/subscriptions')).data).toEqual([changed.data.subscription])
  const minute = new Date().toISOString().replace(/\D/g, '').slice(0, 12)
  const job = { webhook_id: webhook.data.id, from_date: minute, to_date: minute }
  expect((await app.v2.post('webhooks/replay', job)).data.job_id).toEqual(expect.any(String))
  await x.idle()
  const gone = await app.v2.delete('activity/subscriptions', { ids: subscription.subscription_id })
  expect(gone.data).toEqual([{ subscription_id: subscription.subscription_id, deleted: true }])
  expect(await app.v2.delete('webhooks/:id', {}, { params })).toEqual({ data: { deleted: true } })
})

/** A webhook that passes the challenge. */
async function webhookOf({ credentials }: LocalX): Promise<string> {
  const server = await startScripted((response, request) => {
    const token = new URL(request.url, 'http://127.0.0.1').searchParams.get('crc_token') ?? ''
    const hash = createHmac('sha256', credentials.consumerSecret).update(token).digest('base64')
    answer(200, { response_token: `sha256=${hash}` })(response, request)
  })
  open.push(server)
  return `http://127.0.0.1:${server.port}/webhook`
}
