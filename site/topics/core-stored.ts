/**
 * The data that adapters store: accounts, sessions, jobs, and the rows of the reply ledger. The state transitions of a
 * reply are pure functions, which a store applies with its own compare-and-swap.
 *
 * @module
 */

export type {
  Account,
  ClaimedRow,
  DeliveryErrorCode,
  JobBill,
  Message,
  ReplyRow,
  Revoked,
  Session,
  SettledRow,
  StoredJob,
  StoredPhotos,
  StoreErrorCode,
  TweetDeleted,
} from '../../packages/core/src/adapter/index.js'
export {
  claimReply,
  decodeJob,
  encodeJob,
  forgetReply,
  idOfTime,
  isTweet,
  JOBS,
  JOURNAL_ENDS,
  JobError,
  jobKey,
  LONGEST_DETAIL,
  MOST_ENTRIES,
  noteEntry,
  PHOTOS,
  photosPrefix,
  releaseReply,
  replyEntry,
  StoreError,
  settleReply,
  timeOfId,
  tweetOfJobKey,
} from '../../packages/core/src/adapter/index.js'
