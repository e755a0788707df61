import type { Account } from '../domain/account.js'
import type { Event } from '../domain/event.js'
import { JOBS, PHOTOS, tweetOfJobKey } from '../domain/job.js'
import type { BotAccount } from '../policy/should-reply.js'
import type { Ports } from '../ports/index.js'
import type { Journal } from '../ports/journal.js'
import type { SearchableQueue } from '../ports/searchable-queue.js'
import type { UserActionResult } from '../ports/user-actions.js'

/** Identifies a person and their sign-in. The browser keeps it while signed in. */
export interface Login {
  readonly uid: string
  /** Epoch milliseconds. Only the person's latest sign-in is valid. */
  readonly signedInAt: number
}

/** The result of disconnecting. */
export type Disconnected =
  /** The account is removed here. `atX` is X's response to invalidating the tokens, or the error. */
  | {
      readonly kind: 'disconnected'
      readonly atX: UserActionResult | { readonly kind: 'broken'; readonly error: unknown }
    }
  /** This login is no longer valid. */
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
 * Deletes a person's data: the account (and invalidates its tokens at X), items in searchable queues, stored photos and
 * jobs, the text of replies that may have been posted, and journal entries. What remains has no content and expires by
 * itself: counts after a day, ids of replies after a month. An opt-out stays.
 */
export async function forget(
  ports: Pick<Ports, 'accounts' | 'userActions' | 'blobs' | 'ledger' | 'now'> & Kept,
  uid: string,
): Promise<{ readonly atX: Removed | { readonly kind: 'no-account' } }> {
  const account = await ports.accounts.find(uid)
  const atX: Removed | { readonly kind: 'no-account' } = account ? await remove(ports, account) : { kind: 'no-account' }
  await ports.queues?.events.removeIf((event) => authorOf(event) === uid)
  await ports.queues?.jobs.removeIf((key) => tweetOfJobKey(key)?.author.id === uid)
  // Jobs first: a photo without its job does no harm, but a job without its photos would look for them.
  for (const prefix of [JOBS, PHOTOS]) await ports.blobs.removeAll(`${prefix}${uid}/`)
  await ports.ledger.forgetAuthor(uid, ports.now())
  await ports.journal?.forgetAuthor(uid)
  return { atX }
}

/**
 * Permanently deletes all data about everyone, when a bot or its contract with X ends. If the bot continues, it answers
 * no tweet from before the purge, because it no longer knows which of them have a reply.
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

/** The stores that only some bots have. */
export interface Kept {
  readonly journal?: Pick<Journal, 'forgetAuthor' | 'removeAll'> | undefined
  /** The queue of events, and the queue of stored jobs' keys. */
  readonly queues?: { readonly events: SearchableQueue<Event>; readonly jobs: SearchableQueue<string> } | undefined
}

/** Returns the id of the person that an event is about. */
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

/** Invalidates the tokens before removing them: once they are removed, nothing could invalidate them any more. */
async function remove(
  { accounts, userActions }: Pick<Ports, 'accounts' | 'userActions'>,
  account: Account,
): Promise<Removed> {
  const atX = await userActions.invalidate(account).catch((error: unknown): Removed => ({ kind: 'broken', error }))
  await accounts.remove(account.uid, account.signedInAt)
  // X issues the same tokens to a sign-in in between, so that one is invalid now too.
  const newer = await accounts.find(account.uid)
  if (newer?.accessToken === account.accessToken) await accounts.remove(newer.uid, newer.signedInAt)
  return atX
}
