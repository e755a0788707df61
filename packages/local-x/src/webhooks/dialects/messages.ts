import { APP_ID } from '../../state/app.js'
import type { LocalMessage } from '../../state/messages.js'
import type { LocalPerson } from '../../state/people.js'
import type { LocalMention } from '../../state/tweets.js'
import type { ActivitySubscription } from '../../state/webhooks.js'
import type { JsonObject } from '../../util/json.js'
import { type Random, randomText } from '../../util/random.js'
import { escaped, escapedPosition } from '../../util/text.js'
import { idPair } from './account-activity.js'
import { activityPerson, envelope } from './x-activity.js'

/*
 * Direct messages: docs.x.com/x-api/account-activity/introduction, "direct_message_events", and
 * docs.x.com/x-api/activity/event-payloads, "Legacy DM events" and "Chat events (XChat)". X's pages on the older dialect
 * know nothing of encrypted messages: nothing is told of them there.
 */

type ToldMessage = { readonly message: LocalMessage; readonly mentions: readonly LocalMention[] }

/** What an account that takes part is told of a message, or undefined. */
export function messageEvent({ message, mentions }: ToldMessage, userId: string): JsonObject | undefined {
  const { from, to, encrypted, byApp } = message
  if (encrypted || (userId !== from.id && userId !== to.id)) return undefined
  const app = { id: APP_ID, name: 'hexbird on the local X', url: 'https://x.com' }
  return {
    for_user_id: userId,
    direct_message_events: [messageObject(message, mentions, byApp ? { source_app_id: APP_ID } : {})],
    ...(byApp ? { apps: { [APP_ID]: app } } : {}),
    users: byId(from, to, classicParticipant),
  }
}

/** What the subscription has to say about a message, or undefined. */
export function messageActivity(
  { message, mentions }: ToldMessage,
  subscription: ActivitySubscription,
  random: Random,
  uuid: string,
): JsonObject | undefined {
  const { from, to, encrypted } = message
  const { eventType, filter } = subscription
  const family = encrypted ? 'chat' : 'dm'
  const isSent = eventType === `${family}.sent` && filter.user_id === from.id
  const isReceived = eventType === `${family}.received` && filter.user_id === to.id
  if (!isSent && !isReceived) return undefined
  const payload = encrypted
    ? encryptedMessage(message, random)
    : {
        direct_message_events: [messageObject(message, mentions)],
        users: byId(from, to, (person) => ({ data: activityPerson(person) })),
      }
  return envelope(subscription, uuid, payload)
}

/** The same in both dialects. */
function messageObject(
  { id, from, to, text, createdAt }: LocalMessage,
  mentions: readonly LocalMention[],
  source: JsonObject = {},
): JsonObject {
  return {
    type: 'message_create',
    id,
    created_timestamp: String(createdAt),
    message_create: {
      target: { recipient_id: to.id },
      sender_id: from.id,
      ...source,
      message_data: {
        text: escaped(text),
        entities: {
          hashtags: [],
          symbols: [],
          user_mentions: mentions.map(({ person, start, end }) => ({
            screen_name: person.username,
            name: person.name,
            ...idPair('id', person.id),
            indices: [escapedPosition(text, start), escapedPosition(text, end)],
          })),
          urls: [],
        },
      },
    },
  }
}

/** Nobody can read it here: what X would send encrypted is random. */
function encryptedMessage({ id, conversationId, from, createdAt }: LocalMessage, random: Random): JsonObject {
  return {
    conversation_token: randomText(random, 120),
    id,
    created_at_msec: String(createdAt),
    sender_id: from.id,
    // The larger id first, as in X's sample.
    conversation_id: conversationId.split('-').reverse().join(':'),
    conversation_key_version: String(createdAt),
    encoded_event: randomText(random, 200),
    conversation_key_change_event: randomText(random, 200),
    message_event_signature: {
      public_key_version: String(createdAt),
      signature: randomText(random, 86),
      signature_version: '7',
      signing_public_key: randomText(random, 124),
    },
  }
}

/** Unlike a tweet's user: the id is text alone, and the time is a timestamp. */
function classicParticipant(person: LocalPerson): JsonObject {
  return {
    id: person.id,
    created_timestamp: String(person.createdAt),
    name: person.name,
    screen_name: person.username,
    protected: person.protected,
    verified: false,
    followers_count: 0,
    friends_count: 0,
    statuses_count: 1,
    profile_image_url_https: 'https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png',
  }
}

function byId(from: LocalPerson, to: LocalPerson, describe: (person: LocalPerson) => JsonObject): JsonObject {
  return { [from.id]: describe(from), [to.id]: describe(to) }
}
