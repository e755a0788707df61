import type { AccountStore } from './account-store.js'
import type { BlobStore } from './blob-store.js'
import type { Budget } from './budget.js'
import type { NewId, Now } from './clock.js'
import type { Cursor } from './cursor.js'
import type { ImageLabeler } from './image-labeler.js'
import type { Inbox } from './inbox.js'
import type { Jobs } from './jobs.js'
import type { KillSwitch } from './kill-switch.js'
import type { MediaFetcher } from './media-fetcher.js'
import type { Mentions } from './mentions.js'
import type { OptOuts } from './opt-outs.js'
import type { OwnTweets } from './own-tweets.js'
import type { ReplyLedger } from './reply-ledger.js'
import type { SessionStore } from './session-store.js'
import type { SignIn } from './sign-in.js'
import type { SocialClient } from './social-client.js'
import type { UserActions } from './user-actions.js'

/** Every port of core. A use case declares the ones that it needs with `Pick<Ports, …>`. */
export interface Ports {
  readonly accounts: AccountStore
  readonly blobs: BlobStore
  readonly killSwitch: KillSwitch
  readonly budget: Budget
  readonly cursor: Cursor
  readonly inbox: Inbox
  readonly jobs: Jobs
  readonly labeler: ImageLabeler
  readonly ledger: ReplyLedger
  readonly media: MediaFetcher
  readonly mentions: Mentions
  readonly newId: NewId
  readonly now: Now
  readonly optOuts: OptOuts
  readonly ownTweets: OwnTweets
  readonly sessions: SessionStore
  readonly signIn: SignIn
  readonly social: SocialClient
  readonly userActions: UserActions
}

export type { Charge } from './budget.js'
export type { XCall } from './kill-switch.js'
export type { ClaimResult, ReplyIntent, ReplyKey, SettledOutcome } from './reply-ledger.js'
