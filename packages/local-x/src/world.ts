import { createAuthenticator, createCredentials, type LocalCredentials } from './auth.js'
import { createDeliveries, type Deliveries, type Delivery } from './deliveries.js'
import { tweetCreateEvent, tweetDeleteEvent } from './dialects/account-activity.js'
import { postDeleteEvent, postEvent } from './dialects/x-activity.js'
import { createIds } from './ids.js'
import { type JsonObject, toJson } from './json.js'
import { createRandom, type Random, randomSigned64 } from './random.js'
import { createMedia, type Media } from './state/media.js'
import { createPeople, type LocalPerson, type People, type PersonOptions } from './state/people.js'
import { createTweets, type LocalTweet, type Tweets } from './state/tweets.js'
import { createWebhooks, type Webhooks } from './state/webhooks.js'
import { challengeAnswer, signatureHeaders, type WebhookSecrets } from './webhook-secrets.js'

/** Everything there is on one local X. */
export type World = {
  readonly now: () => number
  readonly newId: () => string
  readonly random: Random
  readonly credentials: LocalCredentials
  /** The right answer to a webhook's challenge. */
  readonly challengeAnswer: (token: string) => string
  readonly authenticate: ReturnType<typeof createAuthenticator>
  readonly bot: LocalPerson
  readonly people: People
  readonly media: Media
  readonly tweets: Tweets
  readonly webhooks: Webhooks
  readonly deliveries: Deliveries
  /** Tells the webhooks of a new tweet; resolves when they were told. */
  readonly announce: (tweet: LocalTweet) => Promise<readonly Delivery[]>
  /** Tells the webhooks of a deleted tweet. */
  readonly announceDeletion: (tweet: LocalTweet) => Promise<readonly Delivery[]>
  /** Is called with every new tweet, before the webhooks hear of it. */
  readonly onTweet: Set<(tweet: LocalTweet) => void>
}

type WorldOptions = {
  readonly now: () => number
  readonly seed: number | undefined
  readonly bot: { readonly id?: string; readonly username?: string }
  readonly people: readonly PersonOptions[]
  readonly webhookSecrets: WebhookSecrets
}

export function createWorld({
  now,
  seed,
  bot: { username = 'hexbird', id },
  people: others,
  webhookSecrets,
}: WorldOptions): World {
  const random = createRandom(seed)
  const newId = createIds(random, now)
  const people = createPeople(newId, now)
  const bot = people.add({ username, automated: true, ...(id === undefined ? {} : { id }) })
  for (const person of others) people.add(person)
  const credentials = createCredentials(random, bot.id)
  const tweets = createTweets(people, newId, now)
  const webhooks = createWebhooks()
  const deliveries = createDeliveries((body) => signatureHeaders(webhookSecrets, credentials, body))
  const onTweet = new Set<(tweet: LocalTweet) => void>()

  /** One delivery for each subscription of a valid webhook that has something to say, each in its own dialect. */
  function tell(
    account: (userId: string) => JsonObject | undefined,
    activity: (subscription: ReturnType<Webhooks['activities']>[number]) => JsonObject | undefined,
  ): Promise<readonly Delivery[]> {
    const pending = webhooks
      .all()
      .filter(({ valid }) => valid)
      .flatMap((webhook) => {
        const ofActivity = webhooks.activities().filter(({ webhookId }) => webhookId === webhook.id)
        const events = [...webhooks.accountsOf(webhook.id).map(account), ...ofActivity.map(activity)]
        return events
          .filter((event) => event !== undefined)
          .map((event) => deliveries.enqueue(webhook, Buffer.from(toJson(event))))
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

  return {
    now,
    newId,
    random,
    credentials,
    challengeAnswer: (token) => challengeAnswer(webhookSecrets, credentials, token),
    authenticate: createAuthenticator(credentials, bot.id),
    bot,
    people,
    media: createMedia(newId, random),
    tweets,
    webhooks,
    deliveries,
    announce,
    announceDeletion,
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
