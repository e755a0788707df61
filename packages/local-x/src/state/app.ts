/** The app's id, which X's events and subscriptions name. */
export const APP_ID = '1'

/** How errors of `/oauth/request_token` and `/oauth/access_token` are written; all three were seen on X. */
export type OAuthErrorFormat = 'json' | 'xml' | 'text'

/** How much an app may have of what counts: docs.x.com/x-api/account-activity/introduction. */
export type WebhookQuota = {
  readonly webhooks: number
  /** Subscriptions of the Account Activity API, over all webhooks. */
  readonly subscriptions: number
}

/** What X's developer console holds about the app. Changes count at once. */
export type App = {
  /** Where sign-ins may lead back to, letter by letter; `oob` for a PIN. */
  readonly callbacks: readonly string[]
  oauthErrors: OAuthErrorFormat
  /** X took following from self-serve apps on 20 April 2026: docs.x.com/changelog. */
  follows: 'enterprise-only' | 'allowed'
  /** Whose token private events of X Activity are subscribed with. */
  privateEvents: 'any-user' | 'oauth2'
  /** Whether `backfill_minutes` of the activity stream is taken, as X's description has it. */
  streamBackfill: 'enterprise-only' | 'allowed'
  webhookQuota: WebhookQuota
  /** Undefined for as many as it takes. Nothing is spent; at 0 the API answers 402. */
  credits: number | undefined
}

export const APP_DEFAULTS: App = {
  callbacks: ['http://127.0.0.1:8080/callback'],
  oauthErrors: 'json',
  follows: 'enterprise-only',
  privateEvents: 'any-user',
  streamBackfill: 'allowed',
  webhookQuota: { webhooks: 1, subscriptions: 3 },
  credits: undefined,
}
