export type {
  Context,
  ContextPhoto,
  HandlerOutcome,
  Log,
  PhotoContext,
  ReplyContent,
  ReplyText,
  Signal,
} from './bot/context.js'
export type { Definition, DefinitionOptions, Filter, Handler, Job, Next, Step } from './bot/definition.js'
export { defineBot, job, readDefinition } from './bot/definition.js'
export type { BotErrorCode } from './bot/error.js'
export { BotError } from './bot/error.js'
export type { Bot, BotOptions, BotPorts } from './create-bot.js'
export { createBot } from './create-bot.js'
export type { SignInBot, SignInPorts } from './create-sign-in.js'
export { createSignIn } from './create-sign-in.js'
export type { Account } from './domain/account.js'
export type { DeliveryErrorCode, StoreErrorCode } from './domain/errors.js'
export { DeliveryError, StoreError } from './domain/errors.js'
export type { Event, Message, Revoked, TweetDeleted } from './domain/event.js'
export type { JobBill, StoredJob, StoredPhotos } from './domain/job.js'
export { decodeJob, encodeJob, JOBS, JobError, jobKey, PHOTOS, photosPrefix, tweetOfJobKey } from './domain/job.js'
export type { Label } from './domain/label.js'
export type { PhotoSize } from './domain/photo-size.js'
export { photoSize } from './domain/photo-size.js'
export type { ImageType, PhotoType } from './domain/photo-type.js'
export { photoType } from './domain/photo-type.js'
export type { Session } from './domain/session.js'
export type { Mention, Photo, Tweet, TweetAuthor } from './domain/tweet.js'
export { idOfTime, isTweet, timeOfId } from './domain/tweet.js'
export type { Limits } from './policy/charges.js'
export { defaultLimits, sweepCharges } from './policy/charges.js'
export { JOURNAL_ENDS, LONGEST_DETAIL, MOST_ENTRIES, noteEntry } from './policy/journal-entry.js'
export type { PixelRange, Platform, PostWindow, Prices, Summons } from './policy/platform.js'
export { selfServe2026 } from './policy/platform.js'
export type { ClaimedRow, ReplyRow, SettledRow } from './policy/reply-row.js'
export { claimReply, forgetReply, releaseReply, replyEntry, settleReply } from './policy/reply-row.js'
export type { BotAccount, IgnoreReason } from './policy/should-reply.js'
export { TIMES } from './policy/times.js'
export type { AccountStore } from './ports/account-store.js'
export type { Blob, BlobStore } from './ports/blob-store.js'
export type { Budget, Charge, ChargeKind, Reservation, Settlement, Spending } from './ports/budget.js'
export type { NewId, Now } from './ports/clock.js'
export type { Cursor, CursorState } from './ports/cursor.js'
export type { Gap } from './ports/gap.js'
export type { ImageLabeler, LabelOptions, LabelResult } from './ports/image-labeler.js'
export type { Inbox } from './ports/inbox.js'
export type { Ports } from './ports/index.js'
export type { Jobs } from './ports/jobs.js'
export type { Journal, JournalDay, JournalEnd, JournalEntry } from './ports/journal.js'
export type { KillSwitch, KillSwitchState, XCall } from './ports/kill-switch.js'
export type { FetchResult, MediaFetcher } from './ports/media-fetcher.js'
export type { Mentions, MentionsQuery, MentionsResult } from './ports/mentions.js'
export type { OptOuts } from './ports/opt-outs.js'
export type { OwnTweet, OwnTweets, OwnTweetsQuery, OwnTweetsResult } from './ports/own-tweets.js'
export type {
  ClaimResult,
  LedgerEntry,
  ReplyClaim,
  ReplyIntent,
  ReplyKey,
  ReplyLedger,
  SettledOutcome,
} from './ports/reply-ledger.js'
export type { ConsumeResult, SessionStore } from './ports/session-store.js'
export type { AccessTokenResult, SignIn } from './ports/sign-in.js'
export type {
  Deferral,
  ImageUpload,
  Locked,
  OwnReplyLookup,
  PostRefusal,
  PostResult,
  SocialClient,
  TweetLookup,
  UploadRefusal,
  UploadResult,
} from './ports/social-client.js'
export type { UserActionResult, UserActions, UserTokens } from './ports/user-actions.js'
export { altTextFault } from './reply/alt-text.js'
export type { ComposedReply, ComposeOptions } from './reply/compose.js'
export { composeReply } from './reply/compose.js'
export type { AllowedContent, ReplyFault, TextFault } from './reply/content.js'
export { contentFaults, fit, priceOfReply, ReplyContentError, variantOf } from './reply/content.js'
export type { ImageFault, ReplyImage } from './reply/images.js'
export type { ReplyRules, ReplyTexts } from './reply/rules.js'
export { animalRules, checkRules, RulesError } from './reply/rules.js'
export type { TextSpan } from './reply/weighted-length.js'
export { findUrls, weightedLength } from './reply/weighted-length.js'
export type { SignInErrorCode } from './sign-in/errors.js'
export { SignInError } from './sign-in/errors.js'
export type { ActionMode, SignInOptions } from './sign-in/settings.js'
export type { CatchUpDeferred, CatchUpOptions, CaughtUp } from './use-cases/catch-up.js'
export { catchUp } from './use-cases/catch-up.js'
export type { ActionOutcome, Callback, Completed } from './use-cases/complete-auth.js'
export type { Disconnected, Login } from './use-cases/disconnect.js'
export { forget, purge } from './use-cases/disconnect.js'
export { fallbackLabeler } from './use-cases/fallback-labeler.js'
export type { OperatorOptions, OperatorPorts, OperatorRequest, OperatorResult } from './use-cases/operate.js'
export { operate, pause } from './use-cases/operate.js'
export type { Deferred, EventOutcome, Final, Handled, JobStored, Outcome, Replied } from './use-cases/outcome.js'
export { handledOf } from './use-cases/outcome.js'
export { photoReplies } from './use-cases/photo-replies.js'
export type { Spent } from './use-cases/spent-today.js'
export { spentToday } from './use-cases/spent-today.js'
export type { Started, StartRequest } from './use-cases/start-session.js'
export { storedJobs } from './use-cases/stored-jobs.js'
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
export { shortenEvent } from './webhook/shorten-event.js'
export { signatureOf, verifySignature } from './webhook/signature.js'
