export { agentTo } from './agent-to.js'
export {
  MediaFetchError,
  type MediaFetchErrorCode,
  SocialClientError,
  type XErrorCode,
  XWebhooksError,
} from './errors.js'
export { HttpsMediaFetcher, type HttpsMediaFetcherOptions } from './media-fetcher.js'
export { type XCredentials, XSocialClient, type XSocialClientOptions } from './social-client.js'
export {
  DEFAULT_EVENT_TYPES,
  type Dialect,
  type RefusalReason,
  type Refused,
  type SubscribeRequest,
  type SubscribeResult,
  type Subscription,
  type Webhook,
  XWebhooks,
  type XWebhooksOptions,
} from './webhooks.js'
