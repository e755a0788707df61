import type { Begun, ReplyClaim } from '@hexbird/core'
import type { BegunRow, LedgerRow, SettledRow } from './ledger-row.js'

/** What a claim gets, and the row as it is then, where that changes. */
export function begin(
  row: LedgerRow | undefined,
  claim: ReplyClaim,
): { readonly begun: Begun; readonly row?: LedgerRow } {
  if (row?.kind === 'settled') return { begun: { kind: 'settled', outcome: row.outcome } }
  const { owner, intent, now, until } = claim
  const lease = { kind: 'begun', holder: owner, until } as const
  if (row === undefined)
    return { begun: { kind: 'won' }, row: { ...lease, since: now, intent, earlier: [], own: true } }
  if (now >= row.until) {
    const begun = { kind: 'unsure', intent: row.intent, since: row.since, tries: row.earlier.length + 1 } as const
    return { begun, row: { ...row, ...lease, own: false } }
  }
  if (row.holder !== owner) return { begun: { kind: 'busy', until: row.until } }
  return { begun: { kind: 'won' }, row: { ...row, ...lease, intent, earlier: [...row.earlier, row.intent], own: true } }
}

/** The row once this person is forgotten; `undefined` where it stays: of another, or ended. */
export function forgotten(row: LedgerRow | undefined, authorId: string, now: number): SettledRow | undefined {
  if (row?.kind !== 'begun') return undefined
  const authors = [row.intent, ...row.earlier].flatMap((each) => each.authorId ?? [])
  const isTheirs = authors.length === 0 ? now >= row.until : authors.includes(authorId)
  return isTheirs ? { kind: 'settled', outcome: { kind: 'skipped', reason: 'forgotten' }, at: now } : undefined
}

/**
 * The row without the holder's last try and with the lease ended; `undefined` where no try is left. In doubt, the try
 * stays for good and the lease runs until then.
 */
export function released(row: BegunRow, inDoubtUntil?: number): BegunRow | undefined {
  if (inDoubtUntil !== undefined) return { ...row, until: Math.min(row.until, inDoubtUntil), own: false }
  const ended = { ...row, until: 0, own: false }
  if (!row.own) return ended
  const intent = row.earlier.at(-1)
  return intent && { ...ended, intent, earlier: row.earlier.slice(0, -1) }
}
