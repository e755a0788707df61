export type { LocalCredentials } from './auth/authenticator.js'
export type { MessageDraft, TweetDraft } from './control/controls.js'
export type { Fault, FaultResponse } from './control/faults.js'
export { type LocalX, type LocalXOptions, startLocalX } from './local-x.js'
export type { OAuthErrorFormat, WebhookQuota } from './state/app.js'
export type { Bill, BillKind } from './state/bill.js'
export type { BotNote } from './state/bot-note.js'
export type { LocalPhoto, PhotoUpload } from './state/media.js'
export type { LocalMessage } from './state/messages.js'
export type { BotOutcome, NotedOutcome } from './state/outcomes.js'
export type { LocalPerson, PersonChange, PersonOptions } from './state/people.js'
export { FORMER_RETRIES, type Switches } from './state/switches.js'
export type { IssuedTokens } from './state/tokens.js'
export type {
  LocalLink,
  LocalMention,
  LocalTweet,
  RefusedPost,
  ReplySettings,
  TweetReference,
} from './state/tweets.js'
export type { LocalWebhook } from './state/webhooks.js'
export { type Clock, type TestClock, testClock } from './util/clock.js'
export { LocalXError, type LocalXErrorCode } from './util/errors.js'
export type { MediaKind, PhotoType } from './util/pictures.js'
export type { Delivery } from './webhooks/deliveries.js'
export type { WebhookSecrets } from './webhooks/secrets.js'
