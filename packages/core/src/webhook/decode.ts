import { DeliveryError } from '../domain/errors.js'
import type { Event } from '../domain/event.js'
import { defined } from '../util/defined.js'
import { lazy } from '../util/lazy.js'
import { classicTweet } from './classic.js'
import { type Summoning, tweetOfPost } from './post.js'
import {
  type Fields,
  listOf,
  MalformedError,
  millisecondsOf,
  need,
  needId,
  objectOf,
  textOf,
  timeOf,
  unescaped,
} from './read.js'

declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string }

const utf8 = lazy(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }))

/** A decoded delivery. */
export interface Delivery {
  /** Its events, in X's order. */
  readonly events: readonly Event[]
}

/**
 * Whether a body can be a delivery: its first byte after any JSON whitespace is `{`. `crcResponse` refuses a token with
 * a `{`, so its answer to a challenge is never the signature of a body that passes here.
 */
export function acceptsBody(rawBody: Uint8Array | string): boolean {
  for (let at = 0; at < rawBody.length; at += 1) {
    const byte = typeof rawBody === 'string' ? rawBody.charCodeAt(at) : rawBody[at]
    const isBlank = byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
    if (!isBlank) return byte === 0x7b
  }
  return false
}

/**
 * Decodes a delivery of the Account Activity API or the X Activity API. Check its signature first: this does not.
 *
 * An event that hexbird does not know becomes `unknown`, and one that it cannot read `malformed`; the other events of
 * the delivery are decoded all the same. Sources: docs.x.com/x-api/account-activity/introduction,
 * docs.x.com/x-api/activity/event-payloads.
 *
 * @throws DeliveryError if the body is not a JSON object in UTF-8
 */
export function decodeDelivery(rawBody: Uint8Array | string): Delivery {
  const delivery = parse(rawBody)
  const events: Event[] = []
  for (const name of Object.keys(delivery)) for (const event of eventsOf(name, delivery)) events.push(event)
  return { events }
}

/** Fields of the classic dialect that are not events: they only resolve names. */
const BESIDES: ReadonlySet<string> = new Set(['users', 'apps'])

function eventsOf(name: string, delivery: Fields): Event[] {
  const value = delivery[name]
  if (value === null) return []
  if (name === 'data') return activityEvents(value)
  if (name === 'user_event') return [userEvent(name, value)]
  const read = CLASSIC_EVENTS.get(name)
  if (read !== undefined) {
    return listed(name, value, (event) => read(event, needId(delivery.for_user_id, 'for_user_id'), name))
  }
  return typeof value === 'object' && !BESIDES.has(name) ? [unknown(name)] : []
}

function parse(rawBody: Uint8Array | string): Fields {
  if (!acceptsBody(rawBody)) {
    throw new DeliveryError('DELIVERY_NOT_AN_OBJECT', 'A delivery is one JSON object: its first character must be {.')
  }
  const text = typeof rawBody === 'string' ? rawBody : decoded(rawBody)
  try {
    return JSON.parse(text)
  } catch {
    throw new DeliveryError('DELIVERY_NOT_JSON', `The delivery of ${rawBody.length} bytes is not JSON.`)
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8().decode(bytes)
  } catch {
    throw new DeliveryError('DELIVERY_NOT_UTF8', `The delivery of ${bytes.length} bytes is not UTF-8.`)
  }
}

type ReadClassic = (event: Fields, botId: string, name: string) => Event

const CLASSIC_EVENTS: ReadonlyMap<string, ReadClassic> = new Map<string, ReadClassic>([
  ['tweet_create_events', readTweet],
  ['post_create_events', readTweet],
  ['tweet_delete_events', readTweetDeleted],
  ['post_delete_events', readTweetDeleted],
  ['direct_message_events', readMessage],
])

function readTweet(event: Fields, botId: string): Event {
  return { kind: 'tweet', tweet: classicTweet(event, botId) }
}

function readTweetDeleted(event: Fields, botId: string): Event {
  const status = need(objectOf(event.status ?? event.post), 'status')
  return defined({
    kind: 'tweet-deleted',
    tweetId: needId(status.id_str ?? status.id, 'status.id'),
    authorId: needId(status.user_id_str ?? status.user_id, 'status.user_id'),
    botId,
    at: millisecondsOf(event.timestamp_ms),
  })
}

function readMessage(event: Fields, botId: string, name: string): Event {
  if (event.type !== 'message_create') return unknown(name)
  const message = need(objectOf(event.message_create), 'message_create')
  const text = objectOf(message.message_data)?.text
  return defined({
    kind: 'message',
    id: needId(event.id, 'id'),
    botId,
    senderId: needId(message.sender_id, 'message_create.sender_id'),
    text: typeof text === 'string' ? unescaped(text) : undefined,
    at: millisecondsOf(event.created_timestamp),
  })
}

function userEvent(name: string, value: unknown): Event {
  const revoke = objectOf(value)?.revoke
  if (revoke === undefined) return unknown(name)
  return attempt(name, () => {
    const { date_time, source, target } = need(objectOf(revoke), 'revoke')
    return revoked(objectOf(source)?.user_id, objectOf(target)?.app_id, date_time)
  })
}

function revoked(userId: unknown, appId: unknown, at: unknown): Event {
  return defined({ kind: 'revoked', userId: needId(userId, 'user_id'), appId: needId(appId, 'app_id'), at: timeOf(at) })
}

/** X documents one event per delivery in this dialect, but this accepts several. */
function activityEvents(data: unknown): Event[] {
  return listOf(data)?.flatMap(activityEvent) ?? activityEvent(data)
}

function activityEvent(value: unknown): Event[] {
  const event = objectOf(value)
  const type = textOf(event?.event_type)
  if (event === undefined || type === undefined) return [malformed('data', 'event_type is missing')]
  const botId = () => needId(objectOf(event.filter)?.user_id, 'filter.user_id')
  const payload = () => need(objectOf(event.payload), 'payload')
  switch (type.startsWith('tweet.') ? `post.${type.slice('tweet.'.length)}` : type) {
    case 'post.create':
    case 'post.reply.create':
      return [attempt(type, () => readPost(event, botId()))]
    case 'post.mention.create':
      return [attempt(type, () => readPost(event, botId(), 'mentions-bot'))]
    case 'post.quote.create':
      return [attempt(type, () => readPost(event, botId(), 'quotes-bot'))]
    case 'post.delete':
      return [attempt(type, () => readPostDeleted(payload(), botId()))]
    case 'dm.received':
    case 'dm.sent':
      return listed(type, objectOf(event.payload)?.direct_message_events, (message) =>
        readMessage(message, botId(), type),
      )
    case 'chat.received':
    case 'chat.sent':
      return [attempt(type, () => readEncryptedMessage(payload(), botId()))]
    case 'oauth.revoke':
      return [
        attempt(type, () => {
          const { user_id, app_id, date_time } = payload()
          return revoked(user_id, app_id, date_time)
        }),
      ]
    default:
      return [unknown(type)]
  }
}

/** Reads a post. For an `outbound` subscription the event's type says nothing about the bot: the posts are its own. */
function readPost(event: Fields, botId: string, summoning?: Summoning): Event {
  const { payload: post, includes } = event
  const isInbound = objectOf(event.filter)?.direction !== 'outbound'
  const tweet = tweetOfPost({ post, includes, botId, lookedUp: false }, isInbound ? summoning : undefined)
  return { kind: 'tweet', tweet }
}

function readPostDeleted(payload: Fields, botId: string): Event {
  return {
    kind: 'tweet-deleted',
    tweetId: needId(payload.id, 'id'),
    authorId: needId(payload.author_id, 'author_id'),
    botId,
  }
}

function readEncryptedMessage(payload: Fields, botId: string): Event {
  return defined({
    kind: 'message',
    id: need(textOf(payload.id), 'id'),
    botId,
    senderId: needId(payload.sender_id, 'sender_id'),
    at: millisecondsOf(payload.created_at_msec),
  })
}

function listed(name: string, value: unknown, read: (event: Fields) => Event): Event[] {
  const list = listOf(value)
  if (list === undefined) return [malformed(name, 'the events are not a list')]
  return list.map((event) => attempt(name, () => read(need(objectOf(event), 'the event'))))
}

function attempt(name: string, read: () => Event): Event {
  try {
    return read()
  } catch (error) {
    if (error instanceof MalformedError) return malformed(name, error.message)
    throw error
  }
}

// The name comes from the delivery and ends up in logs.
const shortened = (name: string) => name.slice(0, 100)

function unknown(name: string): Event {
  return { kind: 'unknown', name: shortened(name) }
}

function malformed(name: string, reason: string): Event {
  return { kind: 'malformed', name: shortened(name), reason }
}
