import type { Caller } from '../auth/authenticator.js'
import type { LocalPhoto } from '../state/media.js'
import { mediaObject, personObject, tweetObject } from '../state/objects.js'
import type { LocalPerson } from '../state/people.js'
import type { LocalTweet, TweetReference } from '../state/tweets.js'
import type { Json, JsonObject } from '../util/json.js'
import type { World } from '../world.js'
import type { ApiContext } from './guard.js'
import { readNames } from './names.js'
import type { Problem } from './problems.js'

/*
 * `tweet.fields`, `expansions` and their like. In August 2026 X's published description renamed `tweet.fields` to
 * `post.fields` and the names within; pages and samples kept the old ones. Both are understood, and each is answered in its
 * own words, as clients report it of X.
 */

/** The older words that have a newer one. */
const NEWER: Readonly<Record<string, string>> = {
  note_tweet: 'note_post',
  referenced_tweets: 'referenced_posts',
  edit_history_tweet_ids: 'edit_history_post_ids',
  most_recent_tweet_id: 'most_recent_post_id',
  pinned_tweet_id: 'pinned_post_id',
  tweets: 'posts',
  retweet_count: 'repost_count',
  tweet_count: 'post_count',
}

const OLDER = Object.fromEntries(Object.entries(NEWER).map(([older, newer]) => [newer, older]))

const isOlder = (name: string): boolean => Object.hasOwn(NEWER, name) || name.startsWith('referenced_tweets.')

/** A name in X's older words, of which one is shorter than its twin. */
const older = (name: string): string => (name === 'referenced_tweets.id' ? 'referenced_tweets' : (OLDER[name] ?? name))

const TWEET_FIELDS = [
  ...['article', 'article_title', 'attachments', 'author_id', 'card_uri', 'community_id', 'context_annotations'],
  ...['conversation_id', 'created_at', 'display_text_range', 'edit_controls', 'edit_history_tweet_ids', 'entities'],
  ...['geo', 'id', 'in_reply_to_user_id', 'lang', 'matched_media_notes', 'media_metadata', 'non_public_metrics'],
  ...['note_request_suggestions', 'note_tweet', 'organic_metrics', 'paid_partnership', 'possibly_sensitive'],
  ...['promoted_metrics', 'public_metrics', 'referenced_tweets', 'reply_settings', 'scopes', 'source'],
  ...['suggested_source_links', 'suggested_source_links_with_counts', 'text', 'withheld'],
]

const TWEET_EXPANSIONS = [
  ...['article.cover_media', 'article.media_entities', 'attachments.media_keys', 'attachments.media_source_tweet'],
  ...['attachments.poll_ids', 'author_id', 'edit_history_tweet_ids', 'entities.mentions.username', 'geo.place_id'],
  ...['in_reply_to_user_id', 'referenced_tweets', 'referenced_tweets.id.author_id', 'username'],
]

const USER_EXPANSIONS = ['affiliation', 'most_recent_tweet_id', 'pinned_tweet_id']

const USER_FIELDS = [
  ...['affiliation', 'confirmed_email', 'connection_status', 'created_at', 'description', 'entities', 'id'],
  ...['is_identity_verified', 'location', 'most_recent_tweet_id', 'name', 'parody', 'pinned_tweet_id'],
  ...['profile_banner_url', 'profile_image_url', 'protected', 'public_metrics', 'receives_your_dm'],
  ...['subscribes_to_you', 'subscription', 'subscription_type', 'url', 'username', 'verified'],
  ...['verified_followers_count', 'verified_type', 'withheld'],
]

const MEDIA_FIELDS = [
  ...['alt_text', 'duration_ms', 'height', 'media_key', 'non_public_metrics', 'organic_metrics', 'preview_image_url'],
  ...['promoted_metrics', 'public_metrics', 'type', 'url', 'variants', 'width'],
]

const POLL_FIELDS = ['duration_minutes', 'end_datetime', 'id', 'options', 'voting_status']

const PLACE_FIELDS = ['contained_within', 'country', 'country_code', 'full_name', 'geo', 'id', 'name', 'place_type']

const USER_QUERY = { 'user.fields': USER_FIELDS, 'tweet.fields': TWEET_FIELDS, 'post.fields': TWEET_FIELDS }

/** The query parameters that `readSelection` reads, each with the names that it takes. */
const QUERIES: Readonly<Record<'tweets' | 'users', Readonly<Record<string, readonly string[]>>>> = {
  tweets: {
    ...USER_QUERY,
    expansions: TWEET_EXPANSIONS,
    'media.fields': MEDIA_FIELDS,
    'poll.fields': POLL_FIELDS,
    'place.fields': PLACE_FIELDS,
  },
  users: { ...USER_QUERY, expansions: USER_EXPANSIONS },
}

export const SELECTION_QUERY = { tweets: Object.keys(QUERIES.tweets), users: Object.keys(QUERIES.users) } as const

/** What a caller asked to see. */
type Selection = {
  /** Those of the answer: X's older ones (`…_tweets`) or its newer ones (`…_posts`). */
  readonly words: 'tweet' | 'post'
  readonly tweet: readonly string[]
  readonly user: readonly string[]
  readonly media: readonly string[]
  readonly expansions: readonly string[]
}

export function readSelection(
  c: ApiContext,
  world: World,
  of: 'tweets' | 'users',
): { readonly kind: 'read'; readonly selection: Selection } | { readonly kind: 'refused'; readonly problem: Problem } {
  const { postWordsOnly } = world.switches.all()
  const asked = new Map<string, readonly string[]>()
  let isNewer = postWordsOnly || c.req.query('post.fields') !== undefined
  for (const [parameter, known] of Object.entries(QUERIES[of])) {
    if (postWordsOnly && parameter === 'tweet.fields') continue
    const isKnown = (name: string) => known.includes(older(name)) && !(postWordsOnly && isOlder(name))
    const read = readNames(c, world, parameter, known, isKnown)
    if (read.kind === 'refused') return read
    const { names = [] } = read
    isNewer ||= parameter === 'expansions' && names.some((name) => Object.hasOwn(OLDER, name))
    asked.set(parameter, names.map(older))
  }
  const named = (parameter: string) => asked.get(parameter) ?? []
  return {
    kind: 'read',
    selection: {
      words: isNewer ? 'post' : 'tweet',
      tweet: [...named('tweet.fields'), ...named('post.fields')],
      user: named('user.fields'),
      media: named('media.fields'),
      expansions: named('expansions'),
    },
  }
}

/** The object in the words of the answer. */
export function inWords<T extends Json>(words: Selection['words'], value: T): T {
  return words === 'tweet' ? value : (renamed(value) as T)
}

function renamed(value: Json): Json {
  if (Array.isArray(value)) return value.map(renamed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [NEWER[name] ?? name, renamed(member)]))
}

/** The tweets as they were asked for, with the objects that the expansions name; each of them is charged for. */
export function present(
  tweets: readonly LocalTweet[],
  { words, tweet: fields, user, media, expansions }: Selection,
  world: World,
  caller: Caller,
  price: 'postRead' | 'ownedRead' = 'postRead',
): { readonly data: readonly JsonObject[]; readonly includes: JsonObject } {
  const wants = (name: string) => expansions.includes(name)
  const shown = (list: readonly LocalTweet[]) =>
    list.map((one) => tweetObject(one, [...fields, ...impliedBy(expansions)], world.tweets))
  const referenced = tweets.flatMap((tweet) => references(tweet).flatMap(({ id }) => world.tweets.find(id) ?? []))
  const people = tweets.flatMap((tweet): readonly LocalPerson[] => [
    ...(wants('author_id') ? [tweet.author] : []),
    ...(wants('in_reply_to_user_id') && tweet.inReplyTo !== undefined ? [tweet.inReplyTo.author] : []),
    ...(wants('entities.mentions.username') ? tweet.mentions.map(({ person }) => person) : []),
    ...(wants('referenced_tweets.id.author_id') ? references(tweet).map(({ author }) => author) : []),
  ])
  const photos = wants('attachments.media_keys') ? tweets.flatMap((tweet) => tweet.photos) : []
  const brought = wants('referenced_tweets') || wants('referenced_tweets.id.author_id') ? unique(referenced) : []
  world.bills.read(
    price,
    tweets.map(({ id }) => id),
  )
  world.bills.read(
    'postRead',
    brought.map(({ id }) => id),
  )
  world.bills.read(
    'userRead',
    people.map(({ id }) => id),
  )
  const includes = {
    users: unique(people).map((person) => presentPerson(person, user, world, caller)),
    tweets: shown(brought),
    media: unique<LocalPhoto>(photos).map((photo) => mediaObject(photo, media)),
  }
  return inWords(words, {
    data: shown(tweets),
    includes: Object.fromEntries(Object.entries(includes).filter(([, objects]) => objects.length > 0)),
  })
}

/** An account as the caller sees it. */
export function presentPerson(
  person: LocalPerson,
  fields: readonly string[],
  { people, messages }: World,
  caller: Caller,
): JsonObject {
  const viewer = caller.kind === 'user' ? people.find(caller.userId) : undefined
  return personObject(person, fields, {
    followers: people.followerCount(person.id),
    following: people.followedBy(person.id),
    ...(viewer === undefined ? {} : { receivesYourDm: messages.mayReach(viewer, person) }),
  })
}

/** An expansion brings the field that it expands. */
function impliedBy(expansions: readonly string[]): string[] {
  return expansions.map((expansion) => expansion.split('.')[0] ?? expansion)
}

const references = ({ inReplyTo, quoted }: LocalTweet): TweetReference[] =>
  [inReplyTo, quoted].filter((reference) => reference !== undefined)

function unique<T extends { readonly id: string }>(objects: readonly T[]): T[] {
  return [...new Map(objects.map((object) => [object.id, object])).values()]
}
