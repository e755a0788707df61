import { APP_ID } from '../../state/app.js'
import type { LocalPhoto } from '../../state/media.js'
import type { LocalPerson } from '../../state/people.js'
import { type LocalTweet, shortLink, type Tweets } from '../../state/tweets.js'
import type { Json, JsonObject } from '../../util/json.js'
import { fitWithin } from '../../util/pictures.js'
import { codePoints, escaped, escapedPosition, sliceCodePoints } from '../../util/text.js'

/*
 * The older dialect: Account Activity, whose tweets are the classic objects of API v1.1.
 * docs.x.com/x-api/account-activity/introduction, developer.x.com data dictionary.
 */

/** The body of a delivery about a new tweet, for one subscribed account. */
export function tweetCreateEvent(tweet: LocalTweet, userId: string, tweets: Tweets): JsonObject {
  return {
    for_user_id: userId,
    ...(tweet.author.id === userId ? {} : { user_has_blocked: false }),
    tweet_create_events: [classicTweet(tweet, tweets)],
  }
}

/** The body of a delivery about a deleted tweet. X sends it for the subscribed account's own tweets alone. */
export function tweetDeleteEvent(tweet: LocalTweet, userId: string, now: number): JsonObject {
  return {
    for_user_id: userId,
    tweet_delete_events: [{ status: { id: tweet.id, user_id: tweet.author.id }, timestamp_ms: String(now) }],
  }
}

/** What a webhook is told of a person who took the app's access back. It names no `for_user_id`. */
export function revokeEvent(userId: string, now: number): JsonObject {
  return {
    user_event: {
      revoke: {
        date_time: revokedAt(now),
        target: { app_id: APP_ID },
        source: { user_id: userId },
      },
    },
  }
}

/** `2018-05-24T09:48:12+00:00`, as both dialects write the time of it. */
export function revokedAt(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, '+00:00')
}

// Whole text that does not fit is cut for the root object: docs.x.com, "Support for Longform Posts".
const CLASSIC_LENGTH = 140

function classicTweet(tweet: LocalTweet, tweets: Tweets, depth = 0): JsonObject {
  const { id, author, inReplyTo, quoted } = tweet
  const quotedTweet = quoted === undefined || depth > 0 ? undefined : tweets.find(quoted.id)
  // A tweet that begins with a name is addressed to that account without being a reply.
  const addressee = inReplyTo?.author ?? tweet.mentions.find(({ start }) => start === 0)?.person
  return {
    created_at: classicDate(tweet.createdAt),
    ...idPair('id', id),
    ...(codePoints(tweet.text) > CLASSIC_LENGTH ? cutText(tweet) : wholeText(tweet, 'text')),
    source: '<a href="https://mobile.x.com" rel="nofollow">X Web App</a>',
    ...idPair('in_reply_to_status_id', inReplyTo?.id),
    ...idPair('in_reply_to_user_id', addressee?.id),
    in_reply_to_screen_name: addressee?.username ?? null,
    user: classicUser(author),
    geo: null,
    coordinates: null,
    place: null,
    contributors: null,
    is_quote_status: quoted !== undefined,
    ...(quoted === undefined ? {} : idPair('quoted_status_id', quoted.id)),
    ...(quotedTweet === undefined ? {} : { quoted_status: classicTweet(quotedTweet, tweets, depth + 1) }),
    quote_count: 0,
    reply_count: tweets.repliesTo(id).length,
    retweet_count: 0,
    favorite_count: 0,
    favorited: false,
    retweeted: false,
    possibly_sensitive: false,
    edit_history: { initial_tweet_id: tweet.editHistory[0] ?? id, edit_tweet_ids: tweet.editHistory },
    filter_level: 'low',
    lang: 'en',
    timestamp_ms: String(tweet.createdAt),
  }
}

function wholeText(tweet: LocalTweet, name: 'text' | 'full_text'): JsonObject {
  return {
    [name]: escaped(tweet.text),
    ...(name === 'text' ? { truncated: false } : {}),
    display_text_range: tweet.displayRange.map((position) => escapedPosition(tweet.text, position)),
    entities: {
      ...textEntities(tweet, Number.POSITIVE_INFINITY),
      // X gives the first here, as a photo whatever it is, and all of them as what they are in the extended entities.
      ...(tweet.photos.length === 0
        ? {}
        : {
            media: mediaEntities(tweet)
              .slice(0, 1)
              .map((media) => ({ ...media, type: 'photo' })),
          }),
    },
    ...(tweet.photos.length === 0 ? {} : { extended_entities: { media: mediaEntities(tweet) } }),
  }
}

function cutText(tweet: LocalTweet): JsonObject {
  const url = shortLink(`status:${tweet.id}`)
  const kept = CLASSIC_LENGTH - codePoints(`… ${url}`)
  const words = escaped(sliceCodePoints(tweet.text, 0, kept))
  const text = `${words}… ${url}`
  const link = {
    url,
    expanded_url: `https://twitter.com/i/web/status/${tweet.id}`,
    display_url: 'twitter.com/i/web/status/1…',
    indices: [codePoints(words) + 2, codePoints(text)],
  }
  const entities = textEntities(tweet, kept)
  return {
    text,
    truncated: true,
    display_text_range: [
      Math.min(escapedPosition(tweet.text, tweet.displayRange[0]), codePoints(text)),
      codePoints(text),
    ],
    entities: { ...entities, urls: [link] },
    extended_tweet: wholeText(tweet, 'full_text'),
  }
}

function textEntities(tweet: LocalTweet, end: number): { readonly [key: string]: Json } {
  const at = (position: number) => escapedPosition(tweet.text, position)
  return {
    hashtags: [],
    symbols: [],
    urls: tweet.links
      .filter((link) => link.kind === 'quoted' && link.end <= end)
      .map((link) => ({
        url: link.url,
        expanded_url: link.expandedUrl,
        display_url: link.displayUrl,
        indices: [at(link.start), at(link.end)],
      })),
    user_mentions: tweet.mentions
      .filter((mention) => mention.end <= end)
      .map(({ person, start, end: stop }) => ({
        screen_name: person.username,
        name: person.name,
        ...idPair('id', person.id),
        indices: [at(start), at(stop)],
      })),
  }
}

function mediaEntities(tweet: LocalTweet): JsonObject[] {
  const link = tweet.links.find(({ kind }) => kind === 'photo')
  return tweet.photos.map((photo) => ({
    ...idPair('id', photo.id),
    indices:
      link === undefined ? [0, 0] : [link.start, link.end].map((position) => escapedPosition(tweet.text, position)),
    media_url: photo.url.replace('https:', 'http:'),
    media_url_https: photo.url,
    url: link?.url ?? photo.url,
    display_url: link?.displayUrl ?? photo.url,
    expanded_url: link?.expandedUrl ?? photo.url,
    type: photo.kind,
    sizes: {
      thumb: { w: 150, h: 150, resize: 'crop' },
      small: fit(photo, 680),
      medium: fit(photo, 1200),
      large: fit(photo, 2048),
    },
    ...(photo.kind === 'photo' ? {} : { video_info: videoInfo(photo) }),
  }))
}

/** X names the files of a GIF or a video here. There are none on the local X. */
function videoInfo({ kind, width, height }: LocalPhoto): JsonObject {
  return {
    aspect_ratio: [width, height],
    ...(kind === 'video' ? { duration_millis: 10_000 } : {}),
    variants: [],
  }
}

function fit(photo: LocalPhoto, side: number): JsonObject {
  const { width, height } = fitWithin(photo, side)
  return { w: width, h: height, resize: 'fit' }
}

function classicUser(person: LocalPerson): JsonObject {
  return {
    ...idPair('id', person.id),
    name: person.name,
    screen_name: person.username,
    location: null,
    url: null,
    description: null,
    translator_type: 'none',
    protected: person.protected,
    verified: false,
    followers_count: 0,
    friends_count: 0,
    listed_count: 0,
    favourites_count: 0,
    statuses_count: 1,
    created_at: classicDate(person.createdAt),
    utc_offset: null,
    time_zone: null,
    geo_enabled: false,
    lang: null,
    default_profile: true,
    default_profile_image: true,
    profile_image_url_https: 'https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png',
    following: null,
    follow_request_sent: null,
    notifications: null,
  }
}

/** The number with all its digits, and the text that a JavaScript reader needs. */
export function idPair(name: string, id: string | undefined): JsonObject {
  return { [name]: id === undefined ? null : BigInt(id), [`${name}_str`]: id ?? null }
}

/** `Wed Oct 10 20:19:24 +0000 2018` */
export function classicDate(time: number): string {
  const [weekday, day, month, year, clock] = new Date(time).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${clock} +0000 ${year}`
}
