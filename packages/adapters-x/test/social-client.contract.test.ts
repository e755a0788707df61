import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { photoSize, timeOfId } from '@hexbird/core/adapter'
import {
  type OwnTweetsHarness,
  ownTweetsContract,
  type ReplyImagesHarness,
  replyImagesContract,
  type SocialFailure,
  socialClientContract,
} from '@hexbird/core/contracts'
import { type FaultResponse, type LocalX, type LocalXOptions, startLocalX } from '@hexbird/local-x'
import { freePort } from '@hexbird/testkit/free-port'
import { answer, startScripted } from '@hexbird/testkit/scripted-server'
import { afterEach, describe, expect, test } from '@jest/globals'
import { agentTo, HttpsMediaFetcher, XSocialClient, XWebhooks } from '../src/index.js'
import { PHOTO } from './photo.js'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(options: LocalXOptions = {}) {
  const local = await startLocalX(options)
  const agent = agentTo({ port: local.port })
  open.push({ close: () => agent.destroy() }, local)
  return { local, agent }
}

describe('what every SocialClient promises, over the local X', () => {
  for (const { name, check } of socialClientContract) test(name, () => check(harness))
})

describe('what every OwnTweets promises, over the local X', () => {
  for (const { name, check } of ownTweetsContract) test(name, () => check(harness))
})

describe('what every SocialClient promises about images, over the local X', () => {
  for (const { name, check } of replyImagesContract) test(name, () => check(harness))
})

async function harness(): Promise<OwnTweetsHarness & ReplyImagesHarness> {
  let passed = 0
  const now = () => Date.now() + passed
  const { local, agent } = await start({ now })
  const nobody = await freePort()
  const client = new XSocialClient({ credentials: local.credentials, agent, now })
  let next: SocialFailure | undefined

  function arm(method: 'GET' | 'POST'): void {
    const failure = next
    next = undefined
    if (failure === 'unreachable') {
      const { createConnection } = agent
      // What is kept open would be used first.
      agent.destroy()
      agent.createConnection = () => {
        agent.createConnection = createConnection
        return connect({ host: '127.0.0.1', port: nobody })
      }
    } else if (failure) {
      local.failNext({ method, path: /^\/2\//, respond: FAULTS[failure]() })
    }
  }

  return {
    social: {
      reply: (tweetId, text, mediaIds) => {
        arm('POST')
        return client.reply(tweetId, text, mediaIds)
      },
      uploadImage: (image) => {
        arm('POST')
        return client.uploadImage(image)
      },
      tweet: (id) => {
        arm('GET')
        return client.tweet(id)
      },
      findOwnReply: (tweetId) => {
        arm('GET')
        return client.findOwnReply(tweetId)
      },
      me: () => client.me(),
    },
    ownTweets: {
      ownTweets: (query) => {
        arm('GET')
        return client.ownTweets(query)
      },
    },
    bot: local.bot,
    person: async (username) => local.person(username),
    async tweetFrom({ id, username }, { text, photos = [], inReplyToId }) {
      if (photos.length > 0) return importTweet(local, { id, username }, text, photos)
      const tweet = await local.tweet({
        as: username,
        text,
        ...(inReplyToId !== undefined && { inReplyTo: inReplyToId }),
      })
      return tweet.id
    },
    remove: (tweetId) => local.deleteTweet(tweetId),
    repliesTo: async (tweetId) => local.repliesTo(tweetId).map(({ id, displayText }) => ({ id, text: displayText })),
    failNext: (failure) => {
      next = failure
    },
    spoilNextImage() {
      const body = { data: { id: '1', processing_info: { state: 'failed', progress_percent: 40 } } }
      local.failNext({ method: 'POST', path: /\/finalize$/, respond: { status: 200, body } })
    },
    expireImages() {
      passed += 25 * 60 * 60 * 1000
    },
  }
}

const FAULTS: Readonly<Record<Exclude<SocialFailure, 'unreachable'>, () => FaultResponse>> = {
  'rate-limited': () => ({
    status: 429,
    headers: {
      'x-rate-limit-limit': '1',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': String(Math.ceil(Date.now() / 1000) + 60),
    },
    body: { errors: [{ code: 88, message: 'Rate limit exceeded' }] },
  }),
  'no-credits': () => ({
    status: 402,
    body: { title: 'Payment Required', type: 'https://api.x.com/2/problems/credits-depleted' },
  }),
  unauthorized: () => ({
    status: 401,
    body: { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' },
  }),
  unexplained: () => ({
    status: 403,
    body: {
      title: 'Forbidden',
      detail: 'You are not permitted to perform this action.',
      type: 'about:blank',
      status: 403,
    },
  }),
  locked: () => ({ status: 403, body: { errors: [{ code: 326, message: 'this account is temporarily locked' }] } }),
  'ambiguous-posted': () => 'drop-after',
  'ambiguous-not-posted': () => ({ status: 503, body: 'Over capacity' }),
}

/** The local X names its own photos; those of a recording keep their addresses. */
async function importTweet(
  local: LocalX,
  author: { readonly id: string; readonly username: string },
  text: string,
  photos: readonly { readonly url: string; readonly altText?: string }[],
): Promise<string> {
  const now = Date.now()
  const id = String(BigInt(now - (timeOfId('0') ?? 0)) << 22n)
  const media = photos.map(({ url, altText }, index) => ({
    media_key: `3_${index}`,
    type: 'photo',
    url,
    ...(altText && { alt_text: altText }),
  }))
  const payload = {
    id,
    text,
    author_id: author.id,
    created_at: new Date(now).toISOString(),
    edit_history_tweet_ids: [id],
    attachments: { media_keys: media.map(({ media_key }) => media_key) },
  }
  const data = {
    event_type: 'post.mention.create',
    filter: { user_id: local.bot.id },
    payload,
    includes: { users: [author], media },
  }
  await local.importDelivery(JSON.stringify({ data }))
  return id
}

describe('over the local X', () => {
  test('a photo is fetched by the address that its tweet names', async () => {
    const { local, agent } = await start()
    const { id } = await local.tweet({
      as: 'ada',
      text: `@${local.bot.username} what is this?`,
      photos: [{ bytes: PHOTO, altText: 'a cat' }],
    })
    const lookup = await new XSocialClient({ credentials: local.credentials, agent }).tweet(id)
    const photo = lookup.kind === 'found' ? lookup.tweet.photos[0] : undefined
    expect(photo).toMatchObject({ altText: 'a cat' })
    const fetched = await new HttpsMediaFetcher({ agent }).fetch(photo ?? { url: '' })
    expect(fetched).toMatchObject({ kind: 'fetched', type: 'image/jpeg' })
    expect(fetched.kind === 'fetched' && photoSize(fetched.bytes)).toEqual({ width: 451, height: 300 })
  })

  test('wrong credentials are refused, so the signatures are really checked', async () => {
    const { local, agent } = await start()
    const client = new XSocialClient({ credentials: { ...local.credentials, accessSecret: 'wrong' }, agent })
    expect(await client.reply('1', 'Hi')).toMatchObject({ kind: 'deferred', reason: 'unauthorized' })
  })

  test('webhooks and subscriptions of both dialects are made, listed and ended', async () => {
    const { local, agent } = await start()
    const { bearerToken } = local.credentials
    const webhooks = new XWebhooks({ bearerToken, userCredentials: local.credentials, agent })
    expect(await webhooks.register('https://127.0.0.1:1/nobody')).toMatchObject({ kind: 'refused' })
    const url = await webhookOf(local)
    const registered = await webhooks.register(url)
    const webhook = registered.kind === 'registered' ? registered.webhook : undefined
    expect(webhook).toMatchObject({ url, valid: true })
    expect(await webhooks.register(url)).toMatchObject({ kind: 'refused', reason: 'DuplicateUrlFailed' })
    expect(await webhooks.list()).toEqual([webhook])
    const webhookId = webhook?.id ?? ''
    expect(await webhooks.revalidate(webhookId)).toMatchObject({ kind: 'valid' })

    for (const dialect of ['account-activity', 'x-activity'] as const) {
      const request = { dialect, webhookId, botId: local.bot.id }
      const made = await webhooks.subscribe(request)
      expect(new Set(made.map(({ kind }) => kind))).toEqual(new Set(['subscribed']))
      expect(await webhooks.subscribe(request)).toEqual(
        made.map(() => expect.objectContaining({ reason: 'DuplicateSubscriptionFailed' })),
      )
      const listed = await webhooks.subscriptions({ dialect, webhookId })
      expect(listed).toHaveLength(dialect === 'x-activity' ? 2 : 1)
      for (const subscription of listed) {
        expect(await webhooks.unsubscribe(subscription)).toEqual({ kind: 'unsubscribed' })
        expect(await webhooks.unsubscribe(subscription)).toMatchObject({ kind: 'refused' })
      }
      expect(await webhooks.subscriptions({ dialect, webhookId })).toEqual([])
    }
    const asApp = new XWebhooks({ bearerToken, agent })
    expect(await asApp.subscribe({ dialect: 'x-activity', webhookId, botId: local.bot.id })).toMatchObject([
      { reason: 'NotPermitted' },
      { reason: 'NotPermitted' },
    ])

    expect(await webhooks.remove(webhookId)).toEqual({ kind: 'removed' })
    expect(await webhooks.remove(webhookId)).toMatchObject({ kind: 'refused', reason: 'WebhookIdInvalid' })
  })
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
