import type { Agent } from 'node:http'
import type { AccessTokenResult, SignIn } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import { appKeysOf, type XAppKeys } from './checks.js'
import { XError } from './errors.js'
import { defaultAgent, exchange } from './exchange.js'
import { isId } from './problem.js'
import { formOf, isToken, isUsername, refusedGrantOf, signInErrorOf } from './sign-in-answers.js'

export interface XSignInOptions extends XAppKeys {
  /** Default: one that all share, and that keeps connections open. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Where browsers find X's `authorize` and `authenticate`. Default `https://api.x.com/oauth/`. */
  readonly pages?: string
  /** Milliseconds for one call, from the look-up of the name to the last byte. Default `TIMES.postTimeout`. */
  readonly timeoutMs?: number
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Sign in with X over OAuth 1.0a. What keeps everybody from signing in (wrong keys, a callback that X does not know, an
 * outage) is thrown as `XError`, whose message says what to do.
 *
 * @see https://docs.x.com/fundamentals/authentication/api-reference
 */
export class XSignIn implements SignIn {
  readonly #keys: ReturnType<typeof appKeysOf>
  readonly #agent: Agent
  readonly #pages: string
  readonly #timeoutMs: number
  readonly #now: () => number

  constructor(options: XSignInOptions) {
    const { agent = defaultAgent(), pages = 'https://api.x.com/oauth/', now = Date.now } = options
    this.#keys = appKeysOf(options)
    this.#agent = agent
    this.#pages = checkedPages(pages)
    this.#timeoutMs = options.timeoutMs ?? TIMES.postTimeout
    this.#now = now
  }

  /** @throws XError `X_CALLBACK_NOT_ALLOWED` where the callback is not on the app's list, and for all else */
  async requestToken({ callback, accessType }: { readonly callback: string; readonly accessType?: 'read' | 'write' }) {
    const body = { oauth_callback: callback, ...defined({ x_auth_access_type: accessType }) }
    const access = { tokens: this.#keys, agent: this.#agent }
    const came = await exchange(access, this.#timeoutMs, { method: 'POST', path: '/oauth/request_token', body })
    const fields = formOf(came)
    if (!fields) throw signInErrorOf(came, this.#now(), callback)
    const { oauth_token: token, oauth_token_secret: secret, oauth_callback_confirmed: confirmed } = fields
    if (!isToken(token) || !isToken(secret)) throw unreadable('a request token and its secret')
    return { token, secret, callbackConfirmed: confirmed === 'true' }
  }

  async page(requestToken: string, { prompt }: { readonly prompt: boolean }): Promise<string> {
    const page = new URL(prompt ? 'authorize' : 'authenticate', this.#pages)
    page.searchParams.set('oauth_token', requestToken)
    return page.href
  }

  /**
   * @throws XError Not to be tried again: X may have traded the verifier, so the person has to begin anew.
   */
  async accessToken(input: {
    readonly token: string
    readonly secret: string
    readonly verifier: string
  }): Promise<AccessTokenResult> {
    const { token, secret, verifier } = input
    // Without one of the two the library would sign as the app alone.
    if (![token, secret, verifier].every(isToken)) return { kind: 'refused', detail: 'X makes no such tokens.' }
    const access = { tokens: { ...this.#keys, accessToken: token, accessSecret: secret }, agent: this.#agent }
    const body = { oauth_verifier: verifier }
    const call = { method: 'POST', path: '/oauth/access_token', body, secrets: [verifier] } as const
    const came = await exchange(access, this.#timeoutMs, call)
    const fields = formOf(came)
    if (fields) return grantedOf(fields)
    const detail = refusedGrantOf(came)
    if (detail !== undefined) return { kind: 'refused', detail }
    throw signInErrorOf(came, this.#now())
  }
}

function grantedOf(fields: Readonly<Record<string, string>>): AccessTokenResult {
  const { oauth_token: accessToken, oauth_token_secret: accessSecret, user_id: uid, screen_name: username } = fields
  if (!isToken(accessToken) || !isToken(accessSecret)) throw unreadable('the tokens of a person')
  if (!isId(uid) || !isUsername(username)) throw unreadable('whose tokens these are')
  return { kind: 'granted', uid, username, accessToken, accessSecret }
}

/** The request token is part of the address: nobody else is to read it. */
function checkedPages(pages: string): string {
  const url = URL.canParse(pages) ? new URL(pages) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname))
  if (isSafe && url.pathname.endsWith('/') && url.search + url.hash === '') return url.href
  throw new XError(
    'X_REQUEST_REFUSED',
    `\`pages\` is the address before "authorize", as in https://api.x.com/oauth/; over http on this machine alone.`,
  )
}

const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

/** Says nothing of what there was instead. */
const unreadable = (what: string) =>
  new XError('X_ANSWER_UNREADABLE', `X answered with 200, but does not say ${what}. Begin the sign-in anew.`)
