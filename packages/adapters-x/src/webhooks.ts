import type { Agent } from 'node:http'
import { defined } from '@hexbird/core/util'
import { type Lookup, lookupOf } from './answers.js'
import { checkedId, tokensOf, type XCredentials } from './checks.js'
import { errorOfDeferral, XError } from './errors.js'
import { type Access, defaultAgent, type Exchange, exchange, type XCall } from './exchange.js'
import { type Fields, isId, listOf, objectOf, problemOf, textOf } from './problem.js'

/** As whom webhooks and subscriptions are managed. */
export interface XWebhooksOptions {
  /** The app's own token: webhooks, lists and removals. */
  readonly bearerToken: string
  /** The bot's: subscribing is done as the account whose events are wanted. Without them only public events can be. */
  readonly userCredentials?: XCredentials
  /** An OAuth 2.0 token of the bot's account, used in place of `userCredentials`. */
  readonly userToken?: string
  /** Default: one that all share. `agentTo` for a local X. */
  readonly agent?: Agent
  /** Milliseconds for one call. Default 30 s: X calls the webhook, and waits up to 10 s for it, before it answers. */
  readonly timeoutMs?: number
}

/** A registered webhook. Only a valid one gets events. */
export interface Webhook {
  readonly id: string
  readonly url: string
  readonly valid: boolean
  /** ISO 8601, as X wrote it. */
  readonly createdAt?: string
}

/** The dialects in which X tells of an account. Account Activity is deprecated since 2026-07-21. */
export type Dialect = Subscription['dialect']

/** What an account is subscribed to, in either dialect. */
export type Subscription =
  | { readonly dialect: 'account-activity'; readonly webhookId: string; readonly userId: string }
  | {
      readonly dialect: 'x-activity'
      readonly id: string
      readonly eventType: string
      readonly userId?: string
      readonly webhookId?: string
      readonly tag?: string
    }

/** X's words for what speaks against a request, and three for what it has no word for. */
export type RefusalReason = (typeof REASONS)[number] | 'NotFound' | 'NotPermitted' | 'Other'

/** X will not do it, and says why in `detail`. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: RefusalReason
  readonly detail: string
}

/** Of which time X is to deliver once more. */
export interface ReplayWindow {
  readonly webhookId: string
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
}

/** Of which account X is to tell, and of what. */
export interface SubscribeRequest {
  readonly dialect: Dialect
  /** Account Activity needs one. X Activity always goes to the activity stream, and with this to the webhook too. */
  readonly webhookId?: string
  /** The account whose events are wanted: that of `userCredentials`. */
  readonly botId: string
  /** X Activity alone. Default `DEFAULT_EVENT_TYPES`. */
  readonly eventTypes?: readonly string[]
}

/** What became of one subscription. */
export type SubscribeResult =
  | { readonly kind: 'subscribed'; readonly subscription: Subscription }
  | (Refused & { readonly eventType?: string })

/**
 * What summons a bot on a self-serve app: an explicit mention, or a quote of one of its tweets. A reply without a mention
 * of its own never does, so `post.reply.create` would only be paid for; a reply that mentions arrives as a mention.
 * Each delivered event costs a post read, once per post and UTC day.
 *
 * @see https://docs.x.com/x-api/activity/introduction
 * @see https://docs.x.com/x-api/getting-started/pricing
 */
export const DEFAULT_EVENT_TYPES: readonly string[] = ['post.mention.create', 'post.quote.create']

const REASONS = [
  'CrcValidationFailed',
  'UrlValidationFailed',
  'DuplicateUrlFailed',
  'WebhookLimitExceeded',
  'WebhookIdInvalid',
  'DuplicateSubscriptionFailed',
  'SubscriptionLimitExceeded',
  'SubscriptionNotFound',
  'ReplayConflictError',
] as const

const MOST_PAGES = 20

/**
 * Webhooks and subscriptions of both dialects. What X refuses is returned; a wrong token, a spent limit, an outage are
 * thrown as `XError`: after an outage, look at `list` and `subscriptions`, the call may have been carried out.
 *
 * @see https://docs.x.com/x-api/webhooks/quickstart
 */
export class XWebhooks {
  readonly #app: Access
  readonly #user: Access | undefined
  readonly #timeoutMs: number

  constructor(options: XWebhooksOptions) {
    const { bearerToken, userCredentials, userToken, agent = defaultAgent(), timeoutMs = 30_000 } = options
    this.#app = { tokens: plain(bearerToken, 'The Bearer token'), agent }
    const tokens =
      userToken === undefined ? userCredentials && tokensOf(userCredentials) : plain(userToken, 'The OAuth 2.0 token')
    this.#user = tokens === undefined ? undefined : { tokens, agent }
    this.#timeoutMs = timeoutMs
  }

  /** X challenges the URL at once: https, no port, at most 200 characters, and the bot must be running. */
  async register(url: string): Promise<{ readonly kind: 'registered'; readonly webhook: Webhook } | Refused> {
    const asked = await this.#ask(this.#app, { method: 'POST', path: 'webhooks', body: { url } })
    return asked.kind === 'refused' ? asked : { kind: 'registered', webhook: webhookOf(asked.body.data) }
  }

  /** The webhooks of the account that owns the app, and whether X takes each for valid. */
  async list(): Promise<readonly Webhook[]> {
    const asked = await this.#ask(this.#app, { method: 'GET', path: 'webhooks' })
    if (asked.kind === 'refused') throw new XError('X_REQUEST_REFUSED', asked.detail)
    return (listOf(asked.body.data) ?? emptyOf(asked.body)).map(webhookOf)
  }

  /** Removes a webhook; X delivers to it no more. */
  async remove(id: string): Promise<{ readonly kind: 'removed' } | Refused> {
    const asked = await this.#ask(this.#app, { method: 'DELETE', path: `webhooks/${checkedId(id)}` })
    if (asked.kind === 'refused') return asked
    if (objectOf(asked.body.data)?.deleted !== true) throw unreadable('it does not say that the webhook was removed')
    return { kind: 'removed' }
  }

  /**
   * Challenges the URL again. In X's answer `valid` may say no more than that the challenge was sent, so the list has
   * the last word.
   */
  async revalidate(id: string): Promise<{ readonly kind: 'valid' | 'invalid'; readonly webhook: Webhook } | Refused> {
    const asked = await this.#ask(this.#app, { method: 'PUT', path: `webhooks/${checkedId(id)}` })
    if (asked.kind === 'refused') return asked
    const webhook = (await this.list()).find((one) => one.id === id)
    if (!webhook) return { kind: 'refused', reason: 'WebhookIdInvalid', detail: `X does not list webhook ${id}.` }
    return { kind: webhook.valid ? 'valid' : 'invalid', webhook }
  }

  /**
   * X delivers once more what it delivered, or tried to, from the minute of `from` to that of `to`, both included. It goes
   * back 24 hours. The answer does not wait for the job: its end is told to the webhook, as a `replay_job_status`.
   *
   * @see https://docs.x.com/x-api/webhooks/introduction
   */
  async replay(window: ReplayWindow): Promise<{ readonly kind: 'started'; readonly jobId: string } | Refused> {
    const { webhookId, from, to } = window
    const body = { webhook_id: checkedId(webhookId), from_date: minuteOf(from), to_date: minuteOf(to) }
    const asked = await this.#ask(this.#app, { method: 'POST', path: 'webhooks/replay', body })
    if (asked.kind === 'refused') return asked
    const jobId = textOf(objectOf(asked.body.data)?.job_id)
    if (jobId === undefined) throw unreadable('it names no job')
    return { kind: 'started', jobId }
  }

  /** One result for each event type, in their order; Account Activity has one for all. */
  async subscribe(request: SubscribeRequest): Promise<readonly SubscribeResult[]> {
    if (request.dialect === 'account-activity') return [await this.#subscribeAccount(request)]
    const results: SubscribeResult[] = []
    for (const eventType of request.eventTypes ?? DEFAULT_EVENT_TYPES) {
      results.push(await this.#subscribeActivity(request, eventType))
    }
    return results
  }

  /** What is subscribed in this dialect. */
  async subscriptions(
    of: { readonly dialect: 'account-activity'; readonly webhookId: string } | { readonly dialect: 'x-activity' },
  ): Promise<readonly Subscription[]> {
    return of.dialect === 'account-activity' ? this.#accounts(of.webhookId) : this.#activities()
  }

  /** Ends one subscription, as `subscriptions` listed it. */
  async unsubscribe(subscription: Subscription): Promise<{ readonly kind: 'unsubscribed' } | Refused> {
    const asked = await this.#ask(this.#app, { method: 'DELETE', path: pathOf(subscription) })
    if (asked.kind === 'refused') return asked
    const { subscribed, deleted } = objectOf(asked.body.data) ?? {}
    if (subscribed !== false && deleted !== true) throw unreadable('it does not say that the subscription ended')
    return { kind: 'unsubscribed' }
  }

  async #subscribeAccount({ webhookId, botId: userId }: SubscribeRequest): Promise<SubscribeResult> {
    if (webhookId === undefined) return NO_WEBHOOK
    if (!this.#user) return NO_USER
    const path = `account_activity/webhooks/${checkedId(webhookId)}/subscriptions/all`
    const asked = await this.#ask(this.#user, { method: 'POST', path }, 'asUser')
    if (asked.kind === 'refused') return asked
    if (objectOf(asked.body.data)?.subscribed !== true)
      throw unreadable('it does not say that the account is subscribed')
    return { kind: 'subscribed', subscription: { dialect: 'account-activity', webhookId, userId } }
  }

  /**
   * X's pages want OAuth 2.0 for private events; its published description takes OAuth 1.0a too, and that is what is
   * tried. `NotPermitted` says that X did not take it.
   */
  async #subscribeActivity({ webhookId, botId }: SubscribeRequest, eventType: string): Promise<SubscribeResult> {
    const asked = await this.#ask(
      this.#user ?? this.#app,
      {
        method: 'POST',
        path: 'activity/subscriptions',
        body: { event_type: eventType, filter: { user_id: botId }, ...defined({ webhook_id: webhookId }) },
      },
      'asUser',
    )
    if (asked.kind === 'refused') return { ...asked, eventType }
    return { kind: 'subscribed', subscription: activityOf(listOf(asked.body.data)?.[0] ?? asked.body.data) }
  }

  async #accounts(webhookId: string): Promise<readonly Subscription[]> {
    const path = `account_activity/webhooks/${checkedId(webhookId)}/subscriptions/all/list`
    const asked = await this.#ask(this.#app, { method: 'GET', path })
    if (asked.kind === 'refused') throw new XError('X_REQUEST_REFUSED', asked.detail)
    const users = listOf(objectOf(asked.body.data)?.subscriptions)
    if (!users) throw unreadable('it lists no subscriptions')
    return users.map((user) => {
      const userId = objectOf(user)?.user_id
      if (!isId(userId)) throw unreadable('a subscription names no account')
      return { dialect: 'account-activity', webhookId, userId }
    })
  }

  async #activities(): Promise<readonly Subscription[]> {
    const all: Subscription[] = []
    let next: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = next === undefined ? {} : { pagination_token: next }
      const asked = await this.#ask(this.#app, { method: 'GET', path: 'activity/subscriptions', query })
      if (asked.kind === 'refused') throw new XError('X_REQUEST_REFUSED', asked.detail)
      all.push(...(listOf(asked.body.data) ?? emptyOf(asked.body)).map(activityOf))
      next = textOf(objectOf(asked.body.meta)?.next_token)
      if (next === undefined) return all
    }
    throw new XError('X_ANSWER_UNREADABLE', `X lists subscriptions on more than ${MOST_PAGES} pages.`)
  }

  async #ask(access: Access, call: XCall, as?: 'asUser'): Promise<Extract<Lookup, { kind: 'body' }> | Refused> {
    const came = await exchange(access, this.#timeoutMs, call)
    const lookup = lookupOf(came, Date.now())
    switch (lookup.kind) {
      case 'body':
        return lookup
      case 'gone':
        return refusedOf(came, lookup.detail)
      case 'deferred':
        // Whether X takes this kind of token for this kind of event is the question, not an accident.
        if (lookup.reason === 'unauthorized' && as === 'asUser') return refusedOf(came, lookup.detail)
        throw errorOfDeferral(lookup)
      case 'locked':
        throw new XError('X_ACCOUNT_LOCKED', lookup.detail)
      case 'unexplained':
        return refusedOf(came, lookup.detail)
      case 'failed':
        throw new XError(lookup.code, lookup.detail)
    }
  }
}

const NO_WEBHOOK: Refused = {
  kind: 'refused',
  reason: 'WebhookIdInvalid',
  detail: 'Account Activity is delivered to webhooks alone: name one.',
}

const NO_USER: Refused = {
  kind: 'refused',
  reason: 'NotPermitted',
  detail: "An account subscribes itself: give the bot's OAuth 1.0a credentials.",
}

function refusedOf(came: Exchange, detail: string): Refused {
  const status = came.kind === 'answered' ? came.status : 0
  const { texts, types, codes } = problemOf(came.kind === 'answered' ? came.body : undefined)
  const exists = codes.includes(SUBSCRIPTION_EXISTS) ? 'DuplicateSubscriptionFailed' : undefined
  const named = REASONS.find((reason) => [...texts, ...types].some((text) => text.includes(reason))) ?? exists
  const wantsUser = [...texts, ...types].some((text) => WANTS_USER.test(text))
  return { kind: 'refused', reason: named ?? (wantsUser ? 'NotPermitted' : reasonOf(status)), detail }
}

/** X's word, with 400, where an event wants the account's own OAuth 2.0 token. */
const WANTS_USER = /OauthAccessTokenRequired/i

/** v1.1's code. */
const SUBSCRIPTION_EXISTS = 355

function reasonOf(status: number): RefusalReason {
  if (status === 401 || status === 403) return 'NotPermitted'
  return status === 404 ? 'NotFound' : 'Other'
}

function pathOf(subscription: Subscription): string {
  if (subscription.dialect === 'x-activity') return `activity/subscriptions/${checkedId(subscription.id)}`
  const { webhookId, userId } = subscription
  return `account_activity/webhooks/${checkedId(webhookId)}/subscriptions/${checkedId(userId)}/all`
}

function webhookOf(value: unknown): Webhook {
  const { id, url, valid, created_at } = objectOf(value) ?? {}
  if (!isId(id) || typeof url !== 'string' || typeof valid !== 'boolean') throw unreadable('it names no webhook')
  const createdAt = textOf(created_at)
  return { id, url, valid, ...defined({ createdAt }) }
}

/** X's pages show the subscription itself, or a list with it alone; its published description wraps it. */
function activityOf(value: unknown): Subscription {
  const outer = objectOf(value)
  const fields = objectOf(outer?.subscription) ?? outer ?? {}
  const id = fields.subscription_id ?? fields.id
  const eventType = textOf(fields.event_type)
  if (!isId(id) || eventType === undefined) throw unreadable('it names no subscription')
  const [userId, webhookId, tag] = [objectOf(fields.filter)?.user_id, fields.webhook_id, fields.tag].map(textOf)
  return {
    dialect: 'x-activity',
    id,
    eventType,
    ...defined({ userId, webhookId, tag }),
  }
}

/** X leaves `data` away where there is nothing, and counts it. */
function emptyOf(body: Fields): readonly unknown[] {
  const meta = objectOf(body.meta)
  if (meta?.result_count === 0 || meta?.total_subscriptions === 0) return []
  throw unreadable('there is no list')
}

/** A header is to hold nothing but the token. */
function plain(token: string, name: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new XError('X_UNAUTHORIZED', `${name} is missing, or has characters that no token has.`)
}

/** As X's replay wants it: `yyyymmddhhmm`, UTC. */
const minuteOf = (time: number) => new Date(time).toISOString().slice(0, 16).replace(/\D/g, '')

const unreadable = (reason: string) =>
  new XError('X_ANSWER_UNREADABLE', `X's answer cannot be read: ${reason}. Look at the lists before trying again.`)
