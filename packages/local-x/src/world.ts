import {
  type Authenticator,
  createAuthenticator,
  createCredentials,
  type LocalCredentials,
} from './auth/authenticator.js'
import type { App } from './state/app.js'
import { type Bills, createBills } from './state/bill.js'
import { type BotNotes, createBotNotes } from './state/bot-note.js'
import { createLive, type Live } from './state/live.js'
import { createMedia, type Media } from './state/media.js'
import { createMessages, type Messages } from './state/messages.js'
import { createOutcomes, type Outcomes } from './state/outcomes.js'
import { createPeople, type LocalPerson, type People, type PersonOptions } from './state/people.js'
import { createSwitches, type SwitchBoard } from './state/switches.js'
import { type AccessLevel, createTokens, type Tokens } from './state/tokens.js'
import { createTweets, type LocalTweet, type RefusedPost, type Tweets } from './state/tweets.js'
import { createUploads, type Uploads } from './state/uploads.js'
import { createWebhooks, type Webhooks } from './state/webhooks.js'
import type { Clock } from './util/clock.js'
import { createIds } from './util/ids.js'
import { createRandom, type Random, randomUuid } from './util/random.js'
import { type Announcements, createAnnouncements } from './webhooks/announcements.js'
import { createDeliveries, type Deliveries, describeDelivery } from './webhooks/deliveries.js'
import { challengeAnswer, signatureHeaders, type WebhookSecrets } from './webhooks/secrets.js'
import { type ActivityStream, createActivityStream } from './webhooks/stream.js'

/** Everything there is on one local X. */
export type World = Announcements & {
  readonly clock: Clock
  readonly now: () => number
  readonly newId: () => string
  readonly random: Random
  readonly credentials: LocalCredentials
  /** Puts others in the place of the consumer key, its secret and the Bearer token. */
  readonly regenerateKeys: () => void
  /** The right answer to a webhook's challenge. */
  readonly challengeAnswer: (token: string) => string
  readonly authenticator: Authenticator
  readonly tokens: Tokens
  readonly app: App
  readonly bills: Bills
  /** What the bot tells of itself. */
  readonly botNotes: BotNotes
  /** Mentions that X does not list yet. */
  readonly unlisted: Set<string>
  /** The ids of the people who blocked the bot. */
  readonly blockers: Set<string>
  /** Posts that X's rules refused, oldest first. */
  readonly refusedPosts: RefusedPost[]
  readonly bot: LocalPerson
  readonly people: People
  readonly media: Media
  readonly messages: Messages
  readonly tweets: Tweets
  readonly uploads: Uploads
  readonly webhooks: Webhooks
  readonly deliveries: Deliveries
  readonly stream: ActivityStream
  readonly switches: SwitchBoard
  readonly outcomes: Outcomes
  /** What happens here, for who looks on. */
  readonly live: Live
  /** Is called with every new tweet, before the webhooks hear of it. */
  readonly onTweet: Set<(tweet: LocalTweet) => void>
}

type WorldOptions = {
  readonly clock: Clock
  readonly seed: number | undefined
  readonly bot: { readonly id?: string; readonly username?: string }
  readonly people: readonly PersonOptions[]
  readonly webhookSecrets: WebhookSecrets
  readonly app: App
  readonly keepMetadata: boolean
  /** Of the bot's own tokens. */
  readonly access?: AccessLevel | undefined
  readonly mediaProcessingMs?: number
  readonly keepAliveMs: number
}

export function createWorld({
  clock,
  seed,
  bot: { username = 'hexbird', id },
  people: others,
  webhookSecrets,
  app,
  keepMetadata,
  access = 'read-write-directmessages',
  mediaProcessingMs = 0,
  keepAliveMs,
}: WorldOptions): World {
  const { now } = clock
  const live = createLive()
  const switches = createSwitches(keepMetadata, (data) => live.publish({ kind: 'switches', data }))
  const random = createRandom(seed)
  const newId = createIds(random, now)
  const people = createPeople(newId, now)
  const bot = people.add({ username, automated: true, ...(id === undefined ? {} : { id }) })
  for (const person of others) people.add(person)
  // One object that everybody looks into: new keys count at once.
  const credentials = createCredentials(random, bot.id)
  const tokens = createTokens(random, now)
  const { accessToken, accessSecret } = credentials
  tokens.addAccess({
    token: accessToken,
    secret: accessSecret,
    userId: bot.id,
    level: access,
  })
  const tweets = createTweets(people, newId, now, (data) => live.publish({ kind: 'tweet', data }))
  const webhooks = createWebhooks(() => live.publish({ kind: 'webhooks', data: webhooks.all() }))
  const deliveries = createDeliveries({
    sign: (body) => signatureHeaders(webhookSecrets, credentials, body),
    clock,
    switches,
    ended: (delivery) => live.publish({ kind: 'delivery', data: describeDelivery(delivery) }),
  })
  const stream = createActivityStream({ clock, switches, keepAliveMs })
  const messages = createMessages({
    people,
    newId,
    newUuid: () => randomUuid(random),
    now,
    sent: (data) => live.publish({ kind: 'message', data }),
  })
  const media = createMedia(newId, random, () => switches.all().keepMetadata)
  const bills = createBills(now)
  const onTweet = new Set<(tweet: LocalTweet) => void>()
  const blockers = new Set<string>()

  return {
    clock,
    now,
    newId,
    random,
    credentials,
    regenerateKeys() {
      const { consumerKey, consumerSecret, bearerToken } = createCredentials(random, bot.id)
      Object.assign(credentials, { consumerKey, consumerSecret, bearerToken })
    },
    challengeAnswer: (token) => challengeAnswer(webhookSecrets, credentials, token),
    authenticator: createAuthenticator(credentials, tokens),
    tokens,
    app,
    bills,
    botNotes: createBotNotes((data) => live.publish({ kind: 'bot', data })),
    unlisted: new Set(),
    blockers,
    refusedPosts: [],
    bot,
    people,
    messages,
    media,
    uploads: createUploads({ newId, now, media, processingMs: mediaProcessingMs }),
    tweets,
    webhooks,
    deliveries,
    stream,
    ...createAnnouncements({ webhooks, deliveries, stream, tweets, bills, random, now, onTweet, blockers }),
    switches,
    outcomes: createOutcomes((data) => live.publish({ kind: 'outcome', data })),
    live,
    onTweet,
  }
}
