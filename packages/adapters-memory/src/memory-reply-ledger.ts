import {
  type Begun,
  type LedgerEntry,
  type ReplyClaim,
  type ReplyIntent,
  type ReplyKey,
  type ReplyLedger,
  type SettledOutcome,
  TIMES,
} from '@hexbird/core'

/**
 * Replies in memory, gone with the process. A row is kept for `TIMES.ledgerRows` after it was last written; each
 * `begin` and `settle` drops those that are older than that.
 */
export class MemoryReplyLedger implements ReplyLedger {
  readonly #rows = new Map<string, { readonly row: Row; readonly keptUntil: number }>()

  async find(key: ReplyKey): Promise<LedgerEntry | undefined> {
    const row = this.#rows.get(nameOf(key))?.row
    if (row === undefined) return undefined
    if (row.kind === 'settled') return { kind: 'settled', outcome: { ...row.outcome }, at: row.at }
    return { kind: 'begun', intent: { ...row.intent }, until: row.until, tries: row.earlier.length + 1 }
  }

  async begin(key: ReplyKey, claim: ReplyClaim): Promise<Begun> {
    this.#dropExpired(claim.now)
    const { row, begun } = begin(this.#rows.get(nameOf(key))?.row, claim)
    if (row !== undefined) this.#write(nameOf(key), row, claim.now)
    return begun
  }

  async settle(key: ReplyKey, outcome: SettledOutcome, now: number): Promise<SettledOutcome> {
    this.#dropExpired(now)
    const row = this.#rows.get(nameOf(key))?.row
    if (row?.kind === 'settled') return { ...row.outcome }
    this.#write(nameOf(key), { kind: 'settled', outcome: { ...outcome }, at: now }, now)
    return { ...outcome }
  }

  async release(key: ReplyKey, owner: string, inDoubtUntil?: number): Promise<void> {
    const name = nameOf(key)
    const kept = this.#rows.get(name)
    if (kept?.row.kind !== 'begun' || kept.row.holder !== owner) return
    const row = released(kept.row, inDoubtUntil)
    if (row === undefined) this.#rows.delete(name)
    else this.#rows.set(name, { ...kept, row })
  }

  async forgetAuthor(authorId: string, now: number): Promise<void> {
    for (const [name, { row }] of [...this.#rows]) {
      if (row.kind === 'begun' && isOf(authorId, row, now)) {
        this.#write(name, { kind: 'settled', outcome: { kind: 'skipped', reason: 'forgotten' }, at: now }, now)
      }
    }
  }

  async removeAll(): Promise<void> {
    this.#rows.clear()
  }

  #write(name: string, row: Row, now: number): void {
    this.#rows.delete(name)
    this.#rows.set(name, { row, keptUntil: now + TIMES.ledgerRows })
  }

  /** A map keeps the order of its writes: the first row that is still kept ends the search. */
  #dropExpired(now: number): void {
    for (const [name, { keptUntil }] of this.#rows) {
      if (now < keptUntil) return
      this.#rows.delete(name)
    }
  }
}

type Row = BegunRow | { readonly kind: 'settled'; readonly outcome: SettledOutcome; readonly at: number }

interface BegunRow {
  readonly kind: 'begun'
  /** Who holds the lease, or held it last. */
  readonly holder: string
  /** 0 where the lease was released. */
  readonly until: number
  readonly since: number
  /** What the last try posts. */
  readonly intent: ReplyIntent
  /** What the tries before it post: a release of the last one must not forget them. */
  readonly earlier: readonly ReplyIntent[]
  /** Whether the last try was recorded under this lease; if not, no release may take it back. */
  readonly own: boolean
}

/** What a claim gets, and the row as it is then, where that changes. */
function begin(row: Row | undefined, claim: ReplyClaim): { begun: Begun; row?: Row } {
  if (row?.kind === 'settled') return { begun: { kind: 'settled', outcome: { ...row.outcome } } }
  const lease = { kind: 'begun', holder: claim.owner, until: claim.until } as const
  const intent = { ...claim.intent }
  if (row === undefined) {
    return { begun: { kind: 'won' }, row: { ...lease, since: claim.now, intent, earlier: [], own: true } }
  }
  if (claim.now >= row.until) {
    const tries = row.earlier.length + 1
    const begun = { kind: 'unsure', intent: { ...row.intent }, since: row.since, tries } as const
    return { begun, row: { ...row, ...lease, own: false } }
  }
  if (row.holder !== claim.owner) return { begun: { kind: 'busy', until: row.until } }
  return { begun: { kind: 'won' }, row: { ...row, ...lease, intent, earlier: [...row.earlier, row.intent], own: true } }
}

/** Whether the row is one of this person's; one that does not say whose it is, is everybody's once its lease has run out. */
function isOf(authorId: string, { intent, earlier, until }: BegunRow, now: number): boolean {
  const authors = [intent, ...earlier].flatMap((each) => each.authorId ?? [])
  return authors.length === 0 ? now >= until : authors.includes(authorId)
}

/**
 * The row without the holder's last try and with the lease ended; `undefined` where no try is left. In doubt, the try
 * stays for good and the lease runs until then.
 */
function released(row: BegunRow, inDoubtUntil?: number): BegunRow | undefined {
  if (inDoubtUntil !== undefined) return { ...row, until: Math.min(row.until, inDoubtUntil), own: false }
  const ended = { ...row, until: 0, own: false }
  if (!row.own) return ended
  const intent = row.earlier.at(-1)
  return intent && { ...ended, intent, earlier: row.earlier.slice(0, -1) }
}

const nameOf = ({ botId, about }: ReplyKey): string => JSON.stringify([botId, about])
