import type { Agent } from 'node:http'
import type { Deferral } from '@hexbird/core/adapter'
import { defined } from '@hexbird/core/util'
import { lookupOf } from './answers.js'
import { appKeysOf, tokensOf, type XAppKeys } from './checks.js'
import { errorOfDeferral, XError } from './errors.js'
import { type Access, defaultAgent, exchange } from './exchange.js'
import { type Fields, isId, objectOf, textOf } from './problem.js'
import { isToken } from './sign-in-answers.js'

export interface XAppOptions extends XAppKeys {
  /** Default: one that all share. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Milliseconds for one call. Default 10 s. */
  readonly timeoutMs?: number
}

/** What an OAuth 1.0a token may do: what the app had when the token was made. */
export type AccessLevel = (typeof LEVELS)[number]

/** What X says to the tokens of an account. */
export interface AccountCheck {
  /** X's clock when it answered, epoch milliseconds; from the `Date` header, so to the second. */
  readonly date?: number
  readonly account:
    | { readonly kind: 'known'; readonly id: string; readonly username: string; readonly access?: AccessLevel }
    /** `reason` where X names one that has to do with more than this question. */
    | { readonly kind: 'refused'; readonly reason?: Deferral['reason'] | 'locked'; readonly detail: string }
    | { readonly kind: 'unreachable'; readonly detail: string }
}

const LEVELS = ['read', 'read-write', 'read-write-directmessages'] as const

/** The app itself at X: its own token, and whether its keys and an account's tokens are good. */
export class XApp {
  readonly #keys: ReturnType<typeof appKeysOf>
  readonly #agent: Agent
  readonly #timeoutMs: number

  constructor(options: XAppOptions) {
    this.#keys = appKeysOf(options)
    this.#agent = options.agent ?? defaultAgent()
    this.#timeoutMs = options.timeoutMs ?? 10_000
  }

  /**
   * The Bearer token of these keys. X gives the same one again, until it is taken back or the keys are regenerated.
   *
   * @throws XError `X_UNAUTHORIZED` where the keys are not those that X has
   * @see https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only
   */
  async bearerToken(): Promise<string> {
    const { appKey: username, appSecret: password } = this.#keys
    const body = { grant_type: 'client_credentials' }
    const came = await exchange(this.#access({ username, password }), this.#timeoutMs, {
      method: 'POST',
      path: '/oauth2/token',
      body,
    })
    const answer = bodyOf(lookupOf(came, Date.now()))
    const token = textOf(answer.access_token)
    if (answer.token_type === 'bearer' && token !== undefined && isToken(decoded(token))) return token
    throw new XError('X_ANSWER_UNREADABLE', 'X answered with 200, and not with a Bearer token.')
  }

  /**
   * Asks X whose tokens these are (an owned read).
   *
   * @see https://docs.x.com/x-api/users/get-my-user
   */
  async check(tokens: { readonly accessToken: string; readonly accessSecret: string }): Promise<AccountCheck> {
    const { appKey: consumerKey, appSecret: consumerSecret } = this.#keys
    const access = this.#access(tokensOf({ consumerKey, consumerSecret, ...tokens }))
    const came = await exchange(access, this.#timeoutMs, { method: 'GET', path: 'users/me' })
    const headers = came.kind === 'answered' ? came.headers : {}
    const date = Date.parse(headers.date ?? '')
    const known = Number.isNaN(date) ? {} : { date }
    const lookup = lookupOf(came, Date.now())
    if (lookup.kind !== 'body') {
      const reason = lookup.kind === 'deferred' ? lookup.reason : lookup.kind === 'locked' ? lookup.kind : undefined
      const detail = lookup.detail ?? ''
      if (reason === 'unreachable') return { ...known, account: { kind: reason, detail } }
      return { ...known, account: { kind: 'refused', ...defined({ reason }), detail } }
    }
    const { id, username } = objectOf(lookup.body.data) ?? {}
    if (!isId(id) || typeof username !== 'string') {
      throw new XError('X_ANSWER_UNREADABLE', 'X answered with 200, and does not say whose tokens these are.')
    }
    const level = LEVELS.find((one) => one === headers['x-access-level'])
    return { ...known, account: { kind: 'known', id, username, ...defined({ access: level }) } }
  }

  /**
   * Whose name this is, as an account of the app asks; `undefined` where it is nobody's (a user read).
   *
   * @throws XError where X does not say
   * @see https://docs.x.com/x-api/users/get-user-by-username
   */
  async idOf(
    username: string,
    tokens: { readonly accessToken: string; readonly accessSecret: string },
  ): Promise<string | undefined> {
    if (!/^\w{1,15}$/.test(username)) throw new XError('X_REQUEST_REFUSED', 'X gives no such names.')
    const { appKey: consumerKey, appSecret: consumerSecret } = this.#keys
    const access = this.#access(tokensOf({ consumerKey, consumerSecret, ...tokens }))
    const path = `users/by/username/${username}`
    const lookup = lookupOf(await exchange(access, this.#timeoutMs, { method: 'GET', path }), Date.now())
    if (lookup.kind === 'gone') return undefined
    const { id } = objectOf(bodyOf(lookup).data) ?? {}
    if (isId(id)) return id
    throw new XError('X_ANSWER_UNREADABLE', 'X answered with 200, and does not say whose name this is.')
  }

  #access(tokens: Access['tokens']): Access {
    return { tokens, agent: this.#agent }
  }
}

/** @throws XError if there is none */
function bodyOf(lookup: ReturnType<typeof lookupOf>): Fields {
  if (lookup.kind === 'body') return lookup.body
  if (lookup.kind === 'deferred') throw errorOfDeferral(lookup)
  if (lookup.kind === 'failed') throw new XError(lookup.code, lookup.detail)
  throw new XError(lookup.kind === 'locked' ? 'X_ACCOUNT_LOCKED' : 'X_REQUEST_REFUSED', lookup.detail)
}

/** X writes its Bearer tokens with a part of them percent-encoded, and wants them back just so. */
function decoded(token: string): string {
  try {
    return decodeURIComponent(token)
  } catch {
    return ''
  }
}
