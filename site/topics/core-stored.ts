/**
 * The rows, jobs and messages behind the ports, and the state transitions of a reply, which a store applies with its own
 * compare-and-swap.
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
