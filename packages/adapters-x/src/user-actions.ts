import type { Agent } from 'node:http'
import type { UserActionResult, UserActions, UserTokens } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { type Done, userActionResultOf } from './action-answers.js'
import { appKeysOf, checkedId, tokensOf, type XAppKeys } from './checks.js'
import { defaultAgent, exchange, type XCall } from './exchange.js'
import { isId, objectOf, textOf } from './problem.js'

export interface XUserActionsOptions extends XAppKeys {
  /** Default: one that all share, and that keeps connections open. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Milliseconds for one call, from the look-up of the name to the last byte. Default `TIMES.postTimeout`. */
  readonly timeoutMs?: number
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * X as a person who signed in, over OAuth 1.0a. What X says is returned. `deferred` and `refused` are certain: nothing was
 * done. `XError` is thrown where it is not known whether it was done (no answer, a 5xx, an answer that cannot
 * be read), so that nobody sends a message twice, and where X does not accept the app, which a person mends.
 *
 * `revoked` needs X's own word (code 89). X's v2 also answers a bare 401 that may as well mean the app's keys, on which no
 * account may be dropped: that is thrown.
 */
export class XUserActions implements UserActions {
  readonly #keys: XAppKeys
  readonly #agent: Agent
  readonly #timeoutMs: number
  readonly #now: () => number

  constructor(options: XUserActionsOptions) {
    const { consumerKey, consumerSecret, agent = defaultAgent(), now = Date.now } = options
    appKeysOf(options)
    this.#keys = { consumerKey, consumerSecret }
    this.#agent = agent
    this.#timeoutMs = options.timeoutMs ?? TIMES.postTimeout
    this.#now = now
  }

  /** @see https://docs.x.com/x-api/users/follow-user */
  async follow(as: UserTokens, targetUid: string): Promise<UserActionResult> {
    const path = `users/${checkedId(as.uid)}/following`
    return this.#act(as, { method: 'POST', path, body: { target_user_id: checkedId(targetUid) } }, followed)
  }

  /** @see https://docs.x.com/x-api/direct-messages/create-dm-message-by-participant-id */
  async message(as: UserTokens, recipientUid: string, text: string): Promise<UserActionResult> {
    const path = `dm_conversations/with/${checkedId(recipientUid)}/messages`
    return this.#act(as, { method: 'POST', path, body: { text } }, sent)
  }

  /** @see https://docs.x.com/fundamentals/authentication/api-reference */
  async invalidate(as: UserTokens): Promise<UserActionResult> {
    return this.#act(as, { method: 'POST', path: '/1.1/oauth/invalidate_token.json' }, invalidated)
  }

  async #act({ accessToken, accessSecret }: UserTokens, call: XCall, done: Done): Promise<UserActionResult> {
    const tokens = tokensOf({ ...this.#keys, accessToken, accessSecret })
    const came = await exchange({ tokens, agent: this.#agent }, this.#timeoutMs, call)
    return userActionResultOf(came, this.#now(), done)
  }
}

const followed: Done = ({ data }) => {
  const { following, pending_follow: pending } = objectOf(data) ?? {}
  if (following === true) return { kind: 'done' }
  if (pending === true) return { kind: 'pending' }
  return following === false ? { kind: 'refused', detail: 'X says that the account is not followed.' } : undefined
}

const sent: Done = ({ data }) => (isId(objectOf(data)?.dm_event_id) ? { kind: 'done' } : undefined)

const invalidated: Done = ({ access_token: token }) => (textOf(token) === undefined ? undefined : { kind: 'done' })
