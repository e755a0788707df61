import type { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  altTextFault,
  type Deferral,
  decodePost,
  type ImageUpload,
  type Locked,
  type OwnReplyLookup,
  type OwnTweet,
  type OwnTweets,
  type OwnTweetsQuery,
  type OwnTweetsResult,
  type PostResult,
  type SocialClient,
  type TweetLookup,
  type UploadResult,
} from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { explained, lookupOf, postResultOf } from './answers.js'
import { checkedId, dateOf, tokensOf, type XCredentials } from './checks.js'
import { errorOfDeferral, XError } from './errors.js'
import { type Access, defaultAgent, exchange, type XCall } from './exchange.js'
import { type Fields, isId, listOf, objectOf, textOf } from './problem.js'
import { uploadImage } from './upload.js'
import { FieldWords } from './words.js'

/** As whom an `XSocialClient` posts. */
export interface XSocialClientOptions {
  readonly credentials: XCredentials
  /** The bot's account. Default: the digits that X's access tokens begin with; where there are none, X is asked once. */
  readonly botId?: string
  /** Default: one that all share, and that keeps connections open. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Milliseconds from the first byte sent to the last received. Default `TIMES.postTimeout`. */
  readonly postTimeoutMs?: number
  /** The same for one look-up, all its pages together. Default `TIMES.postTimeout`. */
  readonly lookupTimeoutMs?: number
  /** The same for one image: all its requests, and X's processing. Default `TIMES.postTimeout`. */
  readonly uploadTimeoutMs?: number
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Waits `ms` milliseconds before asking X again whether an image is processed. Default: a timer. */
  readonly wait?: (ms: number) => Promise<unknown>
}

/**
 * What `decodePost` reads. X charges for each account and each post that an expansion brings, and not for
 * media. So names and quoted posts are not asked for: the ids are fields, and a quote of the bot is told by its event.
 * Source: docs.x.com/x-api/posts/get-post-by-id, docs.x.com/x-api/getting-started/pricing.
 */
export const TWEET_QUERY = {
  expansions: 'attachments.media_keys',
  'tweet.fields':
    'attachments,author_id,conversation_id,created_at,display_text_range,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,referenced_tweets,reply_settings',
  'media.fields': 'url,type,alt_text',
} as const

/** The most that X gives on a page, and so many pages: a thousand tweets of the bot's since the one in question. */
const PAGE = 100
const OWN_TWEET_FIELDS = 'conversation_id,referenced_tweets,in_reply_to_user_id'
const MOST_PAGES = 10

/**
 * X API v2 as the bot, over OAuth 1.0a. What X says is returned; where it cannot be asked, or its answer makes no sense,
 * `XError` is thrown.
 *
 * @see https://docs.x.com/x-api/posts/create-post
 */
export class XSocialClient implements SocialClient, OwnTweets {
  readonly #access: Access
  readonly #postTimeoutMs: number
  readonly #lookupTimeoutMs: number
  readonly #uploadTimeoutMs: number
  readonly #now: () => number
  readonly #wait: (ms: number) => Promise<unknown>
  readonly #botId: string | undefined
  readonly #words = new FieldWords()
  #me: Promise<Me> | undefined

  constructor(options: XSocialClientOptions) {
    const { credentials, agent = defaultAgent(), now = Date.now } = options
    const { postTimeoutMs = TIMES.postTimeout, lookupTimeoutMs = TIMES.postTimeout } = options
    this.#access = { tokens: tokensOf(credentials), agent }
    this.#postTimeoutMs = postTimeoutMs
    this.#lookupTimeoutMs = lookupTimeoutMs
    this.#uploadTimeoutMs = options.uploadTimeoutMs ?? TIMES.postTimeout
    this.#now = now
    this.#wait = options.wait ?? sleep
    this.#botId = options.botId ?? /^(\d{1,19})-/.exec(credentials.accessToken)?.[1]
  }

  async reply(tweetId: string, text: string, mediaIds: readonly string[] = []): Promise<PostResult> {
    const media = mediaIds.length > 0 ? { media: { media_ids: mediaIds } } : {}
    const body = { text, reply: { in_reply_to_tweet_id: checkedId(tweetId) }, ...media }
    const call: XCall = { method: 'POST', path: 'tweets', body }
    return postResultOf(await exchange(this.#access, this.#postTimeoutMs, call), this.#now())
  }

  /** Needs an app that may write; X names no price for it. */
  async uploadImage(image: ImageUpload): Promise<UploadResult> {
    const fault = altTextFault(image.alt)
    if (fault !== undefined) return { kind: 'refused', reason: 'alt-text', detail: fault }
    const settings = { timeoutMs: this.#uploadTimeoutMs, now: this.#now, wait: this.#wait }
    return uploadImage(this.#access, image, settings)
  }

  async tweet(id: string): Promise<TweetLookup> {
    const botId = await this.#bot()
    if (typeof botId !== 'string') return botId
    const lookup = await this.#lookUp(`tweets/${checkedId(id)}`, TWEET_QUERY, this.#lookupTimeoutMs)
    if (lookup.kind !== 'body') return lookup
    const { data, includes } = lookup.body
    const decoded = decodePost({ post: data, includes, botId, lookedUp: true })
    if (decoded.kind === 'malformed') throw unreadable(`tweet ${id}`, decoded.reason)
    if (decoded.tweet.media === 'unknown') throw unreadable(`tweet ${id}`, 'its photos or its edit history are missing')
    return { kind: 'found', tweet: decoded.tweet }
  }

  /**
   * Each tweet that X lists is an owned read, once a day: as a rule the few that the bot posted since.
   *
   * A listed tweet that does not say whether it is a reply may be the one: then it is neither `found` nor `absent`, and
   * the error tells a person that X answers in words that this client does not know.
   *
   * @throws XError `X_ANSWER_UNREADABLE` where none is the reply and one does not say what it replies to
   * @throws XError `X_TIMELINE_TOO_LONG` after a thousand tweets; never `absent` before all were seen
   */
  async findOwnReply(tweetId: string): Promise<OwnReplyLookup> {
    const since_id = checkedId(tweetId)
    const endsAt = performance.now() + this.#lookupTimeoutMs
    const botId = await this.#bot()
    if (typeof botId !== 'string') return botId
    const query = {
      since_id,
      max_results: String(PAGE),
      'tweet.fields': OWN_TWEET_FIELDS,
    }
    let next: string | undefined
    let isDecided = true
    for (let page = 0; page < MOST_PAGES; page++) {
      const token = next === undefined ? {} : { pagination_token: next }
      const timeLeft = Math.max(1, endsAt - performance.now())
      const lookup = await this.#lookUp(`users/${botId}/tweets`, { ...query, ...token }, timeLeft)
      if (lookup.kind === 'deferred' || lookup.kind === 'locked') return lookup
      if (lookup.kind === 'gone') return ownAccountGone(lookup.detail)
      const { tweets, nextToken } = timelineOf(lookup.body)
      const targets = tweets.map(repliedToBy)
      const reply = tweets[targets.indexOf(tweetId)]
      if (reply) return { kind: 'found', id: reply.id }
      isDecided &&= !targets.includes('unknown')
      if (nextToken === undefined && isDecided) return { kind: 'absent' }
      if (nextToken === undefined)
        throw unreadable("the bot's timeline", 'it does not say which tweets are replies to what')
      next = nextToken
    }
    throw new XError(
      'X_TIMELINE_TOO_LONG',
      `The bot has posted more than ${PAGE * MOST_PAGES} tweets since ${tweetId}; whether it replied is not known. Check on X.`,
    )
  }

  /**
   * Each tweet that X lists is an owned read, once a day.
   *
   * @throws XError `X_ANSWER_UNREADABLE` where one does not say what it replies to
   * @see https://docs.x.com/x-api/users/get-posts
   */
  async ownTweets({ from, most, page }: OwnTweetsQuery): Promise<OwnTweetsResult> {
    const botId = await this.#bot()
    if (typeof botId !== 'string') return botId
    const query = {
      start_time: dateOf(from),
      max_results: String(most),
      'tweet.fields': OWN_TWEET_FIELDS,
      ...defined({ pagination_token: page }),
    }
    const lookup = await this.#lookUp(`users/${botId}/tweets`, query, this.#lookupTimeoutMs)
    if (lookup.kind === 'deferred' || lookup.kind === 'locked') return lookup
    if (lookup.kind === 'gone') return ownAccountGone(lookup.detail)
    const { tweets, nextToken } = timelineOf(lookup.body)
    return { kind: 'found', tweets: tweets.map(ownTweetOf), ...defined({ next: nextToken }) }
  }

  /** Asked of X once. */
  async me(): Promise<{ readonly id: string; readonly username: string }> {
    const me = await this.#askMe()
    if (me.kind === 'deferred') throw errorOfDeferral(me)
    if (me.kind === 'locked') throw new XError('X_ACCOUNT_LOCKED', me.detail)
    return { id: me.id, username: me.username }
  }

  async #bot(): Promise<string | Deferral | Locked> {
    if (this.#botId !== undefined) return this.#botId
    const me = await this.#askMe()
    return me.kind === 'me' ? me.id : me
  }

  /** Remembers only what is known: after an outage X is asked again. */
  async #askMe(): Promise<Me> {
    this.#me ??= this.#lookUpMe()
    try {
      const me = await this.#me
      if (me.kind !== 'me') this.#me = undefined
      return me
    } catch (error) {
      this.#me = undefined
      throw error
    }
  }

  async #lookUpMe(): Promise<Me> {
    const lookup = await this.#lookUp('users/me', {}, this.#lookupTimeoutMs)
    if (lookup.kind === 'deferred' || lookup.kind === 'locked') return lookup
    if (lookup.kind === 'gone') return ownAccountGone(lookup.detail)
    const data = objectOf(lookup.body.data)
    const username = textOf(data?.username)
    if (!isId(data?.id) || username === undefined) throw unreadable('the own account', 'there is no id or username')
    return { kind: 'me', id: data.id, username }
  }

  async #lookUp(path: string, query: Readonly<Record<string, string>>, timeoutMs: number) {
    const endsAt = performance.now() + timeoutMs
    const asked = await this.#words.ask(query, async (words) => {
      const timeLeft = Math.max(1, endsAt - performance.now())
      return lookupOf(await exchange(this.#access, timeLeft, { method: 'GET', path, query: words }), this.#now())
    })
    const lookup = explained(asked)
    if (lookup.kind === 'failed') throw new XError(lookup.code, lookup.detail)
    return lookup
  }
}

type Me = { readonly kind: 'me'; readonly id: string; readonly username: string } | Deferral | Locked

function timelineOf(body: Fields) {
  const meta = objectOf(body.meta)
  const data = body.data === undefined && meta?.result_count === 0 ? [] : listOf(body.data)
  const tweets = data?.flatMap((entry) => tweetOf(entry) ?? [])
  if (!meta || !tweets || tweets.length !== data?.length) {
    throw unreadable("the bot's timeline", 'a part of it is missing or is no tweet')
  }
  return { tweets, nextToken: textOf(meta.next_token) }
}

function tweetOf(value: unknown): (Fields & { readonly id: string }) | undefined {
  const fields = objectOf(value)
  return fields && isId(fields.id) ? { ...fields, id: fields.id } : undefined
}

/**
 * The tweet that it replies to, in the old spelling of August 2026 or the new one; `none` only where X says that it is no
 * reply: by a list without one, or because it begins its conversation.
 */
function repliedToBy(tweet: Fields & { readonly id: string }): string | 'none' | 'unknown' {
  const named = tweet.in_reply_to_tweet_id ?? tweet.in_reply_to_post_id
  if (isId(named)) return named
  const given = tweet.referenced_tweets ?? tweet.referenced_posts
  const references = listOf(given)?.map(objectOf)
  if (references === undefined) {
    const isFirst = given === undefined && tweet.conversation_id === tweet.id && tweet.in_reply_to_user_id === undefined
    return isFirst ? 'none' : 'unknown'
  }
  const reply = references.find((reference) => reference?.type === 'replied_to')
  if (reply) return isId(reply.id) ? reply.id : 'unknown'
  return references.every((reference) => textOf(reference?.type) !== undefined) ? 'none' : 'unknown'
}

function ownTweetOf(tweet: Fields & { readonly id: string }): OwnTweet {
  const target = repliedToBy(tweet)
  if (target === 'unknown') throw unreadable("the bot's timeline", `it does not say what ${tweet.id} replies to`)
  return { id: tweet.id, ...(target !== 'none' && { inReplyToId: target }) }
}

/** X does not know the account that asks, or shows it to nobody: a person has to see to it. */
const ownAccountGone = (detail: string): Deferral => ({ kind: 'deferred', reason: 'unauthorized', detail })

const unreadable = (what: string, reason: string) =>
  new XError('X_ANSWER_UNREADABLE', `X answered with 200 about ${what}, but ${reason}.`)
