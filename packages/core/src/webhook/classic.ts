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
import { type Fields, idOf, listOf, need, needId, objectOf, textOf, unescaped } from './read.js'

/**
 * Decodes a tweet of the Account Activity API: a v1.1 object whose text is cut at 140 characters, with the whole of a
 * longer tweet in `extended_tweet`. Source: docs.x.com/x-api/account-activity/introduction, X's v1.1 data dictionary.
 */
export function classicTweet(value: unknown, botId: string): Tweet {
  const tweet = need(objectOf(value), 'the tweet')
  const id = needId(tweet.id_str ?? tweet.id, 'id')
  const user = need(objectOf(tweet.user), 'user')
  const username = textOf(user.screen_name)
  const long = objectOf(tweet.extended_tweet)
  const whole = typeof long?.full_text === 'string' ? long : tweet
  const text = whole.full_text ?? whole.text
  const photos = photosOf(tweet, long)
  const quoted = objectOf(tweet.quoted_status)
  const quotedUser = objectOf(quoted?.user)
  const inReplyToId = idOf(tweet.in_reply_to_status_id_str ?? tweet.in_reply_to_status_id, 'in_reply_to_status_id')
  const history = objectOf(tweet.edit_history)
  const firstId = firstIdOf(tweet, history, id)
  const authorId = needId(user.id_str ?? user.id, 'user.id')
  const personId = idOf(tweet.in_reply_to_user_id_str ?? tweet.in_reply_to_user_id, 'in_reply_to_user_id')
  const isLinked = [tweet.entities, long?.entities].some((entities) => linksToOwnMedia(entities, [id, firstId]))
  // A truncated tweet without `extended_tweet` may lack its media too.
  const isWhole =
    (photos.length > 0 || (!isLinked && (tweet.truncated !== true || long !== undefined))) &&
    !mayBeEdit(tweet, history, authorId, inReplyToId === undefined ? undefined : personId)
  return defined({
    id,
    firstId,
    botId,
    text: unescaped(need(typeof text === 'string' ? text : undefined, 'text')),
    createdAt: createdAtOf(tweet, id),
    author: defined({ id: authorId, username }),
    photos,
    media: isWhole ? (photos.length > 0 ? 'present' : 'absent') : 'unknown',
    mentions: mentionsOf(whole, objectOf(whole.entities) ?? objectOf(tweet.entities)),
    isRetweet: objectOf(tweet.retweeted_status) !== undefined,
    lang: textOf(tweet.lang),
    quotedId: idOf(tweet.quoted_status_id_str ?? tweet.quoted_status_id, 'quoted_status_id'),
    quotedAuthorId: idOf(quotedUser?.id_str ?? quotedUser?.id, 'quoted_status.user.id'),
    inReplyToId,
    inReplyToUserId: personRepliedTo(inReplyToId, personId),
    replySettings: textOf(tweet.reply_settings),
  })
}

/** Reads the photos. `entities` has only the first one, so it is used only if there are no `extended_entities`. */
function photosOf(tweet: Fields, long: Fields | undefined): Photo[] {
  const media =
    mediaIn(long?.extended_entities) ??
    mediaIn(tweet.extended_entities) ??
    mediaIn(long?.entities) ??
    mediaIn(tweet.entities) ??
    []
  const photos: Photo[] = []
  for (const entry of media) {
    const fields = objectOf(entry)
    const photo = photoOf(fields?.type, fields?.media_url_https, fields?.ext_alt_text)
    if (photo !== undefined) photos.push(photo)
  }
  return photos
}

const mediaIn = (entities: unknown) => listOf(objectOf(entities)?.media)

/** Reads the mentions. Without a `display_text_range`, all of them are explicit in this dialect. */
function mentionsOf(whole: Fields, entities: Fields | undefined): Mention[] {
  const visibleFrom = visibleFromOf(whole.display_text_range) ?? 0
  const mentions: Mention[] = []
  for (const entry of listOf(entities?.user_mentions) ?? []) {
    const fields = objectOf(entry)
    const mention = mentionOf(
      fields?.id_str ?? fields?.id,
      fields?.screen_name,
      listOf(fields?.indices)?.[0],
      visibleFrom,
    )
    if (mention !== undefined) mentions.push(mention)
  }
  return mentions
}
