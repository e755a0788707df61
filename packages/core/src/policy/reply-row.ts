import type { ClaimResult, LedgerEntry, ReplyClaim, ReplyIntent, SettledOutcome } from '../ports/reply-ledger.js'

/**
 * What a ledger keeps of one reply, and how that changes: the promises of `ReplyLedger`, as functions. An adapter stores a
 * row, and replaces it only by one that was made of the row that it still has.
 */
export type ReplyRow = ClaimedRow | SettledRow

/** Somebody is about to reply, or was. */
export interface ClaimedRow {
  /** The word that stored rows have. */
  readonly kind: 'begun'
  /** Who holds the lease, or held it last. */
  readonly holder: string
  /** When the lease ends, epoch milliseconds; 0 where it was released. */
  readonly until: number
  /** The `now` of the first claim. */
  readonly since: number
  /** What the last try posts. */
  readonly intent: ReplyIntent
  /** What the tries before it post: a release of the last one must not forget them. */
  readonly earlier: readonly ReplyIntent[]
  /** Whether the last try was recorded under this lease; if not, no release may take it back. */
  readonly own: boolean
}

/** How it ended. */
export interface SettledRow {
  readonly kind: 'settled'
  readonly outcome: SettledOutcome
  readonly at: number
}

const copyOf = (intent: ReplyIntent): ReplyIntent => ({
  ...intent,
  ...(intent.mediaIds && { mediaIds: [...intent.mediaIds] }),
})

/** What is told of a row. */
export function replyEntry(row: ReplyRow): LedgerEntry {
  if (row.kind === 'settled') return { kind: 'settled', outcome: { ...row.outcome }, at: row.at }
  return { kind: 'claimed', intent: copyOf(row.intent), until: row.until, tries: row.earlier.length + 1 }
}

/** What a claim gets, and the row as it is then, where that changes. */
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

/** The row once it has ended: the first end stays. */
export function settleReply(row: ReplyRow | undefined, outcome: SettledOutcome, now: number): SettledRow {
  return row?.kind === 'settled' ? row : { kind: 'settled', outcome: { ...outcome }, at: now }
}

/**
 * The row without the holder's last try and with the lease ended; `undefined` where no try is left. In doubt, the try
 * stays for good and the lease runs until then.
 */
export function releaseReply(row: ClaimedRow, inDoubtUntil?: number): ClaimedRow | undefined {
  if (inDoubtUntil !== undefined) return { ...row, until: Math.min(row.until, inDoubtUntil), own: false }
  const ended = { ...row, until: 0, own: false }
  if (!row.own) return ended
  const intent = row.earlier.at(-1)
  return intent && { ...ended, intent, earlier: row.earlier.slice(0, -1) }
}

/**
 * The row once this person is forgotten; `undefined` where it stays: of another, or ended. One that does not say whose it
 * is, is everybody's once its lease has run out.
 */
export function forgetReply(row: ReplyRow | undefined, authorId: string, now: number): SettledRow | undefined {
  if (row?.kind !== 'begun') return undefined
  const authors = [row.intent, ...row.earlier].flatMap((each) => each.authorId ?? [])
  const isTheirs = authors.length === 0 ? now >= row.until : authors.includes(authorId)
  return isTheirs ? settleReply(undefined, { kind: 'skipped', reason: 'forgotten' }, now) : undefined
}
