import { APP_ID } from '../../state/app.js'
import { personObject, tweetObject } from '../../state/objects.js'
import type { LocalPerson } from '../../state/people.js'
import { type LocalTweet, mentionsExplicitly, type Tweets } from '../../state/tweets.js'
import type { ActivitySubscription } from '../../state/webhooks.js'
import type { Json, JsonObject } from '../../util/json.js'
import { revokedAt } from './account-activity.js'

/*
 * The newer dialect: X Activity. docs.x.com/x-api/activity/event-payloads, as of August 2026; it says `tweet_…` where
 * the published description of the API says `post_…`. No published sample carries media, so none is sent.
 */

/** What the subscription has to say about a new tweet, or undefined. */
export function postEvent(
  tweet: LocalTweet,
  subscription: ActivitySubscription,
  uuid: string,
  tweets: Tweets,
): JsonObject | undefined {
  const userId = subscription.filter.user_id
  // docs.x.com/x-api/activity/introduction: posts of protected accounts are never delivered.
  if (userId === undefined || tweet.author.protected || !concerns(tweet, subscription.eventType, userId))
    return undefined
  const payload = activityTweet(tweet, tweets)
  return envelope(subscription, uuid, payload, includesOf(tweet, subscription.eventType, payload))
}

/** What the subscription has to say about a deleted tweet, or undefined: only the account's own are told. */
export function postDeleteEvent(
  tweet: LocalTweet,
  subscription: ActivitySubscription,
  uuid: string,
): JsonObject | undefined {
  const { eventType, filter } = subscription
  if (eventType !== 'post.delete' || filter.user_id !== tweet.author.id) return undefined
  const payload = { id: tweet.id, author_id: tweet.author.id }
  return envelope(subscription, uuid, payload, { users: [{ data: activityPerson(tweet.author) }] })
}

/** What a webhook is told of a person who took the app's access back: nobody subscribes to it, and nobody is included. */
export function oauthRevokeEvent(userId: string, uuid: string, now: number): JsonObject {
  return {
    data: {
      event_uuid: uuid,
      filter: {},
      event_type: 'oauth.revoke',
      payload: { date_time: revokedAt(now), user_id: userId, app_id: APP_ID },
    },
  }
}

function concerns(tweet: LocalTweet, eventType: string, userId: string): boolean {
  const own = tweet.author.id === userId
  switch (eventType) {
    case 'post.create':
      return own
    case 'post.mention.create':
      return !own && mentionsExplicitly(tweet, userId)
    case 'post.reply.create':
      return !own && tweet.inReplyTo?.author.id === userId
    case 'post.quote.create':
      return !own && tweet.quoted?.author.id === userId
    default:
      return false
  }
}

/** X's samples of replies and quotes include nobody, not even the author. */
function includesOf(tweet: LocalTweet, eventType: string, payload: JsonObject): JsonObject {
  if (eventType === 'post.reply.create' || eventType === 'post.quote.create') return {}
  const mentioned = eventType === 'post.mention.create' ? tweet.mentions.map(({ person }) => person) : []
  const people = new Map([tweet.author, ...mentioned].map((person) => [person.id, person]))
  return { users: [...people.values()].map(activityPerson), tweets: [payload] }
}

export function envelope(
  { filter, eventType, tag }: ActivitySubscription,
  uuid: string,
  payload: JsonObject,
  includes?: JsonObject,
): JsonObject {
  return {
    data: {
      event_uuid: uuid,
      filter,
      event_type: eventType,
      ...(tag === undefined ? {} : { tag }),
      payload,
      ...(includes === undefined ? {} : { includes }),
    },
  }
}

const TWEET_FIELDS = [
  'paid_partnership',
  'created_at',
  'conversation_id',
  'in_reply_to_user_id',
  'referenced_tweets',
  'display_text_range',
  'edit_controls',
  'entities',
  'author_id',
  'possibly_sensitive',
  'public_metrics',
  'reply_settings',
  'note_tweet',
  'lang',
]

function activityTweet(tweet: LocalTweet, tweets: Tweets): JsonObject {
  const withoutMedia = { ...tweet, links: tweet.links.filter(({ kind }) => kind !== 'photo') }
  const { inReplyTo } = tweet
  return withNumbersAsText({
    ...tweetObject(withoutMedia, TWEET_FIELDS, tweets),
    ...(inReplyTo === undefined ? {} : { in_reply_to_tweet_id: inReplyTo.id }),
  })
}

export function activityPerson(person: LocalPerson): JsonObject {
  const fields = [
    'created_at',
    'description',
    'protected',
    'verified',
    'verified_type',
    'public_metrics',
    'affiliation',
  ]
  return withNumbersAsText(personObject(person, fields))
}

/** X Activity repeats each number as text beside it: `start` and `start_str`. */
function withNumbersAsText(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]): [string, Json][] =>
      typeof value === 'number'
        ? [
            [key, value],
            [`${key}_str`, String(value)],
          ]
        : [[key, within(value)]],
    ),
  )
}

function within(value: Json): Json {
  if (Array.isArray(value)) return value.map(within)
  return typeof value === 'object' && value !== null ? withNumbersAsText(value as JsonObject) : value
}
