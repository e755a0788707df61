import type { Hono } from 'hono'
import type { LocalPerson, People } from '../state/people.js'
import { type LocalTweet, mentionsExplicitly, type ReplySettings } from '../state/tweets.js'
import type { JsonObject } from '../util/json.js'
import { escaped, hasLink, measure } from '../util/text.js'
import type { World } from '../world.js'
import { isId, isObject, type Parsed, readObject, unknownKey } from './body.js'
import { inWords, present, readSelection, SELECTION_QUERY } from './fields.js'
import { type ApiEnv, callerOf, type Guard } from './guard.js'
import { answer, forbidden, invalid, missing, type Problem, refuse, wordsOf } from './problems.js'

/* docs.x.com/x-api/posts: create, delete, and look up by id. */

export function routeTweets(api: Hono<ApiEnv>, world: World, guard: Guard): void {
  const [reading, writing] = [
    ['tweet.read', 'users.read'],
    ['tweet.read', 'tweet.write', 'users.read'],
  ]
  const posting = { allow: ['user'], scopes: writing, access: 'read-write' } as const

  api.post('/2/tweets', guard({ ...posting, limit: { user: 100, day: { app: 10_000 } } }), async (c) => {
    const read = await readObject(c)
    if (read.kind === 'refused') return refuse(c, read.problem)
    const request = readRequest(read.body)
    if (request.kind === 'refused') return refuse(c, request.problem)
    const author = callerOf(c, world)
    const posted = post(request, author, world)
    if (posted.kind === 'refused') {
      const { text, inReplyToId } = request
      const reply = inReplyToId === undefined ? {} : { inReplyToId }
      world.refusedPosts.push({ author, text, at: world.now(), ...reply, detail: wordsOf(posted.problem) })
      return refuse(c, posted.problem)
    }
    const { id, text, editHistory } = posted.tweet
    world.bills.add(priceOf(posted.tweet, world))
    // X's answer does not wait for the webhooks.
    void world.announce(posted.tweet)
    const words = world.switches.all().postWordsOnly ? 'post' : 'tweet'
    const data = { id, text: escaped(text), edit_history_tweet_ids: editHistory }
    return answer(c, inWords(words, { data }), 201)
  })

  api.get(
    '/2/tweets',
    guard({
      allow: ['user', 'app'],
      scopes: reading,
      limit: { user: 5000, app: 3500 },
      query: ['ids', ...SELECTION_QUERY.tweets],
    }),
    (c) => {
      const ids = c.req.query('ids')?.split(',') ?? []
      const wrong = ids.find((id) => !isId(id))
      if (wrong !== undefined || ids.length === 0 || ids.length > 100) {
        return refuse(c, invalid(`The \`ids\` query parameter value [${wrong ?? ids.length}] is not valid`, { ids }))
      }
      const read = readSelection(c, world, 'tweets')
      if (read.kind === 'refused') return refuse(c, read.problem)
      const found = ids.flatMap((id) => world.tweets.find(id) ?? [])
      const errors = ids.filter((id) => world.tweets.find(id) === undefined).map((id) => missing('tweet', 'ids', id))
      return answer(c, withoutEmpty({ ...present(found, read.selection, world, c.get('caller')), errors }))
    },
  )

  api.get(
    '/2/tweets/:id',
    guard({ allow: ['user', 'app'], scopes: reading, limit: { user: 900, app: 450 }, query: SELECTION_QUERY.tweets }),
    (c) => {
      const id = c.req.param('id')
      if (!isId(id)) return refuse(c, invalid(`The \`id\` query parameter value [${id}] is not valid`, { id: [id] }))
      const read = readSelection(c, world, 'tweets')
      if (read.kind === 'refused') return refuse(c, read.problem)
      const tweet = world.tweets.find(id)
      // X answers 200 about a tweet that is not there.
      if (tweet === undefined) return answer(c, { errors: [missing('tweet', 'id', id)] })
      const { data, includes } = present([tweet], read.selection, world, c.get('caller'))
      return answer(c, withoutEmpty({ data: data[0] ?? {}, includes }))
    },
  )

  api.delete('/2/tweets/:id', guard({ ...posting, limit: { user: 50 } }), (c) => {
    const { id } = c.req.param()
    if (!isId(id)) return refuse(c, invalid(`The \`id\` query parameter value [${id}] is not valid`, { id: [id] }))
    const tweet = world.tweets.find(id)
    if (tweet !== undefined && tweet.author.id !== callerOf(c, world).id) {
      return refuse(c, forbidden('You are not authorized to delete this Tweet.'))
    }
    // X's pages do not say how a tweet that is gone already is answered; what was asked for is so.
    if (tweet !== undefined) void world.announceDeletion(world.tweets.remove(id))
    return answer(c, { data: { deleted: true } })
  })
}

type CreateRequest = {
  readonly kind: 'read'
  readonly text: string
  readonly inReplyToId?: string
  readonly excludedUserIds: readonly string[]
  readonly mediaIds: readonly string[]
  readonly replySettings: ReplySettings
}

type Refused = { readonly kind: 'refused'; readonly problem: Problem }

const SERVED = ['text', 'reply', 'reply_settings', 'media', 'made_with_ai', 'paid_partnership']

// X takes these; here they are refused rather than passed over.
const NOT_SERVED = [
  ...['card_uri', 'community_id', 'direct_message_deep_link', 'edit_options', 'for_super_followers_only', 'geo'],
  ...['nullcast', 'poll', 'share_with_followers'],
]

function readRequest(body: Parsed): CreateRequest | Refused {
  const { text = '', reply, media, reply_settings: replySettings = 'everyone' } = body
  const notServed = NOT_SERVED.find((key) => body[key] !== undefined)
  const flag = ['made_with_ai', 'paid_partnership'].find((key) => !['undefined', 'boolean'].includes(typeof body[key]))
  const problem =
    unknownKey(body, [...SERVED, ...NOT_SERVED, 'quote_tweet_id']) ??
    (typeof text !== 'string' ? invalid(`$.text: ${typeof text} found, string expected`) : undefined) ??
    (flag !== undefined ? invalid(`$.${flag}: boolean expected`) : undefined) ??
    (!isReplySettings(replySettings)
      ? invalid('$.reply_settings: does not have a value in the enumeration')
      : undefined) ??
    problemOfReply(reply) ??
    problemOfMedia(media) ??
    (notServed !== undefined
      ? invalid(`$.${notServed}: X knows this, but the local X does not serve it`)
      : undefined) ??
    // Quoting by the API was taken from self-serve apps: docs.x.com/changelog, 16 April 2026. The words are a guess.
    (body.quote_tweet_id !== undefined ? forbidden('You are not permitted to perform this action.') : undefined)
  if (problem !== undefined || typeof text !== 'string' || !isReplySettings(replySettings)) {
    return { kind: 'refused', problem: problem ?? invalid('The request is not valid.') }
  }
  const { in_reply_to_tweet_id: inReplyToId, exclude_reply_user_ids: excluded } = isObject(reply) ? reply : {}
  return {
    kind: 'read',
    text: text.normalize('NFC').trim(),
    ...(isId(inReplyToId) ? { inReplyToId } : {}),
    excludedUserIds: Array.isArray(excluded) ? excluded.filter(isId) : [],
    mediaIds: isObject(media) && Array.isArray(media.media_ids) ? media.media_ids.filter(isId) : [],
    replySettings,
  }
}

function problemOfReply(reply: unknown): Problem | undefined {
  if (reply === undefined) return undefined
  if (!isObject(reply)) return invalid('$.reply: object expected')
  const { exclude_reply_user_ids: excluded = [] } = reply
  const known = ['in_reply_to_tweet_id', 'exclude_reply_user_ids', 'auto_populate_reply_metadata']
  return (
    unknownKey(reply, known, '$.reply') ??
    (isId(reply.in_reply_to_tweet_id)
      ? undefined
      : invalid('$.reply.in_reply_to_tweet_id: does not match the regex pattern ^[0-9]{1,19}$')) ??
    (Array.isArray(excluded) && excluded.every(isId)
      ? undefined
      : invalid('$.reply.exclude_reply_user_ids: array of strings expected'))
  )
}

/** X's description, CreatePostsMedia. */
function problemOfMedia(media: unknown): Problem | undefined {
  if (media === undefined) return undefined
  if (!isObject(media)) return invalid('$.media: object expected')
  const { media_ids: ids } = media
  return (
    unknownKey(media, ['media_ids', 'tagged_user_ids'], '$.media') ??
    (Array.isArray(ids) && ids.length >= 1 && ids.length <= 4 && ids.every(isId)
      ? undefined
      : invalid('$.media.media_ids: array of 1 to 4 ids expected'))
  )
}

function isReplySettings(value: unknown): value is ReplySettings {
  return ['everyone', 'following', 'mentionedUsers', 'subscribers', 'verified'].includes(String(value))
}

function post(
  request: CreateRequest,
  author: LocalPerson,
  world: World,
): { readonly kind: 'posted'; readonly tweet: LocalTweet } | Refused {
  const { tweets } = world
  const { inReplyToId } = request
  const parent = inReplyToId === undefined ? undefined : tweets.find(inReplyToId)
  const photos = world.uploads.photosOf(request.mediaIds, author.id)
  const problem =
    problemOfText(request.text, request.mediaIds.length > 0) ??
    (photos === undefined ? invalid(MEDIA_INVALID, { 'media.media_ids': request.mediaIds }) : undefined) ??
    (inReplyToId === undefined ? undefined : problemOfParent(parent, author, world)) ??
    (request.text !== '' && !world.switches.all().takesSameWords && isDuplicate(request.text, author, world)
      ? forbidden('You are not allowed to create a Tweet with duplicate content.')
      : undefined)
  if (problem !== undefined) return { kind: 'refused', problem }
  const tweet = tweets.create({
    author,
    text: request.text,
    excludedUserIds: request.excludedUserIds,
    replySettings: request.replySettings,
    ...(photos === undefined ? {} : { photos }),
    ...(parent === undefined ? {} : { inReplyTo: parent }),
  })
  return { kind: 'posted', tweet }
}

function priceOf({ displayText, author, inReplyTo }: LocalTweet, { tweets }: World) {
  if (hasLink(displayText)) return 'postWithLink'
  const parent = inReplyTo === undefined ? undefined : tweets.find(inReplyTo.id)
  const isSummoned = parent !== undefined && parent.author.id !== author.id
  return isSummoned ? 'reply' : 'post'
}

/** As public reports have it: github.com/plhery/node-twitter-api-v2/issues/375 and 501. */
const MEDIA_INVALID = 'Your media IDs are invalid.'

function problemOfText(text: string, hasMedia: boolean): Problem | undefined {
  if (text === '' && hasMedia) return undefined
  const { weightedLength, valid } = measure(text)
  if (weightedLength > 280) {
    const explained = 'For more information on how Twitter determines text length see'
    return invalid(`Your Tweet text is too long. ${explained} https://github.com/twitter/twitter-text.`)
  }
  return valid ? undefined : invalid('$.text: is empty or has characters that X does not take')
}

/**
 * Since 23 February 2026 a self-serve app may reply only where the author of the tweet mentions it there or quotes a
 * tweet of it (docs.x.com/changelog). Whether an implicit mention counts is not documented; here it does not.
 */
function problemOfParent(
  parent: LocalTweet | undefined,
  author: LocalPerson,
  { tweets, people, blockers }: World,
): Problem | undefined {
  if (parent === undefined || blockers.has(parent.author.id)) {
    return forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.')
  }
  if (parent.author.id === author.id) return undefined
  const mentioned = mentionsExplicitly(parent, author.id)
  const root = tweets.find(parent.conversationId) ?? parent
  if (!mayReply(parent, author.id, people) || !mayReply(root, author.id, people)) {
    return forbidden('The original Tweet author restricted who can reply to this Tweet.')
  }
  return mentioned || parent.quoted?.author.id === author.id
    ? undefined
    : forbidden('You can only reply to or quote posts where you are mentioned or are the author.')
}

// Nobody subscribes or is verified here, so those settings shut everybody out.
function mayReply({ replySettings, author, mentions }: LocalTweet, userId: string, people: People): boolean {
  if (replySettings === 'everyone' || author.id === userId) return true
  if (replySettings === 'following') return people.follows(author.id, userId)
  return replySettings === 'mentionedUsers' && mentions.some(({ person }) => person.id === userId)
}

const DUPLICATE_WINDOW_MS = 24 * 60 * 60 * 1000

/** X's own window is not documented; what was deleted does not count. */
function isDuplicate(text: string, author: LocalPerson, { tweets, now }: World): boolean {
  return tweets.withWords(author.id, text).some((tweet) => now() - tweet.createdAt < DUPLICATE_WINDOW_MS)
}

function withoutEmpty(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => typeof value !== 'object' || Object.keys(value ?? {}).length > 0),
  )
}
