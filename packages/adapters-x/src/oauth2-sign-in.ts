import type { Agent } from 'node:http'
import { TwitterApi } from 'twitter-api-v2'
import { XError } from './errors.js'
import { type ClientTokens, defaultAgent, exchange } from './exchange.js'
import { isId, objectOf, textOf } from './problem.js'
import { isToken, signInErrorOf } from './sign-in-answers.js'

/** The app that people are asked to let in. */
export interface XOAuth2SignInOptions {
  readonly clientId: string
  /** Of a confidential client, as X's automated apps are. */
  readonly clientSecret?: string
  /** Default: one that all share. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Milliseconds for one call. Default 10 s. */
  readonly timeoutMs?: number
}

/** A sign-in that has begun. `state` and `verifier` stay here until the person is back. */
export interface OAuth2Begun {
  /** Where the person's browser is to go. */
  readonly page: string
  readonly state: string
  readonly verifier: string
}

/** What became of a code. */
export type OAuth2Result =
  | { readonly kind: 'granted'; readonly accessToken: string; readonly scopes: readonly string[] }
  /** The code is wrong, was used, or is older than the 30 seconds that X gives it. */
  | { readonly kind: 'refused'; readonly detail: string }

/**
 * Sign in with X over OAuth 2.0 with PKCE, for what X does not do over OAuth 1.0a. Tokens last two hours; none is renewed.
 *
 * @see https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
 */
export class XOAuth2SignIn {
  readonly #tokens: ClientTokens & { readonly clientId: string }
  readonly #agent: Agent
  readonly #timeoutMs: number

  /** @throws XError `X_UNAUTHORIZED` if there is no client id */
  constructor({ clientId, clientSecret, agent = defaultAgent(), timeoutMs = 10_000 }: XOAuth2SignInOptions) {
    if (clientId === '') throw new XError('X_UNAUTHORIZED', 'The client id is missing.')
    this.#tokens = { clientId, ...(clientSecret && { clientSecret }) }
    this.#agent = agent
    this.#timeoutMs = timeoutMs
  }

  /** `callback` is on the app's list at X, letter for letter. */
  begin({ callback, scopes }: { readonly callback: string; readonly scopes: readonly string[] }): OAuth2Begun {
    const link = new TwitterApi({ ...this.#tokens }).generateOAuth2AuthLink(callback, { scope: [...scopes] })
    return { page: link.url, state: link.state, verifier: link.codeVerifier }
  }

  /** @throws XError where X cannot be asked, or does not take this app */
  async accessToken(input: {
    readonly code: string
    readonly verifier: string
    readonly callback: string
  }): Promise<OAuth2Result> {
    const { code, verifier, callback } = input
    const body = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: verifier,
      client_id: this.#tokens.clientId,
    }
    const call = { method: 'POST', path: 'oauth2/token', body, form: true, secrets: [code, verifier] } as const
    const came = await exchange({ tokens: this.#tokens, agent: this.#agent }, this.#timeoutMs, call)
    const fields = came.kind === 'answered' && came.complete ? objectOf(came.body) : undefined
    if (came.kind === 'answered' && came.status === 200 && fields) return grantedOf(fields)
    // RFC 6749 section 5.2: anything but the code is about the app.
    const isAboutCode = ['invalid_request', 'invalid_grant'].includes(textOf(fields?.error) ?? '')
    if (came.kind === 'answered' && came.status === 400 && isAboutCode) {
      return { kind: 'refused', detail: textOf(fields?.error_description) ?? 'X does not take the code.' }
    }
    throw signInErrorOf(came, Date.now())
  }

  /** Whose token it is: a person may have been signed in as somebody else. Wants the scopes `tweet.read` and `users.read`. */
  async whose(accessToken: string): Promise<{ readonly id: string; readonly username: string }> {
    const came = await exchange({ tokens: accessToken, agent: this.#agent }, this.#timeoutMs, {
      method: 'GET',
      path: 'users/me',
    })
    const body = came.kind === 'answered' && came.status === 200 && came.complete ? objectOf(came.body) : undefined
    if (!body) throw signInErrorOf(came, Date.now())
    const { id, username } = objectOf(body.data) ?? {}
    if (isId(id) && typeof username === 'string') return { id, username }
    throw new XError('X_ANSWER_UNREADABLE', 'X answered with 200, and does not say whose token it is.')
  }
}

function grantedOf(fields: Readonly<Record<string, unknown>>): OAuth2Result {
  const token = textOf(fields.access_token)
  if (!isToken(token)) throw new XError('X_ANSWER_UNREADABLE', 'X answered with 200, and not with a token.')
  const scopes = (textOf(fields.scope) ?? '').split(' ').filter((scope) => scope !== '')
  return { kind: 'granted', accessToken: token, scopes }
}
