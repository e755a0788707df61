import { type Authenticator, createAuthenticator, createCredentials, type LocalCredentials } from './auth.js'
import type { Clock } from './clock.js'
import { createDeliveries, type Deliveries, type Delivery, describeDelivery } from './deliveries.js'
import { revokeEvent, tweetCreateEvent, tweetDeleteEvent } from './dialects/account-activity.js'
import { oauthRevokeEvent, postDeleteEvent, postEvent } from './dialects/x-activity.js'
import { createIds } from './ids.js'
import { type JsonObject, toJson } from './json.js'
import { createLive, type Live } from './live.js'
import { createOutcomes, type Outcomes } from './outcomes.js'
import { createRandom, type Random, randomSigned64 } from './random.js'
import type { App } from './state/app.js'
import { createMedia, type Media } from './state/media.js'
import { createMessages, type Messages } from './state/messages.js'
import { createPeople, type LocalPerson, type People, type PersonOptions } from './state/people.js'
import { createTokens, type Tokens } from './state/tokens.js'
import { createTweets, type LocalTweet, type Tweets } from './state/tweets.js'
import { createWebhooks, type Webhooks } from './state/webhooks.js'
import { createSwitches, type SwitchBoard } from './switches.js'
import { challengeAnswer, signatureHeaders, type WebhookSecrets } from './webhook-secrets.js'

/** Everything there is on one local X. */
export type World = {
  readonly clock: Clock
  readonly now: () => number
  readonly newId: () => string
  readonly random: Random
  readonly credentials: LocalCredentials
  /** The right answer to a webhook's challenge. */
  readonly challengeAnswer: (token: string) => string
  readonly authenticator: Authenticator
  readonly tokens: Tokens
  readonly app: App
  readonly bot: LocalPerson
  readonly people: People
  readonly media: Media
  readonly messages: Messages
  readonly tweets: Tweets
  readonly webhooks: Webhooks
  readonly deliveries: Deliveries
  /** Tells the webhooks of a new tweet; resolves when they were told. */
  readonly announce: (tweet: LocalTweet) => Promise<readonly Delivery[]>
  readonly switches: SwitchBoard
  readonly outcomes: Outcomes
  /** What happens here, for who looks on. */
  readonly live: Live
  /** Tells the webhooks that a person took the app's access back. */
  readonly announceRevocation: (person: LocalPerson) => Promise<readonly Delivery[]>
  /** Tells the webhooks of a deleted tweet. */
  readonly announceDeletion: (tweet: LocalTweet) => Promise<readonly Delivery[]>
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
}

// The app's id, as `application_id` of the subscriptions says.
const APP_ID = '1'

export function createWorld({
  clock,
  seed,
  bot: { username = 'hexbird', id },
  people: others,
  webhookSecrets,
  app,
}: WorldOptions): World {
  const { now } = clock
  const live = createLive()
  const switches = createSwitches((data) => live.publish({ kind: 'switches', data }))
  const random = createRandom(seed)
  const newId = createIds(random, now)
  const people = createPeople(newId, now)
  const bot = people.add({ username, automated: true, ...(id === undefined ? {} : { id }) })
  for (const person of others) people.add(person)
  const credentials = createCredentials(random, bot.id)
  const tokens = createTokens(random, now)
  const { accessToken, accessSecret } = credentials
  tokens.addAccess({
    token: accessToken,
    secret: accessSecret,
    userId: bot.id,
    level: 'read-write-directmessages',
  })
  const tweets = createTweets(people, newId, now, (data) => live.publish({ kind: 'tweet', data }))
  const webhooks = createWebhooks(() => live.publish({ kind: 'webhooks', data: webhooks.all() }))
  const deliveries = createDeliveries({
    sign: (body) => signatureHeaders(webhookSecrets, credentials, body),
    clock,
    switches,
    ended: (delivery) => live.publish({ kind: 'delivery', data: describeDelivery(delivery) }),
  })
  const onTweet = new Set<(tweet: LocalTweet) => void>()

  /**
   * One delivery for each subscription of a valid webhook that has something to say, each in its own dialect. An invalid
   * one gets them by a replay.
   */
  function tell(
    account: (userId: string) => JsonObject | undefined,
    activity: (subscription: ReturnType<Webhooks['activities']>[number]) => JsonObject | undefined,
  ): Promise<readonly Delivery[]> {
    const pending = webhooks.all().flatMap((webhook) => {
      const ofActivity = webhooks.activities().filter(({ webhookId }) => webhookId === webhook.id)
      const events = [...webhooks.accountsOf(webhook.id).map(account), ...ofActivity.map(activity)]
      const bodies = events.filter((event) => event !== undefined).map((event) => Buffer.from(toJson(event)))
      for (const body of bodies) webhooks.record({ webhookId: webhook.id, body, at: now() })
      return webhook.valid ? bodies.map((body) => deliveries.enqueue(webhook, body)) : []
    })
    return Promise.all(pending)
  }

  function announce(tweet: LocalTweet): Promise<readonly Delivery[]> {
    for (const listener of onTweet) listener(tweet)
    return tell(
      (userId) => (concerns(tweet, userId) ? tweetCreateEvent(tweet, userId, tweets) : undefined),
      (subscription) => postEvent(tweet, subscription, randomSigned64(random), tweets),
    )
  }

  function announceDeletion(tweet: LocalTweet): Promise<readonly Delivery[]> {
    return tell(
      (userId) => (tweet.author.id === userId ? tweetDeleteEvent(tweet, userId, now()) : undefined),
      (subscription) => postDeleteEvent(tweet, subscription, randomSigned64(random)),
    )
  }

  /** X names no subscription of it: it is told once to each webhook of either dialect. */
  function announceRevocation({ id }: LocalPerson): Promise<readonly Delivery[]> {
    const pending = webhooks.all().flatMap((webhook) => {
      const hasActivity = webhooks.activities().some(({ webhookId }) => webhookId === webhook.id)
      const events = [
        ...(webhooks.accountsOf(webhook.id).length > 0 ? [revokeEvent(id, APP_ID, now())] : []),
        ...(hasActivity ? [oauthRevokeEvent(id, APP_ID, randomSigned64(random), now())] : []),
      ]
      // The older dialect's subscription ends with it: docs.x.com/x-api/account-activity/introduction.
      webhooks.unsubscribeAccount(webhook.id, id)
      if (!webhook.valid) return []
      return events.map((event) => deliveries.enqueue(webhook, Buffer.from(toJson(event))))
    })
    return Promise.all(pending)
  }

  return {
    clock,
    now,
    newId,
    random,
    credentials,
    challengeAnswer: (token) => challengeAnswer(webhookSecrets, credentials, token),
    authenticator: createAuthenticator(credentials, tokens),
    tokens,
    app,
    bot,
    people,
    messages: createMessages(people, newId, now),
    media: createMedia(newId, random),
    tweets,
    webhooks,
    deliveries,
    announce,
    announceDeletion,
    announceRevocation,
    switches,
    outcomes: createOutcomes((data) => live.publish({ kind: 'outcome', data })),
    live,
    onTweet,
  }
}

/** Account Activity tells of all that an account does and that is done to it, implicit mentions too. */
function concerns(tweet: LocalTweet, userId: string): boolean {
  return (
    tweet.author.id === userId ||
    tweet.inReplyTo?.author.id === userId ||
    tweet.quoted?.author.id === userId ||
    tweet.mentions.some(({ person }) => person.id === userId)
  )
}
