import type { Begun, ReplyClaim } from '@hexbird/core'
import type { BegunRow, LedgerRow } from './dynamo-ledger-row.js'

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

/** The row without the holder's last try and with the lease ended; `undefined` where no try is left. */
export function released(row: BegunRow): BegunRow | undefined {
  const ended = { ...row, until: 0, own: false }
  if (!row.own) return ended
  const intent = row.earlier.at(-1)
  return intent && { ...ended, intent, earlier: row.earlier.slice(0, -1) }
}
