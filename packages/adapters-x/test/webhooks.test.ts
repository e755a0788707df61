import { inspect } from 'node:util'
import { answer, cut, type Script, silence, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, XError, XWebhooks, type XWebhooksOptions } from '../src/index.js'

const BOT = '1604089349832232960'
const userCredentials = {
  consumerKey: 'consumer-key-7h3',
  consumerSecret: 'consumer-secret-8f2',
  accessToken: `${BOT}-accesstoken`,
  accessSecret: 'access-secret-9d1',
}
const bearerToken = 'AAAAbearertoken9'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(scripts: Script | readonly Script[], options: Partial<XWebhooksOptions> = { userCredentials }) {
  const server = await startScripted(...[scripts].flat())
  const agent = agentTo({ port: server.port })
  open.push(server, { close: () => agent.destroy() })
  const webhooks = new XWebhooks({ bearerToken, agent, timeoutMs: 500, ...options })
  const asked = () =>
    server.requests.map(({ method, url, headers, body }) => [
      method,
      url,
      headers.authorization?.split(' ')[0],
      ...(body ? [JSON.parse(body)] : []),
    ])
  const authorizations = () => server.requests.map(({ headers }) => headers.authorization)
  return { webhooks, asked, authorizations }
}

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )

const invalid = (message: string) =>
  answer(
    400,
    {
      errors: [{ parameters: {}, message }],
      title: 'Invalid Request',
      detail: 'One or more parameters to your request was invalid.',
      type: 'https://api.twitter.com/2/problems/invalid-request',
    },
    { 'content-type': 'application/problem+json' },
  )

const hook = {
  id: '1234567890',
  url: 'https://yourdomain.com/webhooks/twitter',
  valid: true,
  created_at: '2025-01-15T12:00:00.000Z',
}
const { created_at: createdAt, ...rest } = hook
const webhook = { ...rest, createdAt }

describe('a webhook', () => {
  test('is registered with the Bearer token', async () => {
    const { webhooks, asked } = await start(answer(200, { data: hook }))
    expect(await webhooks.register(hook.url)).toEqual({ kind: 'registered', webhook })
    expect(asked()).toEqual([['POST', '/2/webhooks', 'Bearer', { url: hook.url }]])
  })

  test.each(['CrcValidationFailed', 'UrlValidationFailed', 'DuplicateUrlFailed', 'WebhookLimitExceeded'])(
    'that X refuses by %s is refused by it',
    async (reason) => {
      const detail = `One or more parameters to your request was invalid. ${reason}: why.`
      const { webhooks } = await start(invalid(`${reason}: why.`))
      expect(await webhooks.register(hook.url)).toEqual({ kind: 'refused', reason, detail })
      const titled = await start(answer(400, { errors: [{ title: reason }] }))
      expect(await titled.webhooks.register(hook.url)).toMatchObject({ kind: 'refused', reason })
    },
  )

  test('that X refuses without a word for it is refused all the same', async () => {
    expect(await (await start(answer(403, { title: 'Forbidden', detail: 'No.' }))).webhooks.register(hook.url)).toEqual(
      { kind: 'refused', reason: 'NotPermitted', detail: 'No.' },
    )
    expect(await (await start(answer(404, { title: 'Not Found' }))).webhooks.remove('1')).toMatchObject({
      reason: 'NotFound',
    })
    expect(await (await start(invalid('what?'))).webhooks.register('x')).toMatchObject({ reason: 'Other' })
  })

  test('is listed with the others; there may be none', async () => {
    const { webhooks, asked } = await start([
      answer(200, { data: [hook], meta: { result_count: 1 } }),
      answer(200, { data: [], meta: { result_count: 0 } }),
      answer(200, { meta: { result_count: 0 } }),
    ])
    expect([await webhooks.list(), await webhooks.list(), await webhooks.list()]).toEqual([[webhook], [], []])
    expect(asked()[0]).toEqual(['GET', '/2/webhooks', 'Bearer'])
  })

  test('is removed', async () => {
    const { webhooks, asked } = await start([
      answer(200, { data: { deleted: true } }),
      invalid('WebhookIdInvalid: unknown'),
    ])
    expect(await webhooks.remove(hook.id)).toEqual({ kind: 'removed' })
    expect(await webhooks.remove(hook.id)).toMatchObject({ kind: 'refused', reason: 'WebhookIdInvalid' })
    expect(asked()[0]).toEqual(['DELETE', '/2/webhooks/1234567890', 'Bearer'])
  })

  test('is valid again where the list says so, whatever the answer says', async () => {
    const put = answer(200, { data: { valid: true } })
    const listed = (valid: boolean) => answer(200, { data: [{ ...hook, valid }], meta: { result_count: 1 } })
    const { webhooks, asked } = await start([put, listed(true), put, listed(false), put, answer(200, { data: [] })])
    expect(await webhooks.revalidate(hook.id)).toEqual({ kind: 'valid', webhook })
    expect(await webhooks.revalidate(hook.id)).toEqual({ kind: 'invalid', webhook: { ...webhook, valid: false } })
    expect(await webhooks.revalidate(hook.id)).toMatchObject({ kind: 'refused', reason: 'WebhookIdInvalid' })
    expect(asked()[0]).toEqual(['PUT', '/2/webhooks/1234567890', 'Bearer', {}])
  })
})

describe('a subscription to account activity', () => {
  const subscription = { dialect: 'account-activity', webhookId: hook.id, userId: BOT } as const
  const path = '/2/account_activity/webhooks/1234567890/subscriptions'

  test('is made as the account, and ended with the Bearer token', async () => {
    const { webhooks, asked } = await start([
      answer(200, { data: { subscribed: true } }),
      answer(200, { data: { subscribed: false } }),
    ])
    expect(await webhooks.subscribe({ dialect: 'account-activity', webhookId: hook.id, botId: BOT })).toEqual([
      { kind: 'subscribed', subscription },
    ])
    expect(await webhooks.unsubscribe(subscription)).toEqual({ kind: 'unsubscribed' })
    expect(asked()).toEqual([
      ['POST', `${path}/all`, 'OAuth', {}],
      ['DELETE', `${path}/${BOT}/all`, 'Bearer'],
    ])
  })

  test.each(['DuplicateSubscriptionFailed', 'SubscriptionLimitExceeded', 'WebhookIdInvalid'])(
    'that X refuses by %s is refused by it',
    async (reason) => {
      const { webhooks } = await start(invalid(`${reason}: why`))
      expect(await webhooks.subscribe({ dialect: 'account-activity', webhookId: hook.id, botId: BOT })).toMatchObject([
        { kind: 'refused', reason },
      ])
    },
  )

  test("that exists already is known by v1.1's code too", async () => {
    const { webhooks } = await start(answer(409, { errors: [{ code: 355, message: 'Subscription already exists.' }] }))
    expect(await webhooks.subscribe({ dialect: 'account-activity', webhookId: hook.id, botId: BOT })).toMatchObject([
      { reason: 'DuplicateSubscriptionFailed' },
    ])
  })

  test("is not made without the account's credentials", async () => {
    const { webhooks, asked } = await start(answer(200, {}), {})
    expect(await webhooks.subscribe({ dialect: 'account-activity', webhookId: hook.id, botId: BOT })).toMatchObject([
      { kind: 'refused', reason: 'NotPermitted' },
    ])
    expect(asked()).toEqual([])
  })

  test('is listed', async () => {
    const { webhooks, asked } = await start(
      answer(200, {
        data: { application_id: '1', webhook_id: hook.id, webhook_url: hook.url, subscriptions: [{ user_id: BOT }] },
      }),
    )
    expect(await webhooks.subscriptions({ dialect: 'account-activity', webhookId: hook.id })).toEqual([subscription])
    expect(asked()).toEqual([['GET', `${path}/all/list`, 'Bearer']])
  })
})

describe('a subscription to X activity', () => {
  const made = (eventType: string) => ({
    subscription_id: '1976325569252868096',
    event_type: eventType,
    filter: { user_id: BOT },
    webhook_id: hook.id,
    tag: 'mine',
  })
  const subscription = (eventType: string) =>
    ({
      dialect: 'x-activity',
      id: '1976325569252868096',
      eventType,
      userId: BOT,
      webhookId: hook.id,
      tag: 'mine',
    }) as const
  const request = { dialect: 'x-activity', webhookId: hook.id, botId: BOT } as const

  test('is made as the account, by default for mentions and quotes, each told by itself', async () => {
    const { webhooks, asked } = await start([
      answer(200, { data: made('post.mention.create') }),
      invalid('DuplicateSubscriptionFailed: exists'),
    ])
    expect(await webhooks.subscribe(request)).toMatchObject([
      { kind: 'subscribed', subscription: subscription('post.mention.create') },
      { kind: 'refused', reason: 'DuplicateSubscriptionFailed', eventType: 'post.quote.create' },
    ])
    expect(asked()).toEqual(
      ['post.mention.create', 'post.quote.create'].map((event_type) => [
        'POST',
        '/2/activity/subscriptions',
        'OAuth',
        { event_type, filter: { user_id: BOT }, webhook_id: hook.id },
      ]),
    )
  })

  test.each([
    ['an object', { data: made('post.create') }],
    ['a list', { data: [made('post.create')], meta: { total_subscriptions: 1 } }],
    ['wrapped', { data: { subscription: made('post.create'), total_subscriptions_for_instance_id: 1 } }],
  ])('is read from %s', async (_, body) => {
    const { webhooks } = await start(answer(200, body))
    expect(await webhooks.subscribe({ ...request, eventTypes: ['post.create'] })).toEqual([
      { kind: 'subscribed', subscription: subscription('post.create') },
    ])
  })

  test('that X does not make for these tokens is not permitted', async () => {
    const unsupported = {
      title: 'Unsupported Authentication',
      detail: 'OAuth 1.0a is forbidden.',
      type: 'https://api.x.com/2/problems/unsupported-authentication',
    }
    for (const script of [
      answer(401, { title: 'Unauthorized' }),
      answer(403, unsupported),
      answer(403, { title: 'Forbidden' }),
      answer(400, { title: 'Invalid Request', errors: [{ message: 'OauthAccessTokenRequired: use OAuth 2.0' }] }),
      answer(400, { title: 'OauthAccessTokenRequired' }),
      answer(400, { type: 'https://api.x.com/2/problems/OauthAccessTokenRequired' }),
    ]) {
      const { webhooks } = await start(script)
      expect(await webhooks.subscribe({ ...request, eventTypes: ['post.mention.create'] })).toMatchObject([
        { kind: 'refused', reason: 'NotPermitted', eventType: 'post.mention.create' },
      ])
    }
  })

  test('is listed over all pages, in either shape', async () => {
    const { webhooks, asked } = await start([
      answer(200, { data: [made('post.mention.create')], meta: { total_subscriptions: 2, next_token: 'more' } }),
      answer(200, { data: [{ subscription: made('post.quote.create') }], meta: { total_subscriptions: 2 } }),
      answer(200, { meta: { total_subscriptions: 0 } }),
    ])
    expect(await webhooks.subscriptions({ dialect: 'x-activity' })).toEqual([
      subscription('post.mention.create'),
      subscription('post.quote.create'),
    ])
    expect(await webhooks.subscriptions({ dialect: 'x-activity' })).toEqual([])
    expect(asked().slice(0, 2)).toEqual([
      ['GET', '/2/activity/subscriptions', 'Bearer'],
      ['GET', '/2/activity/subscriptions?pagination_token=more', 'Bearer'],
    ])
  })

  test('is ended', async () => {
    const { webhooks, asked } = await start(answer(200, { data: { deleted: true }, meta: { total_subscriptions: 0 } }))
    expect(await webhooks.unsubscribe(subscription('post.create'))).toEqual({ kind: 'unsubscribed' })
    expect(asked()).toEqual([['DELETE', '/2/activity/subscriptions/1976325569252868096', 'Bearer']])
  })
})

describe('a replay', () => {
  const window = {
    webhookId: hook.id,
    from: Date.parse('2026-11-23T09:05:59Z'),
    to: Date.parse('2026-11-23T10:00:00Z'),
  }

  test('is asked for by minutes in UTC, and is a job', async () => {
    const { webhooks, asked } = await start(answer(200, { data: { created_at: 'now', job_id: '77' } }))
    expect(await webhooks.replay(window)).toEqual({ kind: 'started', jobId: '77' })
    const body = { webhook_id: hook.id, from_date: '202611230905', to_date: '202611231000' }
    expect(asked()).toEqual([['POST', '/2/webhooks/replay', 'Bearer', body]])
  })

  test('while another runs is refused', async () => {
    const { webhooks } = await start(invalid('ReplayConflictError: A replay job is already in progress.'))
    expect(await webhooks.replay(window)).toMatchObject({ kind: 'refused', reason: 'ReplayConflictError' })
  })
})

test('an OAuth 2.0 token of the bot goes before its OAuth 1.0a credentials', async () => {
  const subscribed = answer(200, { data: { subscription_id: '1', event_type: 'post.create' } })
  const { webhooks, authorizations } = await start(subscribed, { userCredentials, userToken: 'usertoken' })
  const request = { dialect: 'x-activity', webhookId: hook.id, botId: BOT, eventTypes: ['post.create'] } as const
  expect(await webhooks.subscribe(request)).toMatchObject([{ kind: 'subscribed' }])
  expect(authorizations()).toEqual(['Bearer usertoken'])
})

describe('a broken world', () => {
  test.each([
    ['a wrong Bearer token', answer(401, { title: 'Unauthorized' }), 'X_UNAUTHORIZED'],
    ['a spent limit', answer(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }), 'X_RATE_LIMITED'],
    ['no credits', answer(402), 'X_NO_CREDITS'],
    ['an outage', answer(503), 'X_UNREACHABLE'],
    ['a cut', cut, 'X_UNREACHABLE'],
    ['no answer', silence, 'X_UNREACHABLE'],
    [
      'a suspended app',
      answer(403, { errors: [{ code: 416, message: 'Invalid / suspended application' }] }),
      'X_ACCOUNT_LOCKED',
    ],
    ['a page', answer(200, '<html>'), 'X_ANSWER_UNREADABLE'],
    ['an empty object', answer(200, {}), 'X_ANSWER_UNREADABLE'],
    ['something else', answer(200, { data: { id: 5, deleted: 'yes', subscribed: 'yes' } }), 'X_ANSWER_UNREADABLE'],
  ] as const)('%s is thrown by every method', async (_, script, code) => {
    const { webhooks } = await start(script)
    const calls = [
      webhooks.register(hook.url),
      webhooks.list(),
      webhooks.remove('1'),
      webhooks.replay({ webhookId: '1', from: 0, to: 60_000 }),
      webhooks.subscriptions({ dialect: 'x-activity' }),
      webhooks.subscriptions({ dialect: 'account-activity', webhookId: '1' }),
      webhooks.unsubscribe({ dialect: 'x-activity', id: '1', eventType: 'post.create' }),
      ...(code === 'X_UNAUTHORIZED'
        ? []
        : [
            webhooks.subscribe({ dialect: 'x-activity', webhookId: '1', botId: BOT }),
            webhooks.subscribe({ dialect: 'account-activity', webhookId: '1', botId: BOT }),
          ]),
    ]
    for (const error of await Promise.all(calls.map(thrownBy))) {
      expect(error).toBeInstanceOf(XError)
      expect(error).toMatchObject({ code })
      expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/bearertoken|-secret-|accesstoken/)
    }
  })

  test('what is no id gets into no path', async () => {
    const { webhooks, asked } = await start(answer(200, { data: { deleted: true } }))
    for (const id of ['', '../tweets', '1/replay', '1?x', 'abc']) {
      expect(await thrownBy(webhooks.remove(id))).toMatchObject({ code: 'X_REQUEST_REFUSED' })
      expect(await thrownBy(webhooks.revalidate(id))).toMatchObject({ code: 'X_REQUEST_REFUSED' })
      expect(
        await thrownBy(webhooks.unsubscribe({ dialect: 'account-activity', webhookId: '1', userId: id })),
      ).toMatchObject({ code: 'X_REQUEST_REFUSED' })
    }
    expect(asked()).toEqual([])
  })

  test('a Bearer token that can be none is told at once', () => {
    for (const wrong of ['', 'a b', 'a\r\nX: y']) {
      expect(() => new XWebhooks({ bearerToken: wrong })).toThrow(XError)
      expect(() => new XWebhooks({ bearerToken, userToken: wrong })).toThrow(XError)
    }
  })
})
