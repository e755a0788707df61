import type { Account } from '../domain/account.js'
import type { Event } from '../domain/event.js'
import { JOBS, PHOTOS, tweetOfJobKey } from '../domain/job.js'
import type { BotAccount } from '../policy/should-reply.js'
import type { Ports } from '../ports/index.js'
import type { Journal } from '../ports/journal.js'
import type { SearchableQueue } from '../ports/searchable-queue.js'
import type { UserActionResult } from '../ports/user-actions.js'

/** Which sign-in of whom: what a browser that has signed in keeps. */
export interface Login {
  readonly uid: string
  /** Epoch milliseconds. Only the last sign-in counts. */
  readonly signedInAt: number
}

/** What became of the wish to be gone. */
export type Disconnected =
  /** Removed here. `atX` is what X said to making the tokens invalid. */
  | {
      readonly kind: 'disconnected'
      readonly atX: UserActionResult | { readonly kind: 'broken'; readonly error: unknown }
    }
  /** This login is none any more. */
  | { readonly kind: 'not-signed-in' }

export async function accountOf(
  { accounts }: Pick<Ports, 'accounts'>,
  { uid, signedInAt }: Login,
): Promise<BotAccount | undefined> {
  const account = await accounts.find(uid)
  return account?.signedInAt === signedInAt ? { id: uid, username: account.username } : undefined
}

export async function disconnect(
  ports: Pick<Ports, 'accounts' | 'userActions'>,
  { uid, signedInAt }: Login,
): Promise<Disconnected> {
  const account = await ports.accounts.find(uid)
  if (account?.signedInAt !== signedInAt) return { kind: 'not-signed-in' }
  return { kind: 'disconnected', atX: await remove(ports, account) }
}

/**
 * Removes what is held of one person: the account, with its tokens made invalid at X, what waits in queues that can be
 * searched, stored photos and jobs, the text of replies that may have been posted, and what the journal tells. What stays has no content and ends by itself: counts for a day, ids of
 * replies for a month. A wish not to be answered stays.
 */
export async function forget(
  ports: Pick<Ports, 'accounts' | 'userActions' | 'blobs' | 'ledger' | 'now'> & Kept,
  uid: string,
): Promise<{ readonly atX: Removed | { readonly kind: 'no-account' } }> {
  const account = await ports.accounts.find(uid)
  const atX: Removed | { readonly kind: 'no-account' } = account ? await remove(ports, account) : { kind: 'no-account' }
  await ports.queues?.events.removeIf((event) => authorOf(event) === uid)
  await ports.queues?.jobs.removeIf((key) => tweetOfJobKey(key)?.author.id === uid)
  // Jobs first: without its job a photo is only a photo; the other way round a job would look for what is gone.
  for (const prefix of [JOBS, PHOTOS]) await ports.blobs.removeAll(`${prefix}${uid}/`)
  await ports.ledger.forgetAuthor(uid, ports.now())
  await ports.journal?.forgetAuthor(uid)
  return { atX }
}

/**
 * Removes everything that is held of anybody, for good: the end of a bot, or of its contract with X. A bot that goes on
 * answers no tweet from before now: nobody knows any more which of them have their reply.
 */
export async function purge(
  ports: Pick<Ports, 'sessions' | 'accounts' | 'blobs' | 'ledger' | 'budget' | 'optOuts' | 'killSwitch' | 'now'> & Kept,
): Promise<void> {
  await ports.killSwitch.answerFrom(ports.now())
  const { sessions, accounts, blobs, ledger, budget, optOuts, journal, queues } = ports
  const stores = [sessions, accounts, ledger, budget, optOuts, ...(journal ? [journal] : [])]
  await queues?.events.removeIf(() => true)
  await queues?.jobs.removeIf(() => true)
  for (const prefix of [JOBS, PHOTOS]) await blobs.removeAll(prefix)
  await Promise.all(stores.map((store) => store.removeAll()))
}

/** What only some bots keep. */
export interface Kept {
  readonly journal?: Pick<Journal, 'forgetAuthor' | 'removeAll'> | undefined
  /** Of events, and of the keys of stored jobs. */
  readonly queues?: { readonly events: SearchableQueue<Event>; readonly jobs: SearchableQueue<string> } | undefined
}

/** Whose words or doing an event tells of. */
function authorOf(event: Event): string | undefined {
  switch (event.kind) {
    case 'tweet':
      return event.tweet.author.id
    case 'tweet-deleted':
      return event.authorId
    case 'message':
      return event.senderId
    case 'revoked':
      return event.userId
    default:
      return undefined
  }
}

type Removed = Extract<Disconnected, { kind: 'disconnected' }>['atX']

/** Invalid first: tokens that nobody holds any more, and that still work, could never be taken back. */
async function remove(
  { accounts, userActions }: Pick<Ports, 'accounts' | 'userActions'>,
  account: Account,
): Promise<Removed> {
  const atX = await userActions.invalidate(account).catch((error: unknown): Removed => ({ kind: 'broken', error }))
  await accounts.remove(account.uid, account.signedInAt)
  // X gives the same tokens to a sign-in that came in between, and they are worth nothing now.
  const newer = await accounts.find(account.uid)
  if (newer?.accessToken === account.accessToken) await accounts.remove(newer.uid, newer.signedInAt)
  return atX
}
