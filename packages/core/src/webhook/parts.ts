import type { Mention, Photo } from '../domain/tweet.js'
import { timeOfId } from '../domain/tweet.js'
import {
  type Fields,
  idOf,
  listOf,
  millisecondsOf,
  need,
  objectOf,
  readableId,
  textOf,
  timeOf,
  withKnown,
} from './read.js'

/** The first id of the edit history, in whichever of X's spellings; a tweet without a history is its own first. */
export function firstIdOf(tweet: Fields, history: Fields | undefined, id: string): string {
  const ids = listOf(tweet.edit_history_tweet_ids ?? tweet.edit_history_post_ids)
  const initial = history?.initial_tweet_id ?? history?.initial_post_id
  return idOf(ids?.[0], 'edit_history_tweet_ids[0]') ?? idOf(initial, 'edit_history.initial_tweet_id') ?? id
}

/**
 * Whether this may be a later version of a tweet whose first id X does not tell: it names no history, and it is no reply to
 * somebody else, which nobody can edit. Only a look-up knows then under which id the tweet was answered.
 */
export function mayBeEdit(tweet: Fields, history: Fields | undefined, authorId: string, repliedTo: unknown): boolean {
  const ids = listOf(tweet.edit_history_tweet_ids ?? tweet.edit_history_post_ids)
  const initial = history?.initial_tweet_id ?? history?.initial_post_id
  const isToOther = repliedTo !== undefined && repliedTo !== null && repliedTo !== authorId
  return !isToOther && ids?.[0] === undefined && (initial === undefined || initial === null)
}

/** A link to the media of a tweet, as X puts it at the end of the text: `https://x.com/<name>/status/<id>/photo/1`. */
const MEDIA_LINK =
  /^https?:\/\/(?:www\.|mobile\.)?(?:x|twitter)\.com\/\w+\/status\/(\d{1,19})\/(?:photo|video)\/\d+\/?$/

/** Whether the text links to media of the tweet itself: then it has some, whether they came along or not. */
export function linksToOwnMedia(entities: unknown, ids: readonly unknown[]): boolean {
  for (const entry of listOf(objectOf(entities)?.urls) ?? []) {
    const { expanded_url: link, media_key: key } = objectOf(entry) ?? {}
    if (key !== undefined && key !== null) return true
    const id = typeof link === 'string' ? MEDIA_LINK.exec(link)?.[1] : undefined
    if (id !== undefined && ids.includes(id)) return true
  }
  return false
}

export function createdAtOf(tweet: Fields, id: string): number {
  return timeOf(tweet.created_at) ?? millisecondsOf(tweet.timestamp_ms) ?? need(timeOfId(id), 'created_at')
}

/**
 * A photo that can be fetched. A GIF or a video has a picture too, but on another path; and the classic `entities`
 * call it a photo, so the type alone does not tell.
 */
export function photoOf(type: unknown, url: unknown, altText: unknown): Photo | undefined {
  if (type !== 'photo' || typeof url !== 'string' || !url.startsWith('https://pbs.twimg.com/media/')) return undefined
  return withKnown({ url }, { altText: textOf(altText) })
}

/** `undefined` where there is no one to name: X writes -1 as the id of an account that is gone. */
export function mentionOf(id: unknown, username: unknown, start: unknown, visibleFrom: number): Mention | undefined {
  const mentioned = readableId(id)
  const name = textOf(username)
  if (mentioned === undefined || name === undefined) return undefined
  return { id: mentioned, username: name, explicit: typeof start === 'number' && start >= visibleFrom }
}

/** Where the words that the author wrote begin; `undefined` where X does not say. */
export function visibleFromOf(displayTextRange: unknown): number | undefined {
  const start = listOf(displayTextRange)?.[0]
  return typeof start === 'number' ? start : undefined
}

/** X fills in a person replied to for any tweet that begins with a name: without a tweet replied to, it is no reply. */
export function personRepliedTo(tweetId: string | undefined, personId: string | undefined): string | undefined {
  return tweetId === undefined ? undefined : personId
}
