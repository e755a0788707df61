import type { Json, JsonObject } from '../util/json.js'
import { codePoints, escaped, escapedPosition, measure, sliceCodePoints } from '../util/text.js'
import type { LocalPhoto } from './media.js'
import type { LocalPerson } from './people.js'
import type { LocalTweet, Tweets } from './tweets.js'

/* The objects of API v2, with the fields asked for: docs.x.com/x-api/fundamentals/data-dictionary. */

/** X sends these without being asked. */
const ALWAYS = { tweet: ['id', 'text', 'edit_history_tweet_ids'], person: ['id', 'name', 'username'] } as const

export function tweetObject(tweet: LocalTweet, fields: readonly string[], tweets: Tweets): JsonObject {
  const { id, author, photos, inReplyTo, quoted } = tweet
  const isLong = measure(tweet.displayText).weightedLength > 280
  const references = [
    ...(inReplyTo === undefined ? [] : [{ type: 'replied_to', id: inReplyTo.id }]),
    ...(quoted === undefined ? [] : [{ type: 'quoted', id: quoted.id }]),
  ]
  const all: { readonly [field: string]: Json | undefined } = {
    id,
    text: escaped(isLong ? shortened(tweet) : tweet.text),
    edit_history_tweet_ids: tweet.editHistory,
    attachments: photos.length === 0 ? undefined : { media_keys: photos.map(mediaKey) },
    author_id: author.id,
    conversation_id: tweet.conversationId,
    created_at: new Date(tweet.createdAt).toISOString(),
    display_text_range: tweet.displayRange.map((position) => escapedPosition(tweet.text, position)),
    edit_controls: {
      edits_remaining: 6 - tweet.editHistory.length,
      is_edit_eligible: inReplyTo === undefined,
      editable_until: new Date(tweet.createdAt + 3_600_000).toISOString(),
    },
    entities: entitiesOf(tweet),
    in_reply_to_user_id: inReplyTo?.author.id,
    lang: 'en',
    note_tweet: isLong ? { text: escaped(tweet.text) } : undefined,
    paid_partnership: false,
    possibly_sensitive: false,
    public_metrics: {
      retweet_count: 0,
      reply_count: tweets.repliesTo(id).length,
      like_count: 0,
      quote_count: tweets.quoteCount(id),
      bookmark_count: 0,
      impression_count: 0,
    },
    referenced_tweets: references.length === 0 ? undefined : references,
    reply_settings: tweet.replySettings,
  }
  return pick(all, [...ALWAYS.tweet, ...fields])
}

/** What only shows to whoever asks, or has to be counted elsewhere. */
type Relation = { readonly receivesYourDm?: boolean; readonly followers?: number; readonly following?: number }

export function personObject(
  person: LocalPerson,
  fields: readonly string[],
  { receivesYourDm, followers = 0, following = 0 }: Relation = {},
): JsonObject {
  const all: { readonly [field: string]: Json | undefined } = {
    id: person.id,
    name: person.name,
    username: person.username,
    affiliation: person.automated ? { description: 'Automated' } : {},
    created_at: new Date(person.createdAt).toISOString(),
    description: '',
    profile_image_url: 'https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png',
    protected: person.protected,
    public_metrics: {
      followers_count: followers,
      following_count: following,
      tweet_count: 0,
      listed_count: 0,
      like_count: 0,
      media_count: 0,
    },
    receives_your_dm: receivesYourDm,
    url: '',
    verified: false,
    verified_type: 'none',
  }
  return pick(all, [...ALWAYS.person, ...fields])
}

export function mediaObject(photo: LocalPhoto, fields: readonly string[]): JsonObject {
  const all: { readonly [field: string]: Json | undefined } = {
    media_key: mediaKey(photo),
    type: photo.kind,
    // Of what moves X gives the still as a preview.
    [photo.kind === 'photo' ? 'url' : 'preview_image_url']: photo.url,
    width: photo.width,
    height: photo.height,
    alt_text: photo.altText,
  }
  return pick(all, ['media_key', 'type', ...fields])
}

const MEDIA_KEYS = { photo: '3', video: '7', animated_gif: '16' } as const
const mediaKey = ({ kind, id }: LocalPhoto): string => `${MEDIA_KEYS[kind]}_${id}`

function entitiesOf({ text, mentions, links, photos }: LocalTweet): Json | undefined {
  if (mentions.length === 0 && links.length === 0) return undefined
  const at = (position: number) => escapedPosition(text, position)
  const urls = links.flatMap(({ kind, url, expandedUrl, displayUrl, start, end }): JsonObject[] => {
    const link = { start: at(start), end: at(end), url, expanded_url: expandedUrl, display_url: displayUrl }
    // Of a photo link X tells once for each photo.
    return kind === 'photo' ? photos.map((photo) => ({ ...link, media_key: mediaKey(photo) })) : [link]
  })
  return {
    ...(urls.length === 0 ? {} : { urls }),
    ...(mentions.length === 0
      ? {}
      : {
          mentions: mentions.map(({ person, start, end }) => ({
            start: at(start),
            end: at(end),
            username: person.username,
            id: person.id,
          })),
        }),
  }
}

/** A long tweet's `text` is cut; `note_tweet` has the whole. */
function shortened(tweet: LocalTweet): string {
  const end = Math.min(codePoints(tweet.text), tweet.displayRange[0] + 279)
  return `${sliceCodePoints(tweet.text, 0, end)}…`
}

function pick(all: { readonly [field: string]: Json | undefined }, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, Json] => entry[1] !== undefined && fields.includes(entry[0])),
  )
}
