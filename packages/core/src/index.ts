export type { Account } from './account.js'
export type { Bot, BotOptions, BotPorts } from './bot.js'
export { createBot } from './bot.js'
export type { DeliveryErrorCode, StoreErrorCode } from './errors.js'
export { DeliveryError, StoreError } from './errors.js'
export type { Event, Message, Revoked, TweetDeleted } from './event.js'
export { fallbackLabeler } from './fallback-labeler.js'
export type { Job, JobBill } from './job.js'
export { decodeJob, encodeJob, JOBS, JobError, jobKey, PHOTOS, photosPrefix, tweetOfJobKey } from './job.js'
export type { Label } from './label.js'
export type { EventOutcome, Final, JobStored, NotYet, Outcome, Replied } from './outcome.js'
export type { PhotoSize } from './photo-size.js'
export { photoSize } from './photo-size.js'
export type { PhotoType } from './photo-type.js'
export { photoType } from './photo-type.js'
export type { PixelRange, Platform, PostWindow, Prices, Summons } from './platform.js'
export { selfServe2026 } from './platform.js'
export type { BotAccount, IgnoreReason } from './policy.js'
export type { AccountStore } from './ports/account-store.js'
export type { Blob, BlobStore } from './ports/blob-store.js'
export type { Breaker, BreakerState, XCall } from './ports/breaker.js'
export type { Budget, Charge, ChargeKind, Reservation, Settlement } from './ports/budget.js'
export type { NewId, Now } from './ports/clock.js'
export type { Cursor, CursorState } from './ports/cursor.js'
export type { ImageLabeler, LabelOptions, LabelResult } from './ports/image-labeler.js'
export type { Inbox } from './ports/inbox.js'
export type { Ports } from './ports/index.js'
export type { FetchResult, MediaFetcher } from './ports/media-fetcher.js'
export type { Mentions, MentionsQuery, MentionsResult } from './ports/mentions.js'
export type { OptOuts } from './ports/opt-outs.js'
export type {
  Begun,
  LedgerEntry,
  ReplyClaim,
  ReplyIntent,
  ReplyKey,
  ReplyLedger,
  SettledOutcome,
} from './ports/reply-ledger.js'
export type { SessionStore, Take } from './ports/session-store.js'
export type { AccessTokenResult, SignIn } from './ports/sign-in.js'
export type {
  Later,
  Locked,
  OwnReplyLookup,
  PostRefusal,
  PostResult,
  SocialClient,
  TweetLookup,
} from './ports/social-client.js'
export type { UserActionResult, UserActions, UserTokens } from './ports/user-actions.js'
export type { ComposedReply, ComposeOptions } from './reply.js'
export { composeReply } from './reply.js'
export type { ReplyRules, ReplyTexts } from './rules.js'
export { animalRules, checkRules, RulesError } from './rules.js'
export type { Session } from './session.js'
export { shortenEvent } from './shorten-event.js'
export type { SignInErrorCode } from './sign-in/errors.js'
export { SignInError } from './sign-in/errors.js'
export type { ActionMode, SignInOptions } from './sign-in/settings.js'
export type { SignInBot, SignInPorts } from './sign-in/sign-in.js'
export { createSignIn } from './sign-in/sign-in.js'
export type { Limits } from './spending.js'
export { defaultLimits } from './spending.js'
export { TIMES } from './times.js'
export type { Mention, Photo, Tweet, TweetAuthor } from './tweet.js'
export { idOfTime, isTweet, timeOfId } from './tweet.js'
export type { ActionOutcome, Callback, Completed } from './use-cases/complete-auth.js'
export type { Disconnected, Login } from './use-cases/disconnect.js'
export { forget, purge } from './use-cases/disconnect.js'
export type { Started, StartRequest } from './use-cases/start-session.js'
export type { SweepOptions, Swept } from './use-cases/sweep.js'
export { sweep } from './use-cases/sweep.js'
export type { SweepRoom } from './use-cases/sweep-room.js'
export { sweepRoom } from './use-cases/sweep-room.js'
export type { CrcAnswer, CrcRefused } from './webhook/crc.js'
export { crcResponse, isUsualCrcToken } from './webhook/crc.js'
export type { Delivery } from './webhook/decode.js'
export { acceptsBody, decodeDelivery } from './webhook/decode.js'
export type { DecodedPost, PostInput } from './webhook/post.js'
export { decodePost } from './webhook/post.js'
export { signatureOf, verifySignature } from './webhook/signature.js'
export type { TextSpan } from './weighted-length.js'
export { findUrls, weightedLength } from './weighted-length.js'
