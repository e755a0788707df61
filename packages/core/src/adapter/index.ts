/* For writing adapters: the ports, and the data that they store. */

export type { Account } from '../domain/account.js'
export type { DeliveryErrorCode, StoreErrorCode } from '../domain/errors.js'
export { StoreError } from '../domain/errors.js'
export type { Message, Revoked, TweetDeleted } from '../domain/event.js'
export type { JobBill, StoredJob, StoredPhotos } from '../domain/job.js'
export { decodeJob, encodeJob, JOBS, JobError, jobKey, PHOTOS, photosPrefix, tweetOfJobKey } from '../domain/job.js'
export type { PhotoSize } from '../domain/photo-size.js'
export { photoSize } from '../domain/photo-size.js'
export type { ImageType, PhotoType } from '../domain/photo-type.js'
export { photoType } from '../domain/photo-type.js'
export type { Session } from '../domain/session.js'
export { idOfTime, isTweet, timeOfId } from '../domain/tweet.js'
export { JOURNAL_ENDS, LONGEST_DETAIL, MOST_ENTRIES, noteEntry } from '../policy/journal-entry.js'
export type { PixelRange, PostWindow, Prices, Summons } from '../policy/platform.js'
export type { ClaimedRow, ReplyRow, SettledRow } from '../policy/reply-row.js'
export { claimReply, forgetReply, releaseReply, replyEntry, settleReply } from '../policy/reply-row.js'
export type { AccountStore } from '../ports/account-store.js'
export type { Blob, BlobStore } from '../ports/blob-store.js'
export type { Budget, Charge, ChargeKind, Reservation, Settlement, Spending } from '../ports/budget.js'
export type { NewId, Now } from '../ports/clock.js'
export type { Cursor, CursorState } from '../ports/cursor.js'
export type { Inbox } from '../ports/inbox.js'
export type { Ports } from '../ports/index.js'
export type { Jobs } from '../ports/jobs.js'
export type { Journal, JournalDay, JournalEnd, JournalEntry } from '../ports/journal.js'
export type { KillSwitch, KillSwitchState, XCall } from '../ports/kill-switch.js'
export type { FetchResult, MediaFetcher } from '../ports/media-fetcher.js'
export type { Mentions, MentionsQuery, MentionsResult } from '../ports/mentions.js'
export type { OptOuts } from '../ports/opt-outs.js'
export type { OwnTweet, OwnTweets, OwnTweetsQuery, OwnTweetsResult } from '../ports/own-tweets.js'
export type {
  ClaimResult,
  LedgerEntry,
  ReplyClaim,
  ReplyIntent,
  ReplyKey,
  ReplyLedger,
  SettledOutcome,
} from '../ports/reply-ledger.js'
export type { SearchableQueue } from '../ports/searchable-queue.js'
export type { ConsumeResult, SessionStore } from '../ports/session-store.js'
export type { AccessTokenResult, SignIn } from '../ports/sign-in.js'
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
} from '../ports/social-client.js'
export type { UserActionResult, UserActions, UserTokens } from '../ports/user-actions.js'
export { altTextFault } from '../reply/alt-text.js'
export type { TextSpan } from '../reply/weighted-length.js'
export { findUrls } from '../reply/weighted-length.js'
export type { SignInErrorCode } from '../sign-in/errors.js'
export { SignInError } from '../sign-in/errors.js'
export type { DecodedPost, PostInput } from '../webhook/post.js'
export { decodePost } from '../webhook/post.js'
