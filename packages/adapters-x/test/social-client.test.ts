import { inspect } from 'node:util'
import { freePort } from '@hexbird/testkit/free-port'
import { runs } from '@hexbird/testkit/runs'
import {
  answer,
  cut,
  cutWithin,
  patienceWith,
  type Script,
  silence,
  startScripted,
  trickle,
} from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { agentTo, XError, XSocialClient, type XSocialClientOptions } from '../src/index.js'

const BOT = '1604089349832232960'
const TWEET = '1790000000000000001'
const credentials = {
  consumerKey: 'consumer-key-7h3',
  consumerSecret: 'consumer-secret-8f2',
  accessToken: `${BOT}-accesstoken`,
  accessSecret: 'access-secret-9d1',
}

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function clientTo(port: number, options: Partial<XSocialClientOptions> = {}): XSocialClient {
  const agent = agentTo({ port })
  open.push({ close: () => agent.destroy() })
  return new XSocialClient({ credentials, agent, postTimeoutMs: 60_000, lookupTimeoutMs: 60_000, ...options })
}

async function start(scripts: Script | readonly Script[], options: Partial<XSocialClientOptions> = {}) {
  const server = await startScripted(...[scripts].flat())
  open.push(server)
  return { server, client: clientTo(server.port, options) }
}

const fails = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => error,
  )

describe('a reply', () => {
  test('is a post in reply to the tweet, signed as the bot', async () => {
    const { server, client } = await start(
      answer(201, { data: { id: '1790000000000000002', text: 'Hi', edit_history_tweet_ids: ['1790000000000000002'] } }),
    )
    expect(await client.reply(TWEET, 'Hi é 🐕')).toEqual({ kind: 'posted', id: '1790000000000000002' })
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'POST', url: '/2/tweets' })
    expect(JSON.parse(request?.body ?? '')).toEqual({ text: 'Hi é 🐕', reply: { in_reply_to_tweet_id: TWEET } })
    expect(request?.headers).toMatchObject({
      host: 'api.x.com',
      authorization: expect.stringMatching(/^OAuth .*oauth_signature="/),
    })
  })

  test.each([
    ['a refused connection', undefined, 'deferred'],
    ['a cut before the answer', cut, 'ambiguous'],
    ['a cut within the answer', cutWithin(201, '{"data":'), 'ambiguous'],
    ['no answer', silence, 'ambiguous'],
    ['an answer that trickles', trickle(201), 'ambiguous'],
    ['503', answer(503, 'Over capacity'), 'ambiguous'],
    ['201 without an id', answer(201, { data: {} }), 'ambiguous'],
    ['201 that cannot be read', answer(201, '<html>'), 'ambiguous'],
    ['403 that says nothing of the tweet', answer(403, { title: 'Forbidden', detail: 'No.' }), 'unexplained'],
    ['403 in the words of a proxy', answer(403, 'error code: 1020', { 'content-type': 'text/plain' }), 'unexplained'],
    ['403 that was cut', cutWithin(403, '{"title":'), 'deferred'],
    ['403 that trickles', trickle(403), 'deferred'],
  ] as const)('after %s is told as it is', async (_, script, kind) => {
    const port = script ? (await start(script)).server.port : await freePort()
    const result = await clientTo(port, { postTimeoutMs: patienceWith(script) }).reply(TWEET, 'Hi')
    expect(result.kind).toBe(kind)
  })

  test('that is limited says until when, by the clock given', async () => {
    const now = 1_790_000_000_000
    const headers = {
      'content-type': 'application/json',
      'x-rate-limit-limit': '100',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': '1790000600',
    }
    const { client } = await start(answer(429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }, headers), {
      now: () => now,
    })
    expect(await client.reply(TWEET, 'Hi')).toEqual({
      kind: 'deferred',
      reason: 'rate-limited',
      until: now + 600_000,
      detail: 'Rate limit exceeded',
    })
  })

  test("to what is no tweet's id is not sent", async () => {
    const { server, client } = await start(answer(201, {}))
    for (const id of ['', 'abc', '1/../2', '1?x=1', '12345678901234567890', '-1', ' 1']) {
      expect(await fails(client.reply(id, 'Hi'))).toMatchObject({
        name: 'XError',
        code: 'X_REQUEST_REFUSED',
      })
      expect(await fails(client.tweet(id))).toMatchObject({ code: 'X_REQUEST_REFUSED' })
      expect(await fails(client.findOwnReply(id))).toMatchObject({ code: 'X_REQUEST_REFUSED' })
    }
    expect(server.requests).toEqual([])
  })
})

describe('a look-up', () => {
  const found = {
    data: {
      id: TWEET,
      text: '@petbot what is this? https://t.co/a',
      author_id: '2244994945',
      created_at: '2026-09-21T14:13:20.000Z',
      edit_history_tweet_ids: [TWEET],
      attachments: { media_keys: ['3_1', '7_2'] },
      entities: { mentions: [{ start: 0, end: 7, id: BOT, username: 'petbot' }] },
    },
    includes: {
      media: [
        {
          media_key: '3_1',
          type: 'photo',
          url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg',
          alt_text: 'a dog',
          width: 1,
          height: 1,
        },
        { media_key: '7_2', type: 'video' },
      ],
    },
  }

  test('gives the tweet with its author, photos and mentions', async () => {
    const { server, client } = await start(answer(200, found))
    expect(await client.tweet(TWEET)).toMatchObject({
      kind: 'found',
      tweet: {
        id: TWEET,
        botId: BOT,
        author: { id: '2244994945' },
        photos: [{ url: 'https://pbs.twimg.com/media/HCqUSd9W0AAuC2j.jpg', altText: 'a dog' }],
        media: 'present',
        mentions: [{ id: BOT, username: 'petbot', explicit: true }],
      },
    })
    const url = new URL(server.requests[0]?.url ?? '', 'https://api.x.com')
    expect(url.pathname).toBe(`/2/tweets/${TWEET}`)
    // Each of the others brings accounts or posts, and X charges for those.
    expect(url.searchParams.get('expansions')).toBe('attachments.media_keys')
    expect(url.searchParams.get('media.fields')).toBe('url,type,alt_text')
  })

  test('of a tweet without media knows that there is none', async () => {
    const { attachments, ...data } = found.data
    expect(attachments).toBeDefined()
    const { client } = await start(answer(200, { data }))
    expect(await client.tweet(TWEET)).toMatchObject({ kind: 'found', tweet: { media: 'absent', photos: [] } })
  })

  test.each([
    [
      'deleted',
      answer(200, {
        errors: [
          {
            detail: `Could not find tweet with id: [${TWEET}].`,
            type: 'https://api.twitter.com/2/problems/resource-not-found',
          },
        ],
      }),
    ],
    [
      'protected',
      answer(200, {
        errors: [
          {
            detail: 'Sorry, you are not authorized to see the Tweet.',
            type: 'https://api.x.com/2/problems/not-authorized-for-resource',
          },
        ],
      }),
    ],
    [
      'not there',
      answer(404, { title: 'Not Found Error', detail: 'x', type: 'https://api.x.com/2/problems/resource-not-found' }),
    ],
  ] as const)('of a tweet that is %s says so', async (_, script) => {
    expect(await (await start(script)).client.tweet(TWEET)).toMatchObject({ kind: 'gone' })
  })

  test.each([
    ['a refused connection', undefined],
    ['a cut', cut],
    ['no answer', silence],
    ['an answer that trickles', trickle(200)],
    ['503', answer(503)],
    ['an answer that is cut after all that matters', cutWithin(200, '{"meta":{"result_count":0}}')],
  ] as const)('that meets %s is for later', async (_, script) => {
    const port = script ? (await start(script)).server.port : await freePort()
    const client = clientTo(port, { lookupTimeoutMs: patienceWith(script) })
    const later = { kind: 'deferred', reason: 'unreachable' }
    expect(await client.tweet(TWEET)).toMatchObject(later)
    expect(await client.findOwnReply(TWEET)).toMatchObject(later)
    expect(await fails(client.me())).toMatchObject({ code: 'X_UNREACHABLE' })
  })

  test.each([
    ['a page', answer(200, '<html>'), 'X_ANSWER_UNREADABLE'],
    ['neither data nor errors', answer(200, {}), 'X_ANSWER_UNREADABLE'],
    ['a tweet without an author', answer(200, { data: { id: TWEET, text: 'hi' } }), 'X_ANSWER_UNREADABLE'],
    [
      'no media, and a text that links to its own photo',
      answer(200, {
        data: {
          ...found.data,
          attachments: undefined,
          entities: { urls: [{ expanded_url: `https://x.com/ada/status/${TWEET}/photo/1` }] },
        },
      }),
      'X_ANSWER_UNREADABLE',
    ],
    ['attachments without the media', answer(200, { data: found.data }), 'X_ANSWER_UNREADABLE'],
    [
      'no word of whether it is an edit',
      answer(200, { data: { ...found.data, edit_history_tweet_ids: undefined }, includes: found.includes }),
      'X_ANSWER_UNREADABLE',
    ],
  ] as const)('that brings %s throws', async (_, script, code) => {
    const { client } = await start(script)
    const error = await fails(client.tweet(TWEET))
    expect(error).toBeInstanceOf(XError)
    expect(error).toMatchObject({ code })
  })
})

test.each([
  ['400', answer(400, { title: 'Invalid Request', detail: 'No.' }), 'unauthorized'],
  [
    '403 of an app without rights',
    answer(403, { title: 'Forbidden', detail: 'You are not permitted.' }),
    'unauthorized',
  ],
  ['403 without a body', answer(403), 'unauthorized'],
  ['404 without a reason', answer(404, { title: 'Not Found' }), 'unauthorized'],
  ['403 in the words of a proxy', answer(403, 'error code: 1020'), 'unreachable'],
] as const)(
  'a look-up that is refused with %s, which explains nothing, is for later and says neither gone nor absent',
  async (_, script, reason) => {
    const { client } = await start(script)
    expect(await client.tweet(TWEET)).toMatchObject({ kind: 'deferred', reason })
    expect(await client.findOwnReply(TWEET)).toMatchObject({ kind: 'deferred', reason })
  },
)

test('an account that is locked is told apart, whatever was asked', async () => {
  const { client } = await start(answer(403, { errors: [{ code: 326, message: 'locked' }] }))
  expect(await client.tweet(TWEET)).toMatchObject({ kind: 'locked', code: 326 })
  expect(await client.findOwnReply(TWEET)).toMatchObject({ kind: 'locked', code: 326 })
  expect(await fails(client.me())).toMatchObject({ code: 'X_ACCOUNT_LOCKED' })
})

describe("the bot's own tweets", () => {
  const timeline = (tweets: readonly object[], next?: string) =>
    answer(200, { data: tweets, meta: { result_count: tweets.length, ...(next && { next_token: next }) } })

  test('are asked for by page, since a time that is rounded down to the second', async () => {
    const { server, client } = await start(timeline([{ id: '5', in_reply_to_post_id: '4' }], 'more'))
    const from = Date.parse('2026-11-22T12:00:00.900Z')
    expect(await client.ownTweets({ from, most: 5, page: 'this' })).toEqual({
      kind: 'found',
      tweets: [{ id: '5', inReplyToId: '4' }],
      next: 'more',
    })
    const url = new URL(server.requests[0]?.url ?? '', 'https://api.x.com')
    expect(url.pathname).toBe(`/2/users/${BOT}/tweets`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      start_time: '2026-11-22T12:00:00Z',
      max_results: '5',
      pagination_token: 'this',
      'tweet.fields': 'conversation_id,referenced_tweets,in_reply_to_user_id',
    })
  })

  test('are not taken for anything where one does not say what it replies to', async () => {
    const { client } = await start(
      timeline([
        { id: '5', in_reply_to_post_id: '4' },
        { id: '3', text: 'x' },
      ]),
    )
    expect(await fails(client.ownTweets({ from: 0, most: 5 }))).toMatchObject({ code: 'X_ANSWER_UNREADABLE' })
  })

  test('of an account that X does not know are looked for later', async () => {
    const { client } = await start(
      answer(200, { errors: [{ type: 'https://api.x.com/2/problems/resource-not-found' }] }),
    )
    expect(await client.ownTweets({ from: 0, most: 5 })).toMatchObject({ kind: 'deferred', reason: 'unauthorized' })
  })
})

describe("the bot's own reply", () => {
  const replyTo = (id: string, to: string) => ({
    id,
    text: 'Hi',
    edit_history_tweet_ids: [id],
    referenced_tweets: [{ type: 'replied_to', id: to }],
  })
  const page = (tweets: readonly object[], next?: string) =>
    answer(200, { data: tweets, meta: { result_count: tweets.length, ...(next && { next_token: next }) } })

  test("is found in the bot's timeline since the tweet", async () => {
    const { server, client } = await start(page([{ id: '5', text: 'x' }, replyTo('4', TWEET)]))
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'found', id: '4' })
    const url = new URL(server.requests[0]?.url ?? '', 'https://api.x.com')
    expect(url.pathname).toBe(`/2/users/${BOT}/tweets`)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ since_id: TWEET, max_results: '100' })
    expect(url.searchParams.get('tweet.fields')).toContain('referenced_tweets')
  })

  test("is found in X's newer words", async () => {
    const { client } = await start(
      page([{ id: '4', text: 'x', referenced_posts: [{ type: 'replied_to', id: TWEET }] }]),
    )
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'found', id: '4' })
  })

  test('is not a reply to another tweet, nor a quote of this one', async () => {
    const quote = { id: '5', text: 'x', referenced_tweets: [{ type: 'quoted', id: TWEET }] }
    const { client } = await start(page([replyTo('4', '1790000000000000009'), quote]))
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'absent' })
  })

  test('is absent where X lists nothing', async () => {
    const { client } = await start(answer(200, { meta: { result_count: 0 } }))
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'absent' })
  })

  test('is found beside tweets that do not say what they reply to', async () => {
    const { client } = await start([page([{ id: '9', text: 'x' }], 'more'), page([replyTo('4', TWEET)])])
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'found', id: '4' })
  })

  test('is absent where a tweet names another, or begins its conversation', async () => {
    const first = { id: '9', text: 'x', conversation_id: '9' }
    const { server, client } = await start(page([first, { id: '8', in_reply_to_post_id: '7' }, replyTo('6', '5')]))
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'absent' })
    expect(new URL(server.requests[0]?.url ?? '', 'https://api.x.com').searchParams.get('tweet.fields')).toContain(
      'conversation_id',
    )
  })

  test('is looked for later where X does not know the account', async () => {
    const { client } = await start(
      answer(200, { errors: [{ type: 'https://api.x.com/2/problems/resource-not-found' }] }),
    )
    expect(await client.findOwnReply(TWEET)).toMatchObject({ kind: 'deferred', reason: 'unauthorized' })
  })

  test('is found on a later page', async () => {
    const { server, client } = await start([page([replyTo('9', '1')], 'more+/='), page([replyTo('4', TWEET)])])
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'found', id: '4' })
    expect(new URL(server.requests[1]?.url ?? '', 'https://api.x.com').searchParams.get('pagination_token')).toBe(
      'more+/=',
    )
  })

  test('is never called absent before all pages were seen', async () => {
    const { server, client } = await start(page([replyTo('9', '1')], 'more'))
    expect(await fails(client.findOwnReply(TWEET))).toMatchObject({
      name: 'XError',
      code: 'X_TIMELINE_TOO_LONG',
    })
    expect(server.requests).toHaveLength(10)
  })

  test('is never called absent after an outage on a later page', async () => {
    const { client } = await start([page([replyTo('9', '1')], 'more'), answer(503)])
    expect(await client.findOwnReply(TWEET)).toMatchObject({ kind: 'deferred', reason: 'unreachable' })
  })

  test('ends with the limit on a later page too', async () => {
    const { client } = await start([page([replyTo('9', '1')], 'more'), silence], { lookupTimeoutMs: 1000 })
    expect(await client.findOwnReply(TWEET)).toMatchObject({ kind: 'deferred' })
  })

  test.each([
    ['a page', answer(200, '<html>')],
    ['an empty object', answer(200, {})],
    ['a list without a count', answer(200, { data: [] })],
    ['an entry that is no tweet', page([{ text: 'x' }])],
    ['a count without the list', answer(200, { meta: { result_count: 3 } })],
    ['a reply that does not say to what', page([{ id: '4', text: 'x', conversation_id: TWEET }])],
    ['tweets with nothing but a text', page([{ id: '4', text: 'x' }])],
    ['a person replied to, and no tweet', page([{ id: '4', conversation_id: '4', in_reply_to_user_id: '5' }])],
    ['references that are no list', page([{ id: '4', referenced_tweets: {}, conversation_id: '4' }])],
    ['a reference without an id', page([{ id: '4', referenced_tweets: [{ type: 'replied_to' }] }])],
    ['a reference without a type', page([{ id: '4', referenced_posts: [{ id: TWEET }] }])],
  ] as const)('is never called absent because of %s', async (_, script) => {
    const { client } = await start(script)
    expect(await fails(client.findOwnReply(TWEET))).toBeInstanceOf(XError)
  })
})

describe('the account', () => {
  const me = answer(200, { data: { id: BOT, name: 'Pet bot', username: 'petbot' } })
  const opaque = { ...credentials, accessToken: 'opaque-token' }

  test('is asked of X once', async () => {
    const { server, client } = await start(me)
    expect(await Promise.all([client.me(), client.me()])).toEqual([1, 2].map(() => ({ id: BOT, username: 'petbot' })))
    await client.me()
    expect(server.requests.map(({ url }) => url)).toEqual(['/2/users/me'])
  })

  test('is asked of X again after an outage', async () => {
    const { client } = await start([answer(503), answer(401), me])
    expect(await fails(client.me())).toMatchObject({ code: 'X_UNREACHABLE' })
    expect(await fails(client.me())).toMatchObject({ code: 'X_UNAUTHORIZED' })
    expect(await client.me()).toEqual({ id: BOT, username: 'petbot' })
  })

  test('is not asked of X where the options or the access token name it', async () => {
    const empty = answer(200, { meta: { result_count: 0 } })
    const named = await start(empty, { botId: '77' })
    await named.client.findOwnReply(TWEET)
    expect(named.server.requests.map(({ url }) => url.split('?')[0])).toEqual(['/2/users/77/tweets'])
    const prefixed = await start(empty)
    await prefixed.client.findOwnReply(TWEET)
    expect(prefixed.server.requests.map(({ url }) => url.split('?')[0])).toEqual([`/2/users/${BOT}/tweets`])
  })

  test('is asked of X where nothing names it, and its outage is the outage of what needs it', async () => {
    const { server, client } = await start([answer(503), answer(503), me, answer(200, { meta: { result_count: 0 } })], {
      credentials: opaque,
    })
    expect(await client.findOwnReply(TWEET)).toMatchObject({ kind: 'deferred' })
    expect(await client.tweet(TWEET)).toMatchObject({ kind: 'deferred' })
    expect(await client.findOwnReply(TWEET)).toEqual({ kind: 'absent' })
    expect(server.requests.at(-1)?.url).toMatch(`/2/users/${BOT}/tweets?`)
  })

  test('that X does not name is not guessed', async () => {
    for (const body of [{}, { data: {} }, { data: { id: 5, username: 'x' } }, { data: { id: '5' } }]) {
      const { client } = await start(answer(200, body))
      expect(await fails(client.me())).toMatchObject({ code: 'X_ANSWER_UNREADABLE' })
    }
  })

  test('needs all four credentials', () => {
    for (const name of Object.keys(credentials)) {
      expect(() => new XSocialClient({ credentials: { ...credentials, [name]: '' } })).toThrow(name)
    }
  })
})

describe('known faults of the originals', () => {
  test('the reply without a photo goes to the tweet, never to a storage key', async () => {
    const { server, client } = await start(answer(201, { data: { id: '2' } }))
    expect(await fails(client.reply('photos/2244994945/1790000000000000001/0', 'Hi'))).toBeInstanceOf(XError)
    expect(server.requests).toEqual([])
  })

  test('ids keep their last digits', async () => {
    const { server, client } = await start([
      answer(201, '{"data":{"id":"9007199254740993"}}'),
      answer(200, '{"data":{"id":"9007199254740995","username":"petbot"}}'),
    ])
    expect(await client.reply('9007199254740997', 'Hi')).toEqual({ kind: 'posted', id: '9007199254740993' })
    expect(server.requests[0]?.body).toContain('"9007199254740997"')
    expect(await client.me()).toMatchObject({ id: '9007199254740995' })
  })
})

describe('whatever comes', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '{"data":{"id":"1790"}}',
      '{"data":',
      '<html>',
      'null',
      '[]',
      '{"errors":[null,1,{"code":64}]}',
      '{"errors":{}}',
    ),
  )
  const body = fc.oneof(
    piece,
    fc.json(),
    fc
      .record({ data: fc.jsonValue(), errors: fc.jsonValue(), meta: fc.jsonValue() }, { requiredKeys: [] })
      .map((one) => JSON.stringify(one)),
  )
  const type = fc.constantFrom('application/json', 'application/problem+json', 'text/html', 'text/plain', '')
  const encoding = fc.constantFrom<Readonly<Record<string, string>>>(
    {},
    {},
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'br' },
  )
  const limits = fc.dictionary(
    fc.constantFrom('x-rate-limit-limit', 'x-rate-limit-remaining', 'x-rate-limit-reset'),
    fc.constantFrom('0', '1', 'x', '99999999999'),
  )
  const script = fc
    .record({ status: fc.integer({ min: 200, max: 599 }), body, type, encoding, limits, cutShort: fc.boolean() })
    .map(({ status, body, type, encoding, limits, cutShort }) => {
      const headers = { ...limits, ...encoding, ...(type && { 'content-type': type }) }
      return {
        status,
        body,
        script: cutShort
          ? cutWithin(status, Buffer.from(body).toString('latin1'), headers)
          : answer(status, body, headers),
      }
    })

  test('nothing but a XError is thrown, nothing is posted without an id, nothing leaks', async () => {
    let current: Script = cut
    const { client } = await start((response, request) => current(response, request), {
      postTimeoutMs: 1000,
      lookupTimeoutMs: 1000,
    })
    const secrets = Object.values(credentials)
    await fc.assert(
      fc.asyncProperty(script, async (one) => {
        current = one.script
        const results = [
          await outcomeOf(client.reply(TWEET, 'Hi')),
          await outcomeOf(client.tweet(TWEET)),
          await outcomeOf(client.findOwnReply(TWEET)),
          await outcomeOf(client.me()),
        ]
        for (const { threw, value } of results) {
          if (threw) expect(value).toBeInstanceOf(XError)
          expect(secrets.filter((secret) => inspect(value, { depth: 10, showHidden: true }).includes(secret))).toEqual(
            [],
          )
        }
        const posted = results[0]
        expect(posted?.threw).toBe(false)
        if (one.status >= 400 && one.status < 500) expect(posted?.value).not.toMatchObject({ kind: 'ambiguous' })
        if (posted?.value instanceof Object && 'kind' in posted.value && posted.value.kind === 'posted') {
          expect(posted.value).toEqual({ kind: 'posted', id: JSON.parse(one.body).data.id })
          expect(one.status).toBeLessThan(300)
        }
      }),
      { numRuns: runs() },
    )
  }, 600_000)

  const outcomeOf = (promise: Promise<unknown>) =>
    promise.then(
      (value) => ({ threw: false, value }),
      (value: unknown) => ({ threw: true, value }),
    )
})
