import { readFile } from 'node:fs/promises'
import { decodeEvent, encodeEvent } from '@hexbird/adapters-aws/messages'
import { defineBot, type Event, type Tweet } from '@hexbird/core'
import { TIMES } from '@hexbird/core/host'
import type { LocalTweet } from '@hexbird/local-x'
import { freePort } from '@hexbird/testkit/free-port'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { createWiring } from '../src/container.js'
import { makeImages } from '../src/handlers/images.js'
import { makeTweets } from '../src/handlers/tweets.js'
import { type Fixture, type QueuedMessage, secretsOf, startFixture } from './fixture.js'
import { type Told, telling } from './observers.js'

const CONTEXT = { getRemainingTimeInMillis: () => 30_000 } as Context
const load = () => import('../bot.js')
const NONE: SQSBatchResponse = { batchItemFailures: [] }

let fixture: Fixture
let dog: Uint8Array
beforeAll(async () => {
  fixture = await startFixture()
  dog = await readFile(new URL('../../local-x/samples/dog.jpg', import.meta.url))
})
afterAll(() => fixture.close())
afterEach(async () => {
  fixture.emulator.reset()
  const { killSwitch } = await ports('killSwitch')
  await killSwitch.reset()
})

const ports = async (...names: ('killSwitch' | 'blobs' | 'accounts')[]) =>
  createWiring(await fixture.settings('tweets')).ports(...names)

/** Each test has a function of its own, as after a cold start. */
async function tweets() {
  const told = telling()
  const run = makeTweets(load)(await fixture.settings('tweets'), told)
  return { told, run: (...messages: (QueuedMessage | Event | string)[]) => run(batchOf(messages), CONTEXT) }
}

async function images() {
  const told = telling()
  const run = makeImages(load)(await fixture.settings('images'), told)
  return { told, run: (...messages: (QueuedMessage | string)[]) => run(batchOf(messages), CONTEXT) }
}

function batchOf(messages: readonly (QueuedMessage | Event | string)[]): SQSEvent {
  const bodies = messages.map((message): QueuedMessage => {
    if (typeof message === 'string') return { body: message }
    return 'kind' in message ? { body: encodeEvent(message) } : message
  })
  return { Records: bodies.map(recordOf) }
}

const recordOf = ({ body, notBefore }: QueuedMessage, index: number): SQSRecord => ({
  messageId: `message-${index}`,
  receiptHandle: 'receipt',
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: 'AIDA',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes:
    notBefore === undefined ? {} : { notBefore: { dataType: 'Number', stringValue: String(notBefore) } },
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:queue',
  awsRegion: 'us-east-1',
})

const failures = (...indexes: number[]): SQSBatchResponse => ({
  batchItemFailures: indexes.map((index) => ({ itemIdentifier: `message-${index}` })),
})

/** What S3 tells of stored objects. */
const stored = (...keys: string[]) =>
  JSON.stringify({ Records: keys.map((key) => ({ s3: { bucket: { name: 'b' }, object: { key } } })) })

/** Somebody tweets at the bot; the event is X Activity's, which tells nothing of photos. */
async function tweeted(as: string, photos: readonly Uint8Array[] = []): Promise<Event & { readonly tweet: Tweet }> {
  const { bot } = fixture.x
  const text = `@${bot.username} what is this?`
  const made = await fixture.x.tweet({ as, text, photos: photos.map((bytes) => ({ bytes })) })
  return { kind: 'tweet', tweet: tweetOf(made, text) }
}

function tweetOf({ id, author }: LocalTweet, text: string): Tweet {
  return {
    id,
    firstId: id,
    botId: fixture.x.bot.id,
    text,
    createdAt: Date.now() - 1000,
    author: { id: author.id, username: author.username },
    photos: [],
    media: 'unknown',
    mentions: [{ ...fixture.x.bot, explicit: true }],
    conversationId: id,
    isRetweet: false,
  }
}

const keyOf = ({ tweet }: { readonly tweet: Tweet }) => `jobs/${tweet.author.id}/${tweet.firstId}.json`
const repliesTo = ({ tweet }: { readonly tweet: Tweet }) => fixture.x.repliesTo(tweet.id).map(({ text }) => text)

async function tripped(): Promise<void> {
  const { killSwitch } = await ports('killSwitch')
  await killSwitch.trip('Code 326.', Date.now())
}

function expectNothingSecret(told: Told): void {
  for (const secret of secretsOf(fixture)) expect(told.text()).not.toContain(secret)
}

describe('tweets', () => {
  test('answers a tweet without a photo, and is done with it', async () => {
    const event = await tweeted('ada')
    const { run, told } = await tweets()
    expect(await run(event)).toEqual(NONE)
    expect(repliesTo(event)).toHaveLength(1)
    expect(told.counted('Replied')).toBe(1)
    const latency = told.counts.find(({ name }) => name === 'Latency')?.amount ?? 0
    expect(latency).toBeGreaterThanOrEqual(1000)
    expect(told.counts.filter(({ name }) => name === 'Spend').every(({ amount }) => amount > 0)).toBe(true)
    expect(fixture.messages('events')).toEqual([])
    expectNothingSecret(told)
  })

  test('a bot that has jobs answers nothing on a stage that has no place for them', async () => {
    const event = await tweeted('olivia')
    const settings = { ...(await fixture.settings('tweets')), without: ['jobs'] as const }
    const batch = makeTweets(load)(settings, telling())(batchOf([event]), CONTEXT)
    await expect(batch).rejects.toThrow('had none when its stage was deployed. Deploy the stage again.')
    expect(repliesTo(event)).toEqual([])
  })

  test('spends no more on an author than the stage allows', async () => {
    const event = await tweeted('erin')
    const settings = { ...(await fixture.settings('tweets')), limits: { perAuthorPerDay: 1 } }
    expect(await makeTweets(load)(settings, telling())(batchOf([event]), CONTEXT)).toEqual(NONE)
    expect(repliesTo(event)).toEqual([])
  })

  test('stores the photos of a tweet, and the job, and leaves the reply to it', async () => {
    const event = await tweeted('bob', [dog, dog])
    const { run, told } = await tweets()
    expect(await run(event)).toEqual(NONE)
    const { blobs } = await ports('blobs')
    expect(await blobs.get(keyOf(event))).toBeDefined()
    expect((await blobs.get(`photos/${event.tweet.author.id}/${event.tweet.id}/${event.tweet.id}-1`))?.bytes).toEqual(
      new Uint8Array(dog),
    )
    expect(repliesTo(event)).toEqual([])
    expect(told.lines).toMatchObject([
      { message: 'Handled.', details: { outcome: 'job-stored', jobKey: keyOf(event) } },
    ])
  })

  test('answers each of a batch once, however often it comes', async () => {
    const events = await Promise.all(['carol', 'dan', 'eve'].map((name) => tweeted(name)))
    const { run } = await tweets()
    expect(await run(...events)).toEqual(NONE)
    expect(await run(...events)).toEqual(NONE)
    expect(events.map((event) => repliesTo(event).length)).toEqual([1, 1, 1])
  })

  test('defers what cannot be answered now, and acknowledges the old message', async () => {
    await tripped()
    const event = await tweeted('frank')
    const { run, told } = await tweets()
    const before = Date.now()
    expect(await run(event)).toEqual(NONE)
    const [message, ...more] = fixture.messages('events')
    expect(more).toEqual([])
    expect(decodeEvent(message?.body ?? '')).toEqual(event)
    expect(message?.notBefore).toBeGreaterThan(before)
    expect(repliesTo(event)).toEqual([])
    expect([told.counted('PutOff'), told.counted('BreakerOpen'), told.counted('Failed')]).toEqual([1, 1, 0])
  })

  test('a message whose time has not come goes back as it is, and nothing is asked of X', async () => {
    const event = await tweeted('grace')
    const notBefore = Date.now() + 60 * 60_000
    const { run, told } = await tweets()
    expect(await run({ body: encodeEvent(event), notBefore })).toEqual(NONE)
    expect(fixture.messages('events')).toEqual([{ body: encodeEvent(event), notBefore }])
    expect(told.counts).toEqual([])
    expect(repliesTo(event)).toEqual([])
  })

  test('a message whose time has come is answered', async () => {
    const event = await tweeted('heidi')
    const { run } = await tweets()
    expect(await run({ body: encodeEvent(event), notBefore: Date.now() - 1 })).toEqual(NONE)
    expect(repliesTo(event)).toHaveLength(1)
  })

  test('a tweet whose handler waits for good fails alone, before the function ends', async () => {
    const [stuck, other] = [await tweeted('mallory'), await tweeted('walter')]
    const bot = defineBot().use((ctx) => (ctx.tweet.id === stuck.tweet.id ? new Promise(() => {}) : ctx.reply('Yes.')))
    const told = telling()
    const run = makeTweets(async () => ({ default: bot }))(await fixture.settings('tweets'), told)
    // Each message asks once more how much time is left.
    const left = [30_000, 1500, 30_000]
    const context = { getRemainingTimeInMillis: () => left.shift() } as unknown as Context
    expect(await run(batchOf([stuck, other]), context)).toEqual(failures(0))
    expect(repliesTo(other)).toEqual(['@walter Yes.'])
    expect(told.text()).toContain('The handler did not finish within 30 seconds.')
  })

  test('what is no event fails alone, and holds up nobody', async () => {
    const event = await tweeted('ivan')
    const { run, told } = await tweets()
    expect(await run('{"v":99}', event, 'the-secret-4711')).toEqual(failures(0, 2))
    expect(repliesTo(event)).toHaveLength(1)
    expect(told.counted('Failed')).toBe(2)
    expect(told.text()).not.toContain('4711')
  })

  test('a message that cannot be deferred has failed, and so comes again', async () => {
    await tripped()
    const { AWS_ENDPOINT_URL_SQS: url } = process.env
    process.env.AWS_ENDPOINT_URL_SQS = `http://127.0.0.1:${await freePort()}`
    try {
      const { run, told } = await tweets()
      expect(await run(await tweeted('judy'))).toEqual(failures(0))
      expect(told.counted('Failed')).toBe(1)
      expectNothingSecret(told)
    } finally {
      process.env.AWS_ENDPOINT_URL_SQS = url
    }
  })

  test('where the database is away, the whole batch comes again', async () => {
    const { AWS_ENDPOINT_URL_DYNAMODB: url } = process.env
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${await freePort()}`
    try {
      const { run } = await tweets()
      const event = await tweeted('kate')
      expect(await run(event)).toEqual(failures(0))
      expect(repliesTo(event)).toEqual([])
    } finally {
      process.env.AWS_ENDPOINT_URL_DYNAMODB = url
    }
  })

  test('who takes access back is forgotten, without a key to open what is removed', async () => {
    const { accounts } = await createWiring(await fixture.settings('sign-in')).ports('accounts')
    const { id, username } = fixture.x.person('leo')
    const signedInAt = Date.now() - 1000
    await accounts.put({ uid: id, username, accessToken: 'a', accessSecret: 'b', signedInAt, tracked: {} })
    const { run } = await tweets()
    expect(await run({ kind: 'revoked', userId: id, appId: 'app', at: Date.now() })).toEqual(NONE)
    expect(await fixture.keys('twitter')).not.toContain(id)
  })

  test('says nothing of what people write', async () => {
    const event = await tweeted('mallory')
    const { run, told } = await tweets()
    await run(event)
    expect(told.text()).not.toContain('what is this')
    expect(told.text()).toContain(event.tweet.id)
  })
})

describe('images', () => {
  /** A tweet whose photos and job are stored. */
  async function jobOf(as: string) {
    const event = await tweeted(as, [dog])
    expect(await (await tweets()).run(event)).toEqual(NONE)
    return event
  }

  test('answers a stored job with its labels, and removes job and photos', async () => {
    const event = await jobOf('nina')
    const { run, told } = await images()
    expect(await run(stored(keyOf(event)))).toEqual(NONE)
    expect(repliesTo(event)).toHaveLength(1)
    expect(repliesTo(event)[0]).toContain('Dog')
    const { blobs } = await ports('blobs')
    expect(await blobs.get(keyOf(event))).toBeUndefined()
    expect(await blobs.get(`photos/${event.tweet.author.id}/${event.tweet.id}/0`)).toBeUndefined()
    expect(told.counted('Replied')).toBe(1)
    expect(told.counts.filter(({ name, amount }) => name === 'Latency' && amount >= 0)).toHaveLength(1)
    expectNothingSecret(told)
  })

  test('answers every job that a message tells of, and each once', async () => {
    const [one, two] = [await jobOf('oscar'), await jobOf('peggy')]
    const { run } = await images()
    const message = stored(keyOf(one), keyOf(two))
    expect(await run(message)).toEqual(NONE)
    expect(await run(message, stored(keyOf(one)))).toEqual(NONE)
    expect([repliesTo(one).length, repliesTo(two).length]).toEqual([1, 1])
  })

  test('puts the message off where one of its jobs has to wait', async () => {
    const event = await jobOf('quinn')
    await tripped()
    const { run, told } = await images()
    const body = stored(keyOf(event))
    expect(await run(body)).toEqual(NONE)
    expect(fixture.messages('jobs')).toEqual([{ body, notBefore: expect.any(Number) }])
    expect(told.counted('PutOff')).toBe(1)
    const { blobs } = await ports('blobs')
    expect(await blobs.get(keyOf(event))).toBeDefined()
  })

  test('a message whose time has not come goes back as it is', async () => {
    const message = { body: stored('jobs/1/2.json'), notBefore: Date.now() + TIMES.lease }
    const { run, told } = await images()
    expect(await run(message)).toEqual(NONE)
    expect(fixture.messages('jobs')).toEqual([message])
    expect(told.counts).toEqual([])
  })

  test('is done with the message with which S3 tries the queue, and with a job that is gone', async () => {
    const { run, told } = await images()
    expect(await run('{"Event":"s3:TestEvent"}', stored('jobs/1/2.json'))).toEqual(NONE)
    expect(told.counted('Failed')).toBe(0)
  })

  test('what tells of no job fails alone', async () => {
    const event = await jobOf('ruth')
    const { run, told } = await images()
    expect(await run('{}', stored(keyOf(event)), stored('photos/1/2/0'), '{"Records":[null]}')).toEqual(
      failures(0, 2, 3),
    )
    expect(repliesTo(event)).toHaveLength(1)
    expect(told.counted('Failed')).toBe(3)
  })

  test('a job that cannot be read fails, and stays for whoever looks', async () => {
    const { blobs } = await ports('blobs')
    await blobs.put('jobs/7/8.json', Buffer.from('{"v":99}'), 'application/json')
    const { run } = await images()
    expect(await run(stored('jobs/7/8.json'))).toEqual(failures(0))
    expect(await blobs.get('jobs/7/8.json')).toBeDefined()
  })

  test('where Rekognition is away the job fails, and is never answered with "nothing there"', async () => {
    const event = await jobOf('sybil')
    const { AWS_ENDPOINT_URL_REKOGNITION: url } = process.env
    process.env.AWS_ENDPOINT_URL_REKOGNITION = `http://127.0.0.1:${await freePort()}`
    try {
      const { run, told } = await images()
      expect(await run(stored(keyOf(event)))).toEqual(failures(0))
      expect(repliesTo(event)).toEqual([])
      expectNothingSecret(told)
    } finally {
      process.env.AWS_ENDPOINT_URL_REKOGNITION = url
    }
  })
})
