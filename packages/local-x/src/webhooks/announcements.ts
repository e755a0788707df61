import type { Bills } from '../state/bill.js'
import type { LocalMessage } from '../state/messages.js'
import type { LocalPerson } from '../state/people.js'
import type { LocalTweet, Tweets } from '../state/tweets.js'
import type { ActivitySubscription, LocalWebhook, Webhooks } from '../state/webhooks.js'
import { type JsonObject, toJson } from '../util/json.js'
import { type Random, randomSigned64 } from '../util/random.js'
import type { Deliveries, Delivery } from './deliveries.js'
import { revokeEvent, tweetCreateEvent, tweetDeleteEvent } from './dialects/account-activity.js'
import { type Follow, followActivity, followEvent } from './dialects/follows.js'
import { messageActivity, messageEvent } from './dialects/messages.js'
import { oauthRevokeEvent, postDeleteEvent, postEvent } from './dialects/x-activity.js'
import type { ActivityStream } from './stream.js'

type Told = Promise<readonly Delivery[]>

/** Each tells the webhooks and the activity stream of what has happened; resolves when the webhooks were told. */
export type Announcements = {
  readonly announce: (tweet: LocalTweet) => Told
  readonly announceDeletion: (tweet: LocalTweet) => Told
  readonly announceMessage: (message: LocalMessage) => Told
  readonly announceFollow: (follow: Follow) => Told
  /** A person took the app's access back. */
  readonly announceRevocation: (person: LocalPerson) => Told
}

type Parts = {
  readonly webhooks: Webhooks
  readonly deliveries: Deliveries
  readonly stream: ActivityStream
  readonly tweets: Tweets
  readonly bills: Bills
  readonly random: Random
  readonly now: () => number
  /** Is called with every new tweet, before the webhooks hear of it. */
  readonly onTweet: ReadonlySet<(tweet: LocalTweet) => void>
  /** The ids of people whose tweets the bot cannot see. */
  readonly blockers: ReadonlySet<string>
}

export function createAnnouncements({
  webhooks,
  deliveries,
  stream,
  tweets,
  bills,
  random,
  now,
  onTweet,
  blockers,
}: Parts): Announcements {
  const newUuid = () => randomSigned64(random)

  /**
   * One delivery for each subscription of a valid webhook that has something to say, each in its own dialect. An invalid
   * one gets them by a replay. The stream has all of X Activity's, those that a webhook is told too.
   */
  function tell(
    account: (userId: string) => JsonObject | undefined,
    activity: (subscription: ActivitySubscription) => JsonObject | undefined,
    charge: () => void = () => {},
  ): Told {
    const all = webhooks.activities().flatMap((subscription) => {
      const event = activity(subscription)
      return event === undefined ? [] : [{ webhookId: subscription.webhookId, event }]
    })
    for (const { event } of all) stream.publish(Buffer.from(toJson(event)), charge)
    const pending = webhooks.all().flatMap((webhook) => {
      const told = all.filter(({ webhookId }) => webhookId === webhook.id).map(({ event }) => event)
      // X charges for the events of this dialect alone, and for those that it delivers.
      if (webhook.valid && told.length > 0) charge()
      const accounts = webhooks.accountsOf(webhook.id).map(account)
      return send(webhook, [...accounts.filter((event) => event !== undefined), ...told])
    })
    return Promise.all(pending)
  }

  function send(webhook: LocalWebhook, events: readonly JsonObject[]): Promise<Delivery>[] {
    const bodies = events.map((event) => Buffer.from(toJson(event)))
    for (const body of bodies) webhooks.record({ webhookId: webhook.id, body, at: now() })
    return webhook.valid ? bodies.map((body) => deliveries.enqueue(webhook, body)) : []
  }

  return {
    announce(tweet) {
      for (const listener of onTweet) listener(tweet)
      if (blockers.has(tweet.author.id)) return Promise.resolve([])
      return tell(
        (userId) => (concerns(tweet, userId) ? tweetCreateEvent(tweet, userId, tweets) : undefined),
        (subscription) => postEvent(tweet, subscription, newUuid(), tweets),
        () => bills.read('postEvent', [tweet.id]),
      )
    },

    announceDeletion(tweet) {
      return tell(
        (userId) => (tweet.author.id === userId ? tweetDeleteEvent(tweet, userId, now()) : undefined),
        (subscription) => postDeleteEvent(tweet, subscription, newUuid()),
      )
    },

    announceMessage(message) {
      const told = { message, mentions: tweets.mentionsIn(message.text) }
      return tell(
        (userId) => messageEvent(told, userId),
        (subscription) => messageActivity(told, subscription, random, newUuid()),
        () => bills.read('messageEvent', [message.id]),
      )
    },

    announceFollow(follow) {
      return tell(
        (userId) => followEvent(follow, userId, now()),
        (subscription) => followActivity(follow, subscription, newUuid()),
        () => bills.read('followEvent', [`${follow.source.id} ${follow.target.id}`]),
      )
    },

    // X names no subscription of it: it is told once to each webhook of either dialect, and once on the stream.
    announceRevocation({ id }) {
      const pending = webhooks.all().flatMap((webhook) => {
        const hasActivity = webhooks.activities().some(({ webhookId }) => webhookId === webhook.id)
        const hasAccounts = webhooks.accountsOf(webhook.id).length > 0
        // The older dialect's subscription ends with it: docs.x.com/x-api/account-activity/introduction.
        webhooks.unsubscribeAccount(webhook.id, id)
        return send(webhook, [
          ...(hasAccounts ? [revokeEvent(id, now())] : []),
          ...(hasActivity ? [oauthRevokeEvent(id, newUuid(), now())] : []),
        ])
      })
      if (webhooks.activities().length > 0) {
        stream.publish(Buffer.from(toJson(oauthRevokeEvent(id, newUuid(), now()))), () => {})
      }
      return Promise.all(pending)
    },
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
