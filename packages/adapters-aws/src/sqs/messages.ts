import type { Event } from '@hexbird/core'
import { isTweet } from '@hexbird/core/adapter'
import { AwsError } from '../error.js'

/**
 * Returns the body of a message: JSON in ASCII, `{"v":1,"event":{…}}`. Each character is one byte, and SQS accepts all
 * of them unchanged.
 */
export function encodeEvent(event: Event): string {
  return JSON.stringify({ v: 1, event }).replace(
    /[^\0-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** @throws AwsError `EVENT_UNREADABLE` if the body isn't an event of this version */
export function decodeEvent(body: string): Event {
  const message = parse(body)
  if (!isRecord(message) || message.v !== 1 || !isEvent(message.event)) {
    throw new AwsError(
      'EVENT_UNREADABLE',
      'The message is no event of version 1. Let the version that wrote it finish, or remove it.',
    )
  }
  return message.event
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The error of JSON.parse quotes the message, so drop it.
    throw new AwsError('EVENT_UNREADABLE', 'The message is not JSON. Something else writes to this queue.')
  }
}

/** The required texts of each kind of event. */
const TEXTS: { readonly [Kind in Exclude<Event['kind'], 'tweet'>]: readonly string[] } = {
  'tweet-deleted': ['tweetId', 'authorId', 'botId'],
  revoked: ['userId', 'appId'],
  message: ['id', 'botId', 'senderId'],
  unknown: ['name'],
  malformed: ['name', 'reason'],
}
/** Optional fields, with the checks of their types. */
const OPTIONAL = { text: 'string', at: 'number' } as const

function isEvent(value: unknown): value is Event {
  if (!isRecord(value)) return false
  if (value.kind === 'tweet') return isTweet(value.tweet)
  const texts = Object.entries(TEXTS).find(([kind]) => kind === value.kind)?.[1]
  return (
    texts?.every((name) => typeof value[name] === 'string') === true &&
    Object.entries(OPTIONAL).every(([name, type]) => value[name] === undefined || typeof value[name] === type)
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The parts of Lambda's message that are read. */
export interface DelayedMessage {
  readonly messageAttributes: Readonly<Record<string, { readonly stringValue?: string | undefined }>>
}

/** The message attribute with the time, in epoch milliseconds, until which the message has to wait. */
export const NOT_BEFORE = 'notBefore'

/** Returns the time until which to defer the message again; `undefined` if its time has come. */
export function waitsUntil({ messageAttributes }: DelayedMessage, now: number): number | undefined {
  const until = Number(messageAttributes[NOT_BEFORE]?.stringValue)
  return Number.isFinite(until) && until > now ? until : undefined
}
