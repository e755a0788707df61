import type { Mention, Photo } from '../domain/tweet.js'
import { timeOfId } from '../domain/tweet.js'
import { defined } from '../util/defined.js'
import { type Fields, idOf, listOf, millisecondsOf, need, objectOf, readableId, textOf, timeOf } from './read.js'

/** Returns the first id of the edit history, in any of X's spellings, or the tweet's own id if it has no history. */
export function firstIdOf(tweet: Fields, history: Fields | undefined, id: string): string {
  const ids = listOf(tweet.edit_history_tweet_ids ?? tweet.edit_history_post_ids)
  const initial = history?.initial_tweet_id ?? history?.initial_post_id
  return idOf(ids?.[0], 'edit_history_tweet_ids[0]') ?? idOf(initial, 'edit_history.initial_tweet_id') ?? id
}

/**
 * Whether this may be an edit whose first id is unknown: it has no edit history, and is not a reply to someone else,
 * which cannot be edited. If so, only a look-up can tell under which id the tweet was answered.
 */
export function mayBeEdit(tweet: Fields, history: Fields | undefined, authorId: string, repliedTo: unknown): boolean {
  const ids = listOf(tweet.edit_history_tweet_ids ?? tweet.edit_history_post_ids)
  const initial = history?.initial_tweet_id ?? history?.initial_post_id
  const isToOther = repliedTo !== undefined && repliedTo !== null && repliedTo !== authorId
  return !isToOther && ids?.[0] === undefined && (initial === undefined || initial === null)
}

/** The link to a tweet's media that X appends to the text: `https://x.com/<name>/status/<id>/photo/1`. */
const MEDIA_LINK =
  /^https?:\/\/(?:www\.|mobile\.)?(?:x|twitter)\.com\/\w+\/status\/(\d{1,19})\/(?:photo|video)\/\d+\/?$/

/** Whether the text links to the tweet's own media. If so, it has media, even if they are not in the event. */
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
 * Returns a photo that can be fetched. The still image of a GIF or video is not one: it has another path, but the
 * classic `entities` call it a photo, so the type alone does not tell.
 */
export function photoOf(type: unknown, url: unknown, altText: unknown): Photo | undefined {
  if (type !== 'photo' || typeof url !== 'string' || !url.startsWith('https://pbs.twimg.com/media/')) return undefined
  return defined({ url, altText: textOf(altText) })
}

/** Returns a mention, or `undefined` if the account no longer exists: X then sends the id -1. */
export function mentionOf(id: unknown, username: unknown, start: unknown, visibleFrom: number): Mention | undefined {
  const mentioned = readableId(id)
  const name = textOf(username)
  if (mentioned === undefined || name === undefined) return undefined
  return { id: mentioned, username: name, explicit: typeof start === 'number' && start >= visibleFrom }
}

/** Returns where the author's own words begin, or `undefined` if X does not say. */
export function visibleFromOf(displayTextRange: unknown): number | undefined {
  const start = listOf(displayTextRange)?.[0]
  return typeof start === 'number' ? start : undefined
}

/** X sets this person for any tweet that begins with a mention. Without a tweet replied to, it is not a reply. */
export function personRepliedTo(tweetId: string | undefined, personId: string | undefined): string | undefined {
  return tweetId === undefined ? undefined : personId
}
