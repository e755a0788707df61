import type { Agent } from 'node:http'
import { decodePost, type Mentions, type MentionsResult, TIMES, type Tweet } from '@hexbird/core'
import { lookupOf } from './answers.js'
import { checkedId, tokensOf, type XCredentials } from './checks.js'
import { SocialClientError } from './errors.js'
import { type Access, defaultAgent, exchange } from './exchange.js'
import { type Fields, listOf, objectOf, textOf } from './problem.js'
import { TWEET_QUERY } from './social-client.js'

/** As whom mentions are listed. */
export interface XMentionsOptions {
  readonly credentials: XCredentials
  /** The bot's account. */
  readonly botId: string
  /** Default: an agent of its own. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Milliseconds for all pages together. Default `TIMES.postTimeout`. */
  readonly timeoutMs?: number
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/** The most that X gives on a page. It lists the newest 800 at most, so there are never more than eight. */
const PAGE = 100
const MOST_PAGES = 8

/**
 * The mentions of the bot, as X lists them: each an owned read ($0.001, once a day) where the bot's account owns the app.
 *
 * @see https://docs.x.com/x-api/users/get-mentions
 */
export class XMentions implements Mentions {
  readonly #access: Access
  readonly #botId: string
  readonly #timeoutMs: number
  readonly #now: () => number

  constructor({ credentials, botId, agent = defaultAgent(), timeoutMs, now = Date.now }: XMentionsOptions) {
    this.#access = { tokens: tokensOf(credentials, SocialClientError), agent }
    this.#botId = checkedId(botId, SocialClientError)
    this.#timeoutMs = timeoutMs ?? TIMES.postTimeout
    this.#now = now
  }

  /** @throws SocialClientError where X's answer makes no sense */
  async since({ sinceId, from }: { readonly sinceId?: string; readonly from: number }): Promise<MentionsResult> {
    const endsAt = performance.now() + this.#timeoutMs
    const start =
      sinceId === undefined ? { start_time: dateOf(from) } : { since_id: checkedId(sinceId, SocialClientError) }
    const query = { ...TWEET_QUERY, ...start, max_results: String(PAGE) }
    const tweets: Tweet[] = []
    let unreadable = 0
    let next: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const token = next === undefined ? {} : { pagination_token: next }
      const timeLeft = Math.max(1, endsAt - performance.now())
      const call = { method: 'GET', path: `users/${this.#botId}/mentions`, query: { ...query, ...token } } as const
      const lookup = lookupOf(await exchange(this.#access, timeLeft, call), this.#now())
      if (lookup.kind === 'later' || lookup.kind === 'locked') return lookup
      if (lookup.kind === 'failed') throw new SocialClientError(lookup.code, lookup.detail)
      if (lookup.kind === 'gone') throw new SocialClientError('X_REQUEST_REFUSED', lookup.detail)
      const listed = this.#tweetsOf(lookup.body)
      tweets.push(...listed.flatMap((tweet) => tweet ?? []))
      unreadable += listed.filter((tweet) => tweet === undefined).length
      next = textOf(objectOf(lookup.body.meta)?.next_token)
      if (next === undefined) break
    }
    return { kind: 'found', tweets: tweets.sort(byId), unreadable }
  }

  /** `undefined` for what is no tweet: one of them must not hide the others. */
  #tweetsOf({ data, includes, meta }: Fields): readonly (Tweet | undefined)[] {
    const posts = data === undefined && objectOf(meta)?.result_count === 0 ? [] : listOf(data)
    if (!posts)
      throw new SocialClientError('X_ANSWER_UNREADABLE', 'X answered with 200 about mentions, but lists none.')
    return posts.map((post) => {
      const decoded = decodePost({ post, includes, botId: this.#botId, lookedUp: true })
      return decoded.kind === 'malformed' ? undefined : decoded.tweet
    })
  }
}

/** X takes whole seconds: one more is listed rather than one less. */
const dateOf = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`

const byId = (a: Tweet, b: Tweet) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1)
