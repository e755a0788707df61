import type { Event } from '@hexbird/core'
import { DeliveryError, decodeDelivery, verifySignature } from '@hexbird/core'
import type { Inbox } from '@hexbird/core/adapter'
import { acceptsBody } from '@hexbird/core/host'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { answerChallenge, type ChallengeEvent, challengeSecretOf, WEBHOOK_PATH } from './challenge.js'
import { safeCallback } from './safe-callback.js'
import { STATUS } from './status.js'

/** The secrets with which the webhook recognizes X, and where it puts what X sends. */
export interface WebhookAppOptions {
  readonly inbox: Inbox
  /**
   * The app's OAuth 1.0a consumer secrets (API key secrets at X), newest first. Challenges are answered with the newest
   * only; deliveries are accepted with any of them, so that a rotation loses none.
   */
  readonly consumerSecrets: readonly string[]
  /**
   * The app's OAuth 2.0 client secrets, newest first. If the app has one, X signs deliveries with it in a separate header
   * and expects challenges to be answered with it: docs.x.com/x-api/webhooks/introduction, "Signature headers".
   */
  readonly clientSecrets?: readonly string[]
  readonly path?: string
  /** Longer bodies are refused unread. Default: 1 MiB. */
  readonly maxBodyBytes?: number
  /** Called for each event, for logs, metrics and alarms. Events contain no secrets. */
  readonly onEvent?: (event: WebhookAppEvent) => void
}

/** One thing that happened at the webhook. */
export type WebhookAppEvent =
  | ChallengeEvent
  | { readonly kind: 'delivery-refused'; readonly reason: 'not-signed' | 'not-an-object' | 'too-large' }
  /** Signed by X, but not understood. It is acknowledged, because X would only send the same again. */
  | { readonly kind: 'delivery-unreadable'; readonly code: string; readonly reason: string }
  | { readonly kind: 'delivery-taken'; readonly events: readonly Event[]; readonly passedOver: readonly Event[] }
  /** The inbox failed. X got an error, and may deliver again. */
  | { readonly kind: 'delivery-not-taken'; readonly error: unknown }
  | { readonly kind: 'broken'; readonly error: unknown }

/** Other events are acknowledged, but not stored. */
const isOfUse = ({ kind }: Event) => kind !== 'unknown' && kind !== 'malformed'

/**
 * Creates the webhook, which answers X's challenges and accepts deliveries. A delivery is acknowledged only after the inbox
 * has stored all its events; none is handled here.
 */
export function createWebhookApp(options: WebhookAppOptions): Hono {
  const { inbox, consumerSecrets, clientSecrets = [], path = WEBHOOK_PATH } = options
  const { maxBodyBytes = 1024 * 1024 } = options
  const onEvent = safeCallback(options.onEvent)
  const challengeSecret = challengeSecretOf(options)
  const app = new Hono()

  app.get(path, (context) => {
    const { body, event, ...init } = answerChallenge(new URL(context.req.url).searchParams, challengeSecret)
    onEvent(event)
    return new Response(body, init)
  })

  const tooLarge = (context: Context) => {
    onEvent({ kind: 'delivery-refused', reason: 'too-large' })
    return context.text('The body is too large.', STATUS.tooLarge)
  }
  const limitStream = bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge })
  // Counting a stream takes longer than all other work on a delivery. X sends the length of its bodies, so use that.
  app.post(path, async (context) => {
    const length = context.req.header('content-length')
    if (length !== undefined && context.req.header('transfer-encoding') === undefined)
      return Number(length) <= maxBodyBytes ? take(context) : tooLarge(context)
    const refusal = await limitStream(context, async () => {
      context.res = await take(context)
    })
    return refusal ?? context.res
  })

  // A handler for all methods would run in addition to the one for POST, and Hono is slower with two.
  app.notFound((context) =>
    context.req.path === path
      ? context.text('GET or POST.', STATUS.methodNotAllowed, { allow: 'GET, POST' })
      : context.text('Nothing here.', STATUS.notFound),
  )
  app.onError((error, context) => {
    onEvent({ kind: 'broken', error })
    return context.text('Something broke.', STATUS.broken)
  })
  return app

  async function take(context: Context): Promise<Response> {
    const body = new Uint8Array(await context.req.arrayBuffer())
    if (!isSigned(body, (name) => context.req.header(name))) {
      onEvent({ kind: 'delivery-refused', reason: 'not-signed' })
      return context.text('The signature does not match the body.', STATUS.notSigned)
    }
    if (!acceptsBody(body)) {
      onEvent({ kind: 'delivery-refused', reason: 'not-an-object' })
      return context.text('The body must be one JSON object.', STATUS.refused)
    }
    const events = eventsOf(body)
    if (!events) return context.body(null, STATUS.ok)
    const useful = events.filter(isOfUse)
    try {
      if (useful.length > 0) await inbox.put(useful)
    } catch (error) {
      onEvent({ kind: 'delivery-not-taken', error })
      return context.text('The events were not stored. Deliver them again.', STATUS.notTaken)
    }
    onEvent({ kind: 'delivery-taken', events: useful, passedOver: events.filter((event) => !isOfUse(event)) })
    return context.body(null, STATUS.ok)
  }

  /**
   * X sends one of two headers, or both while the app changes its secret. A valid one proves that X signed the body.
   */
  function isSigned(body: Uint8Array, header: (name: string) => string | undefined): boolean {
    return (
      verifySignature(body, header('x-twitter-webhooks-signature-oauth2'), clientSecrets) ||
      verifySignature(body, header('x-twitter-webhooks-signature'), consumerSecrets)
    )
  }

  function eventsOf(body: Uint8Array): readonly Event[] | undefined {
    try {
      return decodeDelivery(body).events
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error
      onEvent({ kind: 'delivery-unreadable', code: error.code, reason: error.message })
      return undefined
    }
  }
}
