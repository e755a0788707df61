import type { Mention, Photo, Tweet } from '@hexbird/core'
import {
  altTextFault,
  type Deferral,
  type ImageUpload,
  type Locked,
  type Now,
  type OwnReplyLookup,
  type OwnTweet,
  type OwnTweets,
  type OwnTweetsQuery,
  type OwnTweetsResult,
  type PostRefusal,
  type PostResult,
  type SocialClient,
  type TweetLookup,
  type UploadRefusal,
  type UploadResult,
} from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import { copyOf } from './copy-of.js'

/** Options of a `MemorySocialClient`. */
export interface MemorySocialClientOptions {
  /** The account that the bot posts as. */
  readonly bot: MemoryPerson
  readonly now?: Now
}

/** An account on this X. The username has no `@`. */
export interface MemoryPerson {
  readonly id: string
  readonly username: string
}

/** A tweet as its author writes it. */
export interface MemoryTweet {
  readonly author: MemoryPerson
  /** Each `@username` of an existing account is a mention. */
  readonly text: string
  readonly photos?: readonly Photo[]
  readonly inReplyToId?: string
  readonly quotedId?: string
}

/**
 * How the next call fails. `unexplained` is a refusal with no reason that concerns the tweet. The last two get no
 * answer: the post is made (`ambiguous-posted`) or not.
 */
export type MemorySocialFailure =
  | Deferral['reason']
  | 'locked'
  | 'unexplained'
  | 'ambiguous-posted'
  | 'ambiguous-not-posted'

/** A lookup got no answer. */
export class SocialUnreachableError extends Error {
  override readonly name = 'SocialUnreachableError'
  readonly code = 'SOCIAL_UNREACHABLE'
}

const LOCKED: Locked = { kind: 'locked', code: 326, detail: 'the account is temporarily locked' }

const UNEXPLAINED = 'You are not permitted to perform this action.'

/** X's limits on images, and how long it keeps unused ones: docs.x.com/x-api/media/quickstart. */
const IMAGES = { most: 4, bytes: 5 * 1024 * 1024, lifetime: 24 * 60 * 60 * 1000 }

const RATE_WINDOW = 15 * 60 * 1000

/** The epoch of X's snowflake ids, in epoch milliseconds. */
const SNOWFLAKE_EPOCH = 1_288_834_974_657

/**
 * An X in memory, as the bot's own account sees it, with X's rules for bots: a reply needs a summons (the author
 * mentions or quotes the bot), the same text can be posted only once, and deleted tweets are gone.
 *
 * @see https://docs.x.com/x-api/posts/manage-tweets/introduction
 */
export class MemorySocialClient implements SocialClient, OwnTweets {
  readonly #bot: MemoryPerson
  readonly #now: Now
  readonly #people = new Map<string, MemoryPerson>()
  readonly #tweets = new Map<string, Tweet>()
  /** Ids of the replies to a tweet, in order, including deleted ones. */
  readonly #replies = new Map<string, Set<string>>()
  /** Ids of the bot's tweets, by text. */
  readonly #words = new Map<string, Set<string>>()
  readonly #images = new Map<string, { readonly photo: Photo; readonly expiresAt: number }>()
  #spoilsNext = false
  #lastId = 0n
  #failure: MemorySocialFailure | undefined

  constructor({ bot, now = Date.now }: MemorySocialClientOptions) {
    this.#bot = bot
    this.#now = now
    this.#people.set(bot.username.toLowerCase(), bot)
  }

  async reply(tweetId: string, text: string, mediaIds: readonly string[] = []): Promise<PostResult> {
    const failure = this.#takeFailure()
    if (failure === 'locked') return LOCKED
    if (failure === 'unexplained') return { kind: 'unexplained', detail: UNEXPLAINED }
    if (failure === 'ambiguous-not-posted') return { kind: 'ambiguous', detail: 'no answer' }
    if (failure !== undefined && failure !== 'ambiguous-posted') return this.#deferral(failure)
    const result = this.#post(tweetId, text, mediaIds)
    return failure === 'ambiguous-posted' ? { kind: 'ambiguous', detail: 'no answer' } : result
  }

  async uploadImage({ bytes, type, alt }: ImageUpload): Promise<UploadResult> {
    const fault = altTextFault(alt)
    if (fault !== undefined) return uploadRefused('alt-text', fault)
    const failure = this.#takeFailure()
    if (failure === 'locked') return LOCKED
    if (failure === 'unexplained') return { kind: 'deferred', reason: 'unauthorized', detail: UNEXPLAINED }
    if (failure === 'ambiguous-posted' || failure === 'ambiguous-not-posted') return this.#deferral('unreachable')
    if (failure !== undefined) return this.#deferral(failure)
    if (bytes.length > IMAGES.bytes) return uploadRefused('rejected', `File size exceeds ${IMAGES.bytes} bytes.`)
    if (!isImage(bytes)) return uploadRefused('rejected', 'media type unrecognized.')
    if (this.#spoilsNext) {
      this.#spoilsNext = false
      return uploadRefused('processing-failed', 'X failed to process the image')
    }
    const [mediaId, expiresAt] = [this.#newId(), this.#now() + IMAGES.lifetime]
    const url = `https://pbs.twimg.com/media/${mediaId}.${type === 'image/png' ? 'png' : 'jpg'}`
    this.#images.set(mediaId, { photo: { url, altText: alt }, expiresAt })
    return { kind: 'uploaded', mediaId, expiresAt }
  }

  async tweet(id: string): Promise<TweetLookup> {
    const later = this.#lookUpFailure()
    if (later) return later
    const tweet = this.#tweets.get(id)
    return tweet ? { kind: 'found', tweet: copyOf(tweet) } : { kind: 'gone', detail: `no tweet ${id}` }
  }

  async findOwnReply(tweetId: string): Promise<OwnReplyLookup> {
    const later = this.#lookUpFailure()
    if (later) return later
    const reply = this.repliesTo(tweetId).find(({ author }) => author.id === this.#bot.id)
    return reply ? { kind: 'found', id: reply.id } : { kind: 'absent' }
  }

  async ownTweets({ from, most, page }: OwnTweetsQuery): Promise<OwnTweetsResult> {
    const later = this.#lookUpFailure()
    if (later) return later
    const own = [...this.#tweets.values()].filter(
      (tweet) => tweet.author.id === this.#bot.id && tweet.createdAt >= from,
    )
    const since = own.reverse().slice(Number(page ?? 0))
    const tweets = since.slice(0, most).map(({ id, inReplyToId }): OwnTweet => ({ id, ...defined({ inReplyToId }) }))
    const next = since.length > most ? { next: `${Number(page ?? 0) + most}` } : {}
    return { kind: 'found', tweets, ...next }
  }

  async me(): Promise<MemoryPerson> {
    const failure = this.#takeFailure()
    if (failure !== undefined) throw new SocialUnreachableError(`X answers ${failure}: try again later`)
    return { id: this.#bot.id, username: this.#bot.username }
  }

  /** Returns the account with this username, and creates it if necessary. */
  person(username: string): MemoryPerson {
    const known = this.#people.get(username.toLowerCase())
    if (known) return known
    const person = { id: this.#newId(), username }
    this.#people.set(username.toLowerCase(), person)
    return person
  }

  /** Posts a tweet as any account, without checking the rules. */
  addTweet({ author, text, photos = [], inReplyToId, quotedId }: MemoryTweet): Tweet {
    const id = this.#newId()
    const [parent, quoted] = [inReplyToId, quotedId].map((other) => this.#tweets.get(other ?? ''))
    const tweet: Tweet = {
      id,
      firstId: id,
      botId: this.#bot.id,
      text,
      createdAt: this.#now(),
      author,
      photos: [...photos],
      media: photos.length > 0 ? 'present' : 'absent',
      mentions: this.#mentions(text, author, parent),
      conversationId: parent?.conversationId ?? id,
      isRetweet: false,
      ...defined({
        inReplyToId,
        inReplyToUserId: parent?.author.id,
        quotedId,
        quotedAuthorId: quoted?.author.id,
      }),
    }
    this.#tweets.set(id, copyOf(tweet))
    if (inReplyToId !== undefined) add(this.#replies, inReplyToId, id)
    if (author.id === this.#bot.id) add(this.#words, text, id)
    return tweet
  }

  /** Deletes the tweet, as its author. */
  removeTweet(id: string): void {
    const tweet = this.#tweets.get(id)
    if (!tweet) return
    this.#tweets.delete(id)
    if (tweet.author.id === this.#bot.id) remove(this.#words, tweet.text, id)
  }

  /** Returns all accounts' direct replies to this tweet, oldest first. */
  repliesTo(tweetId: string): readonly Tweet[] {
    const ids = this.#replies.get(tweetId) ?? []
    return copyOf([...ids].flatMap((id) => this.#tweets.get(id) ?? []))
  }

  /** Makes the next call of a port's method fail in this way. */
  failNext(failure: MemorySocialFailure): void {
    this.#failure = failure
  }

  /** Makes the processing of the next uploaded image fail. */
  spoilNextImage(): void {
    this.#spoilsNext = true
  }

  /** Removes every image that isn't in a tweet. */
  expireImages(): void {
    this.#images.clear()
  }

  #post(tweetId: string, text: string, mediaIds: readonly string[]): PostResult {
    const tweet = this.#tweets.get(tweetId)
    if (!tweet) return refused('tweet-gone', `no tweet ${tweetId}`)
    if (!this.#isSummonedBy(tweet))
      return refused('reply-not-allowed', 'its author has not mentioned or quoted the bot')
    if (this.#words.has(text)) return { kind: 'duplicate', detail: 'the bot has tweeted these words before' }
    const photos = mediaIds.flatMap((id) => this.#imageOf(id) ?? [])
    if (mediaIds.length > IMAGES.most || photos.length < mediaIds.length)
      return refused('media-invalid', 'Your media IDs are invalid.')
    return { kind: 'posted', id: this.addTweet({ author: this.#bot, text, photos, inReplyToId: tweetId }).id }
  }

  #imageOf(mediaId: string): Photo | undefined {
    const image = this.#images.get(mediaId)
    return image && this.#now() < image.expiresAt ? image.photo : undefined
  }

  #isSummonedBy({ author, mentions, quotedAuthorId }: Tweet): boolean {
    const mentioned = mentions.some(({ id, explicit }) => explicit && id === this.#bot.id)
    return mentioned || author.id === this.#bot.id || quotedAuthorId === this.#bot.id
  }

  #mentions(text: string, author: MemoryPerson, parent: Tweet | undefined): readonly Mention[] {
    const names = [...text.matchAll(/(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])/g)]
    const explicit = new Set(names.flatMap(([, name = '']) => this.#people.get(name.toLowerCase()) ?? []))
    const written = [...explicit].map(({ id, username }) => ({ id, username, explicit: true }))
    const { id, username } = parent?.author ?? author
    if (id === author.id || username === undefined || written.some((mention) => mention.id === id)) return written
    return [{ id, username, explicit: false }, ...written]
  }

  #takeFailure(): MemorySocialFailure | undefined {
    const failure = this.#failure
    this.#failure = undefined
    return failure
  }

  #lookUpFailure(): Deferral | Locked | undefined {
    const failure = this.#takeFailure()
    if (failure === undefined) return undefined
    if (failure === 'locked') return LOCKED
    if (failure === 'unexplained') return { kind: 'deferred', reason: 'unauthorized', detail: UNEXPLAINED }
    if (failure === 'rate-limited' || failure === 'no-credits' || failure === 'unauthorized')
      return this.#deferral(failure)
    throw new SocialUnreachableError('X gave no answer: try again later')
  }

  #deferral(reason: Deferral['reason']): Deferral {
    const until = reason === 'rate-limited' ? { until: this.#now() + RATE_WINDOW } : {}
    return { kind: 'deferred', reason, ...until, detail: `X answers ${reason}` }
  }

  /** Creates a unique snowflake id, with the time in its upper bits. */
  #newId(): string {
    const ofNow = BigInt(this.#now() - SNOWFLAKE_EPOCH) << 22n
    this.#lastId = ofNow > this.#lastId ? ofNow : this.#lastId + 1n
    return String(this.#lastId)
  }
}

const refused = (reason: PostRefusal, detail: string): PostResult => ({ kind: 'refused', reason, detail })

const uploadRefused = (reason: UploadRefusal, detail: string): UploadResult => ({ kind: 'refused', reason, detail })

/** Recognizes a JPEG, PNG or WebP by its first bytes. */
function isImage(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  return head.startsWith('\xff\xd8\xff') || head.startsWith('\x89PNG\r\n\x1a\n') || /^RIFF.{4}WEBP/s.test(head)
}

function add(ids: Map<string, Set<string>>, under: string, id: string): void {
  const known = ids.get(under)
  if (known) known.add(id)
  else ids.set(under, new Set([id]))
}

/** Drops empty sets, because a set that exists must not be empty. */
function remove(ids: Map<string, Set<string>>, under: string, id: string): void {
  const known = ids.get(under)
  known?.delete(id)
  if (known?.size === 0) ids.delete(under)
}
