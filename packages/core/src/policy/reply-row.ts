import type { ClaimResult, LedgerEntry, ReplyClaim, ReplyIntent, SettledOutcome } from '../ports/reply-ledger.js'

/**
 * The row that a ledger stores for one reply. The functions in this file are its state transitions, as `ReplyLedger`
 * requires them. An adapter applies them with compare-and-swap: it replaces a row only if it has not changed meanwhile.
 */
export type ReplyRow = ClaimedRow | SettledRow

/** A reply that a run has claimed, and may have posted. */
export interface ClaimedRow {
  /** The value in stored rows. Must not change. */
  readonly kind: 'begun'
  /** The owner who holds the lease, or held it last. */
  readonly holder: string
  /** When the lease ends, epoch milliseconds. 0 if it was released. */
  readonly until: number
  /** The `now` of the first claim. */
  readonly since: number
  /** The intent of the last try. */
  readonly intent: ReplyIntent
  /** The intents of the tries before it. They stay when the last try is released. */
  readonly earlier: readonly ReplyIntent[]
  /** Whether the last try was recorded under this lease. If not, a release must not remove it. */
  readonly own: boolean
}

/** A reply with its final outcome. `at` is in epoch milliseconds. */
export interface SettledRow {
  readonly kind: 'settled'
  readonly outcome: SettledOutcome
  readonly at: number
}

const copyOf = (intent: ReplyIntent): ReplyIntent => ({
  ...intent,
  ...(intent.mediaIds && { mediaIds: [...intent.mediaIds] }),
})

/** Returns the entry that `find` returns for a row. */
export function replyEntry(row: ReplyRow): LedgerEntry {
  if (row.kind === 'settled') return { kind: 'settled', outcome: { ...row.outcome }, at: row.at }
  return { kind: 'claimed', intent: copyOf(row.intent), until: row.until, tries: row.earlier.length + 1 }
}

/** Applies a claim. Returns its result, and the new row if it changes. */
export function claimReply(
  row: ReplyRow | undefined,
  claim: ReplyClaim,
): { readonly result: ClaimResult; readonly row?: ClaimedRow } {
  if (row?.kind === 'settled') return { result: { kind: 'settled', outcome: { ...row.outcome } } }
  const { owner, now, until } = claim
  const lease = { kind: 'begun', holder: owner, until } as const
  const intent = copyOf(claim.intent)
  if (row === undefined) {
    return { result: { kind: 'acquired' }, row: { ...lease, since: now, intent, earlier: [], own: true } }
  }
  if (now >= row.until) {
    const tries = row.earlier.length + 1
    const result = { kind: 'expired', intent: copyOf(row.intent), since: row.since, tries } as const
    return { result, row: { ...row, ...lease, own: false } }
  }
  if (row.holder !== owner) return { result: { kind: 'held', until: row.until } }
  return {
    result: { kind: 'acquired' },
    row: { ...row, ...lease, intent, earlier: [...row.earlier, row.intent], own: true },
  }
}

/** Settles a row. If it is settled already, the first outcome stays. */
export function settleReply(row: ReplyRow | undefined, outcome: SettledOutcome, now: number): SettledRow {
  return row?.kind === 'settled' ? row : { kind: 'settled', outcome: { ...outcome }, at: now }
}

/**
 * Ends the lease and removes the holder's last try. Returns `undefined` if no try is left. With `inDoubtUntil` (epoch
 * milliseconds), the try stays permanently, and the lease runs until then at the latest.
 */
export function releaseReply(row: ClaimedRow, inDoubtUntil?: number): ClaimedRow | undefined {
  if (inDoubtUntil !== undefined) return { ...row, until: Math.min(row.until, inDoubtUntil), own: false }
  const ended = { ...row, until: 0, own: false }
  if (!row.own) return ended
  const intent = row.earlier.at(-1)
  return intent && { ...ended, intent, earlier: row.earlier.slice(0, -1) }
}

/**
 * Settles a row because its author is to be forgotten. Returns `undefined` if the row stays as it is, because it
 * belongs to another author or is settled. A row without an author counts as anyone's once its lease has expired.
 */
export function forgetReply(row: ReplyRow | undefined, authorId: string, now: number): SettledRow | undefined {
  if (row?.kind !== 'begun') return undefined
  const authors = [row.intent, ...row.earlier].flatMap((each) => each.authorId ?? [])
  const isTheirs = authors.length === 0 ? now >= row.until : authors.includes(authorId)
  return isTheirs ? settleReply(undefined, { kind: 'skipped', reason: 'forgotten' }, now) : undefined
}
