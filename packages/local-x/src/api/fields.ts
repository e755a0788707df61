import type { Caller } from '../auth/authenticator.js'
import type { LocalPhoto } from '../state/media.js'
import { mediaObject, personObject, tweetObject } from '../state/objects.js'
import type { LocalPerson } from '../state/people.js'
import type { LocalTweet, TweetReference } from '../state/tweets.js'
import type { JsonObject } from '../util/json.js'
import type { World } from '../world.js'
import type { ApiContext } from './guard.js'
import { invalid, type Problem } from './problems.js'

/*
 * `tweet.fields`, `expansions` and their like. In August 2026 X's published description renamed `tweet.fields` to
 * `post.fields` and the names within; pages and samples kept the old ones. Both are understood, answers say `tweet_…`.
 */

const RENAMED: Readonly<Record<string, string>> = {
  note_post: 'note_tweet',
  referenced_posts: 'referenced_tweets',
  edit_history_post_ids: 'edit_history_tweet_ids',
  'referenced_tweets.id': 'referenced_tweets',
}

const TWEET_FIELDS = [
  ...['article', 'attachments', 'author_id', 'card_uri', 'community_id', 'context_annotations', 'conversation_id'],
  ...['created_at', 'display_text_range', 'edit_controls', 'edit_history_tweet_ids', 'entities', 'geo', 'id'],
  ...['in_reply_to_user_id', 'lang', 'media_metadata', 'note_tweet', 'paid_partnership', 'possibly_sensitive'],
  ...['public_metrics', 'referenced_tweets', 'reply_settings', 'scopes', 'source', 'text', 'withheld'],
]

const EXPANSIONS = [
  ...['attachments.media_keys', 'attachments.poll_ids', 'author_id', 'edit_history_tweet_ids'],
  ...['entities.mentions.username', 'geo.place_id', 'in_reply_to_user_id', 'referenced_tweets'],
  'referenced_tweets.id.author_id',
]

const USER_FIELDS = [
  ...['affiliation', 'connection_status', 'created_at', 'description', 'entities', 'id', 'is_identity_verified'],
  ...['location', 'most_recent_tweet_id', 'name', 'parody', 'pinned_tweet_id', 'profile_banner_url'],
  ...['profile_image_url', 'protected', 'public_metrics', 'receives_your_dm', 'subscription_type', 'url', 'username'],
  ...['verified', 'verified_type', 'withheld'],
]

const MEDIA_FIELDS = [
  ...['alt_text', 'duration_ms', 'height', 'media_key', 'preview_image_url', 'public_metrics', 'type', 'url'],
  ...['variants', 'width'],
]

/** The query parameters that `readSelection` reads. */
export const SELECTION_QUERY = ['tweet.fields', 'post.fields', 'expansions', 'user.fields', 'media.fields'] as const

/** What a caller asked to see. */
type Selection = {
  readonly tweet: readonly string[]
  readonly user: readonly string[]
  readonly media: readonly string[]
  readonly expansions: readonly string[]
}

export function readSelection(
  c: ApiContext,
): { readonly kind: 'read'; readonly selection: Selection } | { readonly kind: 'refused'; readonly problem: Problem } {
  const lists = [
    ['tweet.fields', TWEET_FIELDS],
    ['post.fields', TWEET_FIELDS],
    ['expansions', EXPANSIONS],
    ['user.fields', USER_FIELDS],
    ['media.fields', MEDIA_FIELDS],
  ] as const
  const asked = new Map<string, readonly string[]>()
  for (const [parameter, known] of lists) {
    const names = (c.req.query(parameter)?.split(',') ?? []).map((name) => RENAMED[name] ?? name)
    const unknown = names.find((name) => !known.includes(name))
    if (unknown !== undefined) {
      const message = `The \`${parameter}\` query parameter value [${unknown}] is not one of [${known.join(',')}]`
      return { kind: 'refused', problem: invalid(message, { [parameter]: [c.req.query(parameter) ?? ''] }) }
    }
    asked.set(parameter, names)
  }
  const of = (parameter: string) => asked.get(parameter) ?? []
  return {
    kind: 'read',
    selection: {
      tweet: [...of('tweet.fields'), ...of('post.fields')],
      user: of('user.fields'),
      media: of('media.fields'),
      expansions: of('expansions'),
    },
  }
}

/** The tweets as they were asked for, with the objects that the expansions name; each of them is charged for. */
export function present(
  tweets: readonly LocalTweet[],
  { tweet: fields, user, media, expansions }: Selection,
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
  return {
    data: shown(tweets),
    includes: Object.fromEntries(Object.entries(includes).filter(([, objects]) => objects.length > 0)),
  }
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
