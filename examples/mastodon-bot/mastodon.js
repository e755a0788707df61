import { createHash } from 'node:crypto'
import { TIMES } from '@hexbird/core/host'
import { createRestAPIClient, MastoHttpError } from 'masto'
import { tweetOf } from './status.js'

/** @import { Deferral, Locked, Mentions, MentionsQuery, MentionsResult, OwnReplyLookup, PostResult, SocialClient, TweetLookup, UploadResult } from '@hexbird/core/adapter' */
/** @import { mastodon } from 'masto' */

/**
 * A reply is as visible as what it answers, and a public one fills nobody's timeline.
 *
 * @satisfies {Record<mastodon.v1.StatusVisibility, mastodon.v1.StatusVisibility>}
 */
const visibilityOf = /** @type {const} */ ({
  public: 'unlisted',
  unlisted: 'unlisted',
  private: 'private',
  direct: 'direct',
})
/** Statuses of other servers come in late, under ids of the time when they were written. */
const LATE = 60 * 60 * 1000
/** Mastodon gives so many for one asking. */
const PAGE = 80

/**
 * Mastodon as the bot's own account: core's `SocialClient` and `Mentions`, over `masto`.
 *
 * @see https://docs.joinmastodon.org/methods/statuses/
 * @implements {SocialClient}
 * @implements {Mentions}
 */
export class Mastodon {
  #rest
  #botId

  /** @param {{ url: string, accessToken: string, botId?: string }} options */
  constructor({ url, accessToken, botId }) {
    this.#rest = createRestAPIClient({ url, accessToken, timeout: TIMES.postTimeout })
    this.#botId = botId
  }

  /**
   * Mastodon tells a person of a reply only where it mentions them. The same words to the same status are posted once: the
   * server keeps the key of a post for an hour.
   *
   * @param {string} tweetId
   * @param {string} text
   * @returns {Promise<PostResult>}
   */
  async reply(tweetId, text) {
    const asked = await this.#look(() => this.#rest.v1.statuses.$select(tweetId).fetch())
    if ('kind' in asked) return asked.kind === 'gone' ? gone(asked.detail) : asked
    const key = createHash('sha256').update(`${tweetId} ${text}`).digest('hex')
    try {
      const { id } = await this.#rest.v1.statuses.create(
        {
          status: `@${asked.account.acct} ${text}`,
          inReplyToId: tweetId,
          visibility: visibilityOf[asked.visibility],
        },
        { requestInit: { headers: { 'Idempotency-Key': key } } },
      )
      return { kind: 'posted', id }
    } catch (error) {
      return whyNot(error) ?? meaningOf(error)
    }
  }

  /** @returns {Promise<UploadResult>} */
  async uploadImage() {
    return { kind: 'refused', reason: 'rejected', detail: 'This client posts words alone.' }
  }

  /**
   * @param {string} id
   * @returns {Promise<TweetLookup>}
   */
  async tweet(id) {
    const status = await this.#look(() => this.#rest.v1.statuses.$select(id).fetch())
    return 'kind' in status ? status : { kind: 'found', tweet: tweetOf(status, await this.#bot()) }
  }

  /**
   * @param {string} tweetId
   * @returns {Promise<OwnReplyLookup>}
   */
  async findOwnReply(tweetId) {
    const context = await this.#look(() => this.#rest.v1.statuses.$select(tweetId).context.fetch())
    if ('kind' in context) return context.kind === 'gone' ? { kind: 'absent' } : context
    const botId = await this.#bot()
    const own = context.descendants.find(({ inReplyToId, account }) => inReplyToId === tweetId && account.id === botId)
    return own ? { kind: 'found', id: own.id } : { kind: 'absent' }
  }

  async me() {
    const { id, username } = await this.#rest.v1.accounts.verifyCredentials()
    return { id, username }
  }

  /**
   * Some that were seen before come again, for others come in late between them; the ledger makes that harmless.
   *
   * @param {MentionsQuery} query
   * @returns {Promise<MentionsResult>}
   */
  async since({ sinceId, from, most, page }) {
    const earliest = sinceId === undefined ? from : Math.max(from, timeOf(sinceId) - LATE)
    const limit = Math.min(most, PAGE)
    const botId = await this.#bot()
    const found = await this.#look(() =>
      this.#rest.v1.notifications.list({ types: ['mention'], limit, ...(page !== undefined && { maxId: page }) }),
    )
    if ('kind' in found) {
      if (found.kind === 'gone') throw new Error(`Mastodon has no list of notifications: ${found.detail}`)
      return found
    }
    const fresh = found.filter(({ createdAt }) => Date.parse(createdAt) >= earliest)
    const next = fresh.length === limit ? fresh.at(-1)?.id : undefined
    const tweets = fresh.flatMap(({ status }) => (status ? [tweetOf(status, botId)] : []))
    return { kind: 'found', tweets, unreadable: 0, ...(next !== undefined && { next }) }
  }

  async #bot() {
    this.#botId ??= (await this.me()).id
    return this.#botId
  }

  /**
   * What was asked for, or why it is not to be had. An outage is thrown: it says neither.
   *
   * @template T
   * @param {() => PromiseLike<T>} ask
   * @returns {Promise<T | Deferral | Locked | { readonly kind: 'gone', readonly detail: string }>}
   */
  async #look(ask) {
    try {
      return await ask()
    } catch (error) {
      const why = whyNot(error)
      if (why) return why
      if (statusOf(error) === 404) return { kind: 'gone', detail: messageOf(error) }
      if (statusOf(error) === 403) return { kind: 'deferred', reason: 'unauthorized', detail: messageOf(error) }
      throw error
    }
  }
}

/**
 * Refusals that mean the same whatever was asked, and certainly changed nothing.
 *
 * @returns {Deferral | Locked | undefined}
 * @param {unknown} error
 */
function whyNot(error) {
  const detail = messageOf(error)
  switch (statusOf(error)) {
    case 401:
      return { kind: 'deferred', reason: 'unauthorized', detail }
    case 403:
      // "Your login is currently disabled": a moderator has suspended or limited the account.
      return /your login/i.test(detail) ? { kind: 'locked', code: 403, detail } : undefined
    case 429:
      return { kind: 'deferred', reason: 'rate-limited', detail, until: resetOf(error) }
  }
  return isRefusedConnection(error) ? { kind: 'deferred', reason: 'unreachable', detail } : undefined
}

/**
 * @param {unknown} error
 * @returns {PostResult}
 */
function meaningOf(error) {
  const status = statusOf(error)
  const detail = messageOf(error)
  if (status === 404) return gone(detail)
  // An app without the right scope, a proxy: nothing that is about the status or its words.
  if (status === 403) return { kind: 'unexplained', detail }
  // What the server has read and refused is certain; a 5xx, a cut or a timeout is not.
  return status !== undefined && status >= 400 && status < 500
    ? { kind: 'refused', reason: 'rejected', detail }
    : { kind: 'ambiguous', detail }
}

/**
 * @param {string} detail
 * @returns {PostResult}
 */
const gone = (detail) => ({ kind: 'refused', reason: 'tweet-gone', detail })

/** @param {unknown} error */
const statusOf = (error) => (error instanceof MastoHttpError ? error.statusCode : undefined)
/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error))

/** @param {unknown} error */
function resetOf(error) {
  const response = error instanceof Error && error.cause instanceof Response ? error.cause : undefined
  const reset = Date.parse(response?.headers.get('x-ratelimit-reset') ?? '')
  return Number.isNaN(reset) ? Date.now() + 5 * 60 * 1000 : reset
}

/** Nothing was sent. @param {unknown} error */
function isRefusedConnection(error) {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && (cause.code === 'ECONNREFUSED' || cause.code === 'ENOTFOUND')
}

/** The upper bits of an id are its time, epoch milliseconds. @param {string} id */
const timeOf = (id) => Number(BigInt(id) >> 16n)
