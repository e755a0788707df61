import type { Mention, Photo, Tweet } from '../domain/tweet.js'
import { defined } from '../util/defined.js'
import {
  createdAtOf,
  firstIdOf,
  linksToOwnMedia,
  mayBeEdit,
  mentionOf,
  personRepliedTo,
  photoOf,
  visibleFromOf,
} from './parts.js'
import { type Fields, idOf, listOf, MalformedError, need, needId, objectOf, textOf, unescaped } from './read.js'

/** A Post object of X API v2, from an X Activity event or a look-up. */
export interface PostInput {
  readonly post: unknown
  /** The expansions that came with it: `users`, `media`, `tweets` or `posts`. */
  readonly includes?: unknown
  readonly botId: string
  /**
   * Whether the post was looked up with its media, so that a photo that is not there does not exist. An event proves
   * nothing, because none of X's samples includes media. After a look-up, `media` is `unknown` only if X's response is
   * inconsistent: the text links to a photo that is not included, or nothing says whether the post is an edit.
   */
  readonly lookedUp: boolean
}

/** The tweet, or why the post cannot be read. */
export type DecodedPost =
  | { readonly kind: 'tweet'; readonly tweet: Tweet }
  | { readonly kind: 'malformed'; readonly reason: string }

/**
 * Decodes a v2 Post object into a tweet, in the old spelling (`referenced_tweets`, `edit_history_tweet_ids`) or the new
 * (`referenced_posts`, `edit_history_post_ids`). A long post is read from `note_tweet` or `note_post`.
 * Source: docs.x.com/x-api/activity/event-payloads and X's OpenAPI description 2.167.
 */
export function decodePost(input: PostInput): DecodedPost {
  try {
    return { kind: 'tweet', tweet: tweetOfPost(input) }
  } catch (error) {
    if (error instanceof MalformedError) return { kind: 'malformed', reason: error.message }
    throw error
  }
}

/**
 * What an event's type says about the bot, in addition to the post. X sends `post.mention.create` only for a mention
 * that the author wrote, and `post.quote.create` only for a quote of one of the filter user's posts.
 */
export type Summoning = 'mentions-bot' | 'quotes-bot'

/** Decodes a post. @throws MalformedError if it cannot be read */
export function tweetOfPost(
  { post: value, includes: included, botId, lookedUp }: PostInput,
  summoning?: Summoning,
): Tweet {
  const post = need(objectOf(value), 'the post')
  const includes = objectOf(included)
  const id = needId(post.id, 'id')
  const authorId = needId(post.author_id, 'author_id')
  const username = usernameOf(includes, authorId)
  const note = objectOf(post.note_tweet ?? post.note_post)
  const text = need(typeof post.text === 'string' ? post.text : undefined, 'text')
  const references = referencesOf(post)
  const inReplyToId = references.repliedTo
  const mentions = mentionsOf(post, text, note, inReplyToId !== undefined)
  const { photos, complete } = photosOf(post, note, includes, id)
  const personId = idOf(post.in_reply_to_user_id, 'in_reply_to_user_id')
  const isWhole =
    (photos.length > 0 || complete) &&
    !mayBeEdit(post, undefined, authorId, inReplyToId === undefined ? undefined : personId)
  return {
    id,
    firstId: firstIdOf(post, undefined, id),
    botId,
    text: unescaped(typeof note?.text === 'string' ? note.text : text),
    createdAt: createdAtOf(post, id),
    author: defined({ id: authorId, username }),
    photos,
    media: mediaOf(photos, lookedUp, lookedUp ? isWhole : isWhole && complete),
    mentions: summoning === 'mentions-bot' ? withExplicitMention(mentions, botId, includes) : mentions,
    isRetweet: references.isRetweet,
    ...defined({
      lang: textOf(post.lang),
      quotedId: references.quoted,
      quotedAuthorId:
        authorOf(includes, references.quoted) ?? (summoning === 'quotes-bot' && authorId !== botId ? botId : undefined),
      inReplyToId,
      inReplyToUserId: personRepliedTo(inReplyToId, personId),
      conversationId: idOf(post.conversation_id, 'conversation_id'),
      replySettings: textOf(post.reply_settings),
    }),
  }
}

function mediaOf(photos: readonly Photo[], lookedUp: boolean, isWhole: boolean): Tweet['media'] {
  if (!isWhole) return 'unknown'
  if (photos.length > 0) return 'present'
  return lookedUp ? 'absent' : 'unknown'
}

/** All known ids of the tweet, because the link to its photo may contain the id of an earlier version. */
const idsOf = (post: Fields, id: string): readonly unknown[] => [
  id,
  ...(listOf(post.edit_history_tweet_ids ?? post.edit_history_post_ids) ?? []),
]

function referencesOf(post: Fields) {
  let repliedTo = idOf(post.in_reply_to_tweet_id ?? post.in_reply_to_post_id, 'in_reply_to_tweet_id')
  let quoted: string | undefined
  let isRetweet = false
  for (const entry of listOf(post.referenced_tweets ?? post.referenced_posts) ?? []) {
    const reference = objectOf(entry)
    switch (reference?.type) {
      case 'replied_to':
        repliedTo ??= idOf(reference.id, 'the id of the post replied to')
        break
      case 'quoted':
        quoted = idOf(reference.id, 'the id of the quoted post')
        break
      case 'retweeted':
      case 'reposted':
        isRetweet = true
        break
    }
  }
  return { repliedTo, quoted, isRetweet }
}

/** Finds an included object. X Activity wraps some of them in `data`. */
function included(list: unknown, id: string): Fields | undefined {
  for (const entry of listOf(list) ?? []) {
    const outer = objectOf(entry)
    const fields = objectOf(outer?.data) ?? outer
    if (fields?.id === id) return fields
  }
  return undefined
}

function usernameOf(includes: Fields | undefined, userId: string): string | undefined {
  return textOf(included(includes?.users, userId)?.username)
}

function authorOf(includes: Fields | undefined, postId: string | undefined): string | undefined {
  if (postId === undefined) return undefined
  return idOf(included(includes?.tweets ?? includes?.posts, postId)?.author_id, 'the author of the quoted post')
}

/** Reads the photos, in the post's order. `complete` if all media that it names or links to are included. */
function photosOf(
  post: Fields,
  note: Fields | undefined,
  includes: Fields | undefined,
  id: string,
): { photos: Photo[]; complete: boolean } {
  const keys = listOf(objectOf(post.attachments)?.media_keys) ?? []
  if (keys.length === 0) {
    const ids = idsOf(post, id)
    const complete = !linksToOwnMedia(post.entities, ids) && !linksToOwnMedia(note?.entities, ids)
    return { photos: [], complete }
  }
  const media = new Map<unknown, Fields>()
  for (const entry of listOf(includes?.media) ?? []) {
    const fields = objectOf(entry)
    if (fields !== undefined) media.set(fields.media_key, fields)
  }
  const photos: Photo[] = []
  for (const key of keys) {
    const medium = media.get(key)
    const photo = photoOf(medium?.type, medium?.url, medium?.alt_text)
    if (photo !== undefined) photos.push(photo)
  }
  return { photos, complete: keys.every((key) => media.has(key)) }
}

/**
 * Reads the mentions of the post, or of its note if there is one. A mention is explicit if it starts at or after the
 * start of `display_text_range`. If a reply has no range, its leading mentions count as added by X.
 */
function mentionsOf(post: Fields, text: string, note: Fields | undefined, isReply: boolean): Mention[] {
  const hidden = visibleFromOf(post.display_text_range) ?? (isReply ? leadingMentions(text) : 0)
  // The range is for `text`. It is valid for the note only if the note begins with the same mentions.
  const sameStart = typeof note?.text !== 'string' || note.text.startsWith(text.slice(0, hidden))
  const entities = objectOf(note?.entities) ?? objectOf(post.entities)
  const mentions: Mention[] = []
  for (const entry of listOf(entities?.mentions) ?? []) {
    const fields = objectOf(entry)
    const mention = mentionOf(fields?.id, fields?.username, fields?.start, sameStart ? hidden : 0)
    if (mention !== undefined) mentions.push(mention)
  }
  return mentions
}

function leadingMentions(text: string): number {
  return /^(?:@\w+(?:\s+|$))*/.exec(text)?.[0].length ?? 0
}

/**
 * Marks the mention of this account as explicit, because the event's type says so. Adds it if the entities lack it, as
 * they do if the text was cut before the mention. Its `username` is empty if the event does not have it.
 */
function withExplicitMention(
  mentions: readonly Mention[],
  id: string,
  includes: Fields | undefined,
): readonly Mention[] {
  if (!mentions.some((mention) => mention.id === id)) {
    return [...mentions, { id, username: usernameOf(includes, id) ?? '', explicit: true }]
  }
  const isTold = ({ id: mentioned, explicit }: Mention) => explicit || mentioned !== id
  return mentions.every(isTold)
    ? mentions
    : mentions.map((mention) => (isTold(mention) ? mention : { ...mention, explicit: true }))
}
