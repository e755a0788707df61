import { createHmac, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { S3Client } from '@aws-sdk/client-s3'
import { DynamoBudget, DynamoCursor, dynamoClient, tableNames } from '@hexbird/adapters-aws/dynamo'
import { encodeEvent } from '@hexbird/adapters-aws/messages'
import { S3BlobStore } from '@hexbird/adapters-aws/s3'
import type { Tweet } from '@hexbird/core'
import { encodeJob, jobKey, photosPrefix } from '@hexbird/core/adapter'
import { SIGN_IN_PATHS, WEBHOOK_PATH } from '@hexbird/http'
import type { FunctionName } from '@hexbird/lambda-entry'
import { type LocalX, startLocalX } from '@hexbird/local-x'
import { startLambda } from '@hexbird/testkit/lambda-host'
import { installRuntime } from '@hexbird/testkit/lambda-runtime'
import { startRekognition } from '@hexbird/testkit/rekognition'
import { startLocalStage } from './local-stage.js'

/** What is needed to run a function as Lambda does. */
export { installRuntime, startLambda }

/** All that a function talks to, on this machine, and something for each function to do. */
export interface Fixture {
  readonly environment: Readonly<Record<string, string>>
  /** An event that the function has not seen, for which it does what it usually does. */
  eventFor(name: FunctionName): Promise<FirstEvent>
  /** A delivery of one tweet, signed. */
  delivery(): FirstEvent
  close(): Promise<void>
}

export interface FirstEvent {
  readonly event: unknown
  /** Whether what the function answered is the right answer. */
  readonly isAnswered: (result: unknown) => boolean
}

export async function startFixture(root: URL): Promise<Fixture> {
  const x = await startLocalX({ rateLimits: false, keepMetadata: true })
  const { consumerKey, consumerSecret, accessToken, accessSecret, bearerToken } = x.credentials
  const stage = await startLocalStage({
    'consumer-key': consumerKey,
    'consumer-secret': consumerSecret,
    'access-token': accessToken,
    'access-secret': accessSecret,
    'bearer-token': bearerToken,
  })
  const s3Url = stage.aws.AWS_ENDPOINT_URL_S3 ?? ''
  const rekognition = await startRekognition({ s3Url })
  const s3 = new S3Client({ endpoint: s3Url, forcePathStyle: true })
  const blobs = new S3BlobStore({ client: s3, bucket: stage.bucket })
  const dynamo = dynamoClient()
  const budget = new DynamoBudget({ client: dynamo, table: tableNames('local').budget })
  const cursor = new DynamoCursor({ client: dynamo, table: tableNames('local').cursor })
  const photo = await readFile(new URL('packages/local-x/samples/dog.jpg', root))
  let people = 0
  let newest: Tweet | undefined

  async function tweet(): Promise<Tweet> {
    people += 1
    const draft = { as: `person${people}`, text: `@${x.bot.username} what is this?`, photos: [{ bytes: photo }] }
    newest = tweetOf(x, await x.tweet(draft))
    return newest
  }

  const events: Readonly<Record<FunctionName, () => Promise<FirstEvent>>> = {
    webhook: async () => ({
      event: overHttp('GET', WEBHOOK_PATH, { query: `crc_token=${randomBytes(24).toString('hex')}` }),
      isAnswered: (result) => has(result, 'statusCode', 200) && bodyOf(result).includes('"sha256='),
    }),
    'sign-in': async () => ({
      event: overHttp('GET', SIGN_IN_PATHS.page),
      isAnswered: (result) => has(result, 'statusCode', 200) && bodyOf(result).includes('<form'),
    }),
    tweets: async () => {
      const asked = await tweet()
      return {
        event: message(encodeEvent({ kind: 'tweet', tweet: asked })),
        isAnswered: (result) => JSON.stringify(result) === '{"batchItemFailures":[]}',
      }
    },
    images: async () => {
      const asked = await tweet()
      const key = `${photosPrefix(asked)}0`
      await blobs.put(key, photo, 'image/jpeg')
      await blobs.put(
        jobKey(asked),
        encodeJob({ v: 2, name: 'label-photos', tweet: asked, data: { photos: [key] } }),
        'application/json',
      )
      return {
        event: message(JSON.stringify({ Records: [{ s3: { object: { key: jobKey(asked) } } }] })),
        isAnswered: () => x.repliesTo(asked.id).length === 1,
      }
    },
    sweep: async () => {
      // As a rule X has delivered all that there is.
      if (newest) await cursor.advance({ id: newest.id, seen: [] })
      return { event: {}, isAnswered: (result) => typeof result === 'object' && result !== null }
    },
    // What the operator's guide asks for at every step.
    admin: async () => ({ event: { action: 'webhook-list' }, isAnswered: (result) => has(result, 'kind', 'done') }),
  }

  return {
    environment: {
      ...stage.environment,
      HEXBIRD_BOT_ID: x.bot.id,
      HEXBIRD_BOT_USERNAME: x.bot.username,
      AWS_ENDPOINT_URL_REKOGNITION: rekognition.url,
      LOCAL_X_PORT: String(x.port),
    },
    async eventFor(name) {
      // What the rounds before have spent is no matter of this one.
      await budget.removeAll()
      return events[name]()
    },
    delivery() {
      const body = JSON.stringify({ for_user_id: x.bot.id, tweet_create_events: [aTweet(x.bot.id)] })
      const signature = createHmac('sha256', consumerSecret).update(body).digest('base64')
      const headers = { 'content-type': 'application/json', 'x-twitter-webhooks-signature': `sha256=${signature}` }
      return {
        event: overHttp('POST', WEBHOOK_PATH, { body, headers }),
        isAnswered: (result) => has(result, 'statusCode', 200),
      }
    },
    async close() {
      for (const client of [s3, dynamo]) client.destroy()
      await rekognition.close()
      await stage.close()
      await x.close()
    },
  }
}

const tweetOf = (x: LocalX, { id, text, createdAt, author, photos }: Awaited<ReturnType<LocalX['tweet']>>): Tweet => ({
  id,
  firstId: id,
  botId: x.bot.id,
  text,
  createdAt,
  author: { id: author.id, username: author.username },
  photos: photos.map(({ url }) => ({ url })),
  media: 'present',
  mentions: [{ id: x.bot.id, username: x.bot.username, explicit: true }],
  isRetweet: false,
})

/** As Account Activity tells of it, as far as is needed to be an event of use. */
const aTweet = (botId: string) => ({
  id_str: '1999999999999999999',
  created_at: new Date().toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, '$1 $3 $2 $5 +0000 $4'),
  timestamp_ms: String(Date.now()),
  text: '@hexbird hello',
  user: { id_str: '2244994945', screen_name: 'ada' },
  entities: { user_mentions: [{ id_str: botId, screen_name: 'hexbird', indices: [0, 8] }] },
})

/** An HTTP API's event, payload 2.0. */
function overHttp(
  method: 'GET' | 'POST',
  path: string,
  {
    query = '',
    body,
    headers = {},
  }: { query?: string; body?: string; headers?: Readonly<Record<string, string>> } = {},
) {
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: query,
    headers,
    requestContext: { http: { method, path, sourceIp: '127.0.0.1' } },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  }
}

const message = (body: string) => ({
  Records: [{ messageId: randomBytes(8).toString('hex'), body, attributes: {}, messageAttributes: {} }],
})

const has = (result: unknown, name: string, value: unknown): boolean =>
  typeof result === 'object' && result !== null && (result as Readonly<Record<string, unknown>>)[name] === value

const bodyOf = (result: unknown): string => String((result as { readonly body?: unknown }).body)
