import type { Agent } from 'node:http'
import type { Tweet } from '@hexbird/core'
import { decodePost, type Mentions, type MentionsQuery, type MentionsResult } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { explained, lookupOf } from './answers.js'
import { checkedId, dateOf, tokensOf, type XCredentials } from './checks.js'
import { XError } from './errors.js'
import { type Access, defaultAgent, exchange } from './exchange.js'
import { type Fields, listOf, objectOf, textOf } from './problem.js'
import { TWEET_QUERY } from './social-client.js'
import { FieldWords } from './words.js'

/** As whom mentions are listed. */
export interface XMentionsOptions {
  readonly credentials: XCredentials
  /** The bot's account. */
  readonly botId: string
  /** Default: one that all share. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Milliseconds for one page. Default: half of `TIMES.postTimeout`, for a sweep may ask for eight of them. */
  readonly timeoutMs?: number
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * The mentions of the bot, as X lists them: each an owned read, once a day, where the bot's account owns the app.
 * Nothing is asked for beside that costs more, so authors come without their names.
 *
 * @see https://docs.x.com/x-api/users/get-mentions
 */
export class XMentions implements Mentions {
  readonly #access: Access
  readonly #botId: string
  readonly #timeoutMs: number
  readonly #now: () => number
  readonly #words = new FieldWords()

  constructor({ credentials, botId, agent = defaultAgent(), timeoutMs, now = Date.now }: XMentionsOptions) {
    this.#access = { tokens: tokensOf(credentials), agent }
    this.#botId = checkedId(botId)
    this.#timeoutMs = timeoutMs ?? TIMES.postTimeout / 2
    this.#now = now
  }

  /** @throws XError where X's answer makes no sense */
  async since({ sinceId, from, most, page }: MentionsQuery): Promise<MentionsResult> {
    const start = sinceId === undefined ? { start_time: dateOf(from) } : { since_id: checkedId(sinceId) }
    const token = page === undefined ? {} : { pagination_token: page }
    const query = { ...TWEET_QUERY, ...start, ...token, max_results: String(most) }
    const path = `users/${this.#botId}/mentions`
    const endsAt = performance.now() + this.#timeoutMs
    const asked = await this.#words.ask(query, async (words) => {
      const timeLeft = Math.max(1, endsAt - performance.now())
      return lookupOf(await exchange(this.#access, timeLeft, { method: 'GET', path, query: words }), this.#now())
    })
    const lookup = explained(asked)
    if (lookup.kind === 'deferred' || lookup.kind === 'locked') return lookup
    if (lookup.kind === 'failed') throw new XError(lookup.code, lookup.detail)
    // X does not show the bot's own account: the settings are wrong, or a person has to look at the account.
    if (lookup.kind === 'gone') return { kind: 'deferred', reason: 'unauthorized', detail: lookup.detail }
    const listed = this.#tweetsOf(lookup.body)
    const tweets = listed.flatMap((tweet) => tweet ?? [])
    const next = textOf(objectOf(lookup.body.meta)?.next_token)
    const unreadable = listed.length - tweets.length
    return { kind: 'found', tweets, unreadable, ...defined({ next }) }
  }

  /** `undefined` for what is no tweet: one of them must not hide the others. */
  #tweetsOf({ data, includes, meta }: Fields): readonly (Tweet | undefined)[] {
    const posts = data === undefined && objectOf(meta)?.result_count === 0 ? [] : listOf(data)
    if (!posts) throw new XError('X_ANSWER_UNREADABLE', 'X answered with 200 about mentions, but lists none.')
    return posts.map((post) => {
      const decoded = decodePost({ post, includes, botId: this.#botId, lookedUp: true })
      return decoded.kind === 'malformed' ? undefined : decoded.tweet
    })
  }
}
