import { isId, isObject, type Parsed } from '../api/body.js'
import type { LocalPhoto, PhotoUpload, TakenPhoto } from '../state/media.js'
import type { LocalPerson } from '../state/people.js'
import type { LocalTweet, ReplySettings, TweetReference } from '../state/tweets.js'
import { LocalXError } from '../util/errors.js'
import type { PhotoType } from '../util/pictures.js'
import { codePoints, sliceCodePoints, unescaped } from '../util/text.js'
import type { World } from '../world.js'

/*
 * Makes the people, tweets and photos of a recorded delivery known, so that a bot can look them up and answer. Both
 * dialects are first brought into one plain form.
 */

type Recorded = {
  readonly id: string
  readonly author: { readonly id: string; readonly username?: string; readonly name?: string }
  readonly text: string
  readonly displayRange?: readonly [number, number]
  readonly createdAt: number
  readonly conversationId?: string
  readonly inReplyTo?: { readonly id: string; readonly userId: string; readonly username?: string }
  readonly quoted?: Recorded | { readonly id: string; readonly userId: string }
  readonly mentions: readonly { readonly id: string; readonly username: string }[]
  readonly media: readonly { readonly key: string; readonly type: PhotoType; readonly altText?: string }[]
  readonly editHistory: readonly string[]
  readonly replySettings: ReplySettings
}

/** `photos` are the bytes of the recorded photos, in their order; where the recording names none they are added to its first tweet. */
export async function importRecording(
  world: World,
  raw: string,
  photos: readonly PhotoUpload[],
): Promise<readonly LocalTweet[]> {
  const body = parse(raw)
  const recorded = list(body, 'tweet_create_events').map((tweet) => fromClassic(tweet))
  const activity = object(body, 'data')
  const payload = activity === undefined ? undefined : object(activity, 'payload')
  const includes = (activity === undefined ? undefined : object(activity, 'includes')) ?? {}
  const users = list(includes, 'users').map((user) => object(user, 'data') ?? user)
  const posts = payload?.text === undefined ? [] : [payload]
  const all = [...recorded, ...posts.map((post) => fromV2(post, users, list(includes, 'media')))]
  if (all.length === 0) throw new LocalXError('BAD_RECORDING', 'This is no delivery about a tweet, of either dialect.')
  const taken = [...(await world.media.take(photos))]
  for (const user of users)
    knowUser(world, { id: id(user), username: text(user, 'username'), name: text(user, 'name') })
  const tweets = all.map((tweet) => know(world, tweet, taken))
  const [first, ...rest] = tweets
  if (first === undefined || taken.length === 0) return tweets
  const added = { ...first, photos: [...first.photos, ...taken.map((photo) => world.media.add(photo))] }
  world.tweets.replace(added)
  return [added, ...rest]
}

function know(world: World, recorded: Recorded, taken: TakenPhoto[]): LocalTweet {
  const author = knowUser(world, recorded.author)
  for (const { id: userId, username } of recorded.mentions) knowUser(world, { id: userId, username })
  const { inReplyTo, quoted } = recorded
  const reply: TweetReference | undefined =
    inReplyTo === undefined
      ? undefined
      : { id: inReplyTo.id, author: knowUser(world, { id: inReplyTo.userId, username: inReplyTo.username }) }
  const quote: TweetReference | undefined =
    quoted === undefined
      ? undefined
      : 'text' in quoted
        ? know(world, quoted, taken)
        : { id: quoted.id, author: knowUser(world, { id: quoted.userId, username: undefined }) }
  const displayRange = recorded.displayRange ?? [0, codePoints(recorded.text)]
  return world.tweets.know({
    id: recorded.id,
    author,
    text: recorded.text,
    displayRange,
    displayText: sliceCodePoints(recorded.text, ...displayRange),
    createdAt: recorded.createdAt,
    conversationId: recorded.conversationId ?? reply?.id ?? recorded.id,
    photos: recorded.media.map((photo) => knowPhoto(world, photo, taken.shift())),
    mentions: world.tweets.mentionsIn(recorded.text),
    links: [],
    ...(reply === undefined ? {} : { inReplyTo: reply }),
    ...(quote === undefined ? {} : { quoted: { id: quote.id, author: quote.author } }),
    replySettings: recorded.replySettings,
    editHistory: recorded.editHistory,
    deleted: false,
  })
}

function knowPhoto(world: World, { key, type, altText }: Recorded['media'][number], taken?: TakenPhoto): LocalPhoto {
  const described = altText === undefined ? {} : { altText }
  return taken === undefined
    ? world.media.name(key, type, altText)
    : world.media.add({ ...described, ...taken }, { key, type })
}

function knowUser(
  world: World,
  user: { readonly id: string; readonly username?: string | undefined; readonly name?: string | undefined },
): LocalPerson {
  return world.people.know(user.id, user.username, user.name)
}

function fromClassic(tweet: Parsed): Recorded {
  const user = object(tweet, 'user') ?? {}
  const extended = object(tweet, 'extended_tweet')
  const whole = extended ?? tweet
  const entities = object(whole, 'entities') ?? {}
  const media = object(whole, 'extended_entities') ?? entities
  const history = object(tweet, 'edit_history') ?? {}
  const range = rangeOf(whole)
  const replyTo = text(tweet, 'in_reply_to_status_id_str')
  const quoted = object(tweet, 'quoted_status')
  return {
    id: id(tweet, 'id_str'),
    author: {
      id: id(user, 'id_str'),
      ...optional('username', text(user, 'screen_name')),
      ...optional('name', text(user, 'name')),
    },
    ...wordsOf(text(whole, 'full_text') ?? text(whole, 'text') ?? '', range),
    createdAt: timeOf(tweet),
    ...(replyTo === undefined
      ? {}
      : {
          inReplyTo: {
            id: replyTo,
            userId: id(tweet, 'in_reply_to_user_id_str'),
            ...optional('username', text(tweet, 'in_reply_to_screen_name')),
          },
        }),
    ...(quoted === undefined ? {} : { quoted: fromClassic(quoted) }),
    mentions: list(entities, 'user_mentions').flatMap((one) => {
      const username = text(one, 'screen_name')
      return username === undefined ? [] : [{ id: id(one, 'id_str'), username }]
    }),
    media: list(media, 'media').flatMap((one) => photoAt(text(one, 'media_url_https'), text(one, 'ext_alt_text'))),
    editHistory: [...new Set([text(history, 'initial_tweet_id') ?? id(tweet, 'id_str'), id(tweet, 'id_str')])],
    replySettings: 'everyone',
  }
}

function fromV2(post: Parsed, users: readonly Parsed[], media: readonly Parsed[]): Recorded {
  const entities = object(post, 'entities') ?? {}
  const authorId = id(post, 'author_id')
  const author = users.find((user) => user.id === authorId)
  const references = [...list(post, 'referenced_tweets'), ...list(post, 'referenced_posts')]
  const referred = (type: string) => references.find((one) => one.type === type)
  const replyTo = text(post, 'in_reply_to_tweet_id') ?? text(referred('replied_to') ?? {}, 'id')
  const replyToUser = text(post, 'in_reply_to_user_id')
  const history = [...strings(post, 'edit_history_tweet_ids'), ...strings(post, 'edit_history_post_ids')]
  const settings = text(post, 'reply_settings')
  return {
    id: id(post),
    author: {
      id: authorId,
      ...optional('username', text(author ?? {}, 'username')),
      ...optional('name', text(author ?? {}, 'name')),
    },
    ...wordsOf(text(post, 'text') ?? '', rangeOf(post)),
    createdAt: timeOf(post),
    ...optional('conversationId', text(post, 'conversation_id')),
    ...(replyTo === undefined || replyToUser === undefined ? {} : { inReplyTo: { id: replyTo, userId: replyToUser } }),
    mentions: list(entities, 'mentions').flatMap((one) => {
      const [userId, username] = [text(one, 'id'), text(one, 'username')]
      return userId === undefined || username === undefined ? [] : [{ id: userId, username }]
    }),
    media: media.flatMap((one) => photoAt(text(one, 'url'), text(one, 'alt_text'))),
    editHistory: history.length === 0 ? [id(post)] : history,
    replySettings: isReplySettings(settings) ? settings : 'everyone',
  }
}

function photoAt(url: string | undefined, altText: string | undefined): Recorded['media'] {
  const { key, extension } = /\/media\/(?<key>[\w-]+)\.(?<extension>jpg|png)/.exec(url ?? '')?.groups ?? {}
  if (key === undefined) return []
  return [{ key, type: extension === 'png' ? 'image/png' : 'image/jpeg', ...optional('altText', altText) }]
}

function timeOf(tweet: Parsed): number {
  const time = Date.parse(text(tweet, 'created_at') ?? '')
  if (Number.isNaN(time)) throw new LocalXError('BAD_RECORDING', 'A recorded tweet has no `created_at`.')
  return time
}

/** X escapes a text, and counts the positions in what it escaped. */
function wordsOf(shown: string, range: readonly [number, number] | undefined): Pick<Recorded, 'text' | 'displayRange'> {
  const position = (of: number) => codePoints(unescaped(sliceCodePoints(shown, 0, of)))
  return {
    text: unescaped(shown),
    ...optional('displayRange', range && ([position(range[0]), position(range[1])] as const)),
  }
}

function rangeOf(tweet: Parsed): readonly [number, number] | undefined {
  const [start, end] = Array.isArray(tweet.display_text_range) ? tweet.display_text_range : []
  return typeof start === 'number' && typeof end === 'number' ? [start, end] : undefined
}

function parse(raw: string): Parsed {
  try {
    const body: unknown = JSON.parse(raw)
    if (isObject(body)) return body
  } catch (cause) {
    throw new LocalXError('BAD_RECORDING', 'A recorded delivery is JSON; this is not.', { cause })
  }
  throw new LocalXError('BAD_RECORDING', 'A recorded delivery is a JSON object; this is not.')
}

function object(parent: Parsed, key: string): Parsed | undefined {
  const value = parent[key]
  return isObject(value) ? value : undefined
}

function list(parent: Parsed, key: string): readonly Parsed[] {
  const value = parent[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

function strings(parent: Parsed, key: string): readonly string[] {
  const value = parent[key]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function text(parent: Parsed, key: string): string | undefined {
  const value = parent[key]
  return typeof value === 'string' ? value : undefined
}

function id(parent: Parsed, key = 'id'): string {
  const value = parent[key]
  if (!isId(value)) throw new LocalXError('BAD_RECORDING', `A recorded object has no \`${key}\` of digits.`)
  return value
}

function isReplySettings(value: string | undefined): value is ReplySettings {
  return ['everyone', 'following', 'mentionedUsers', 'subscribers', 'verified'].includes(value ?? '')
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
