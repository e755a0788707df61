import type { ReplyIntent, ReplyRow, SettledOutcome } from '@hexbird/core/adapter'

/** A reply as the table stores it. These names never change, even if core renames its own. */
export interface StoredReply {
  readonly kind: 'begun' | 'settled'
  /** JSON. */
  readonly content: string
}

interface Claimed {
  readonly holder: string
  readonly until: number
  readonly since: number
  /** The oldest first. */
  readonly tries: readonly ReplyIntent[]
  readonly own: boolean
}

interface Settled {
  readonly outcome: SettledOutcome
  readonly at: number
}

export function storedOf(row: ReplyRow): StoredReply {
  if (row.kind === 'settled') {
    const settled: Settled = { outcome: row.outcome, at: row.at }
    return { kind: 'settled', content: JSON.stringify(settled) }
  }
  const { holder, until, since, own } = row
  const begun: Claimed = { holder, until, since, tries: [...row.earlier, row.intent], own }
  return { kind: 'begun', content: JSON.stringify(begun) }
}

export function rowOf({ kind, content }: StoredReply): ReplyRow {
  if (kind === 'settled') return { kind: 'settled', ...(JSON.parse(content) as Settled) }
  const { tries, ...begun } = JSON.parse(content) as Claimed
  // A row is stored together with its last try.
  return { kind: 'begun', ...begun, intent: tries.at(-1) as ReplyIntent, earlier: tries.slice(0, -1) }
}
