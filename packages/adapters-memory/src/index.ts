export { commonParents } from './common-parents.js'
export type { KeywordImageLabelerOptions } from './keyword-image-labeler.js'
export { KeywordImageLabeler } from './keyword-image-labeler.js'
export { MemoryAccountStore } from './memory-account-store.js'
export { MemoryBlobStore } from './memory-blob-store.js'
export { MemoryBudget } from './memory-budget.js'
export { MemoryCursor } from './memory-cursor.js'
export { MemoryInbox } from './memory-inbox.js'
export { MemoryKillSwitch } from './memory-kill-switch.js'
export type { ServedMedia } from './memory-media-fetcher.js'
export { MediaUnreachableError, MemoryMediaFetcher } from './memory-media-fetcher.js'
export { MemoryOptOuts } from './memory-opt-outs.js'
export type { DeadLetter, MemoryQueueOptions } from './memory-queue.js'
export { MemoryQueue, QueueConsumedError, VisibilityEndedError } from './memory-queue.js'
export { MemoryReplyLedger } from './memory-reply-ledger.js'
export { MemorySessionStore } from './memory-session-store.js'
export type { MemorySignInOptions } from './memory-sign-in.js'
export { CallbackNotAllowedError, MemorySignIn } from './memory-sign-in.js'
export type {
  MemoryPerson,
  MemorySocialClientOptions,
  MemorySocialFailure,
  MemoryTweet,
} from './memory-social-client.js'
export { MemorySocialClient, SocialUnreachableError } from './memory-social-client.js'
export type { MemoryStores } from './memory-stores.js'
export { memoryStores } from './memory-stores.js'
export type { DirectMessage } from './memory-user-actions.js'
export { MemoryUserActions } from './memory-user-actions.js'
