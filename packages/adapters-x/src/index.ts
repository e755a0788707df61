export { type ActivityStreamEvent, XActivityStream, type XActivityStreamOptions } from './activity-stream.js'
export { agentTo } from './agent-to.js'
export { type AccessLevel, type AccountCheck, XApp, type XAppOptions } from './app.js'
export type { XAppKeys, XCredentials } from './checks.js'
export { XError, type XErrorCode } from './errors.js'
export { HttpsMediaFetcher, type HttpsMediaFetcherOptions } from './media-fetcher.js'
export { XMentions, type XMentionsOptions } from './mentions.js'
export { type OAuth2Begun, type OAuth2Result, XOAuth2SignIn, type XOAuth2SignInOptions } from './oauth2-sign-in.js'
export { XSignIn, type XSignInOptions } from './sign-in.js'
export { XSocialClient, type XSocialClientOptions } from './social-client.js'
export { XUserActions, type XUserActionsOptions } from './user-actions.js'
export {
  DEFAULT_EVENT_TYPES,
  type Dialect,
  type RefusalReason,
  type Refused,
  type ReplayWindow,
  type SubscribeRequest,
  type SubscribeResult,
  type Subscription,
  type Webhook,
  XWebhooks,
  type XWebhooksOptions,
} from './webhooks.js'
