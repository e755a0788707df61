import {
  type ClaimResult,
  claimReply,
  forgetReply,
  type LedgerEntry,
  type ReplyClaim,
  type ReplyKey,
  type ReplyLedger,
  type ReplyRow,
  releaseReply,
  replyEntry,
  type SettledOutcome,
  settleReply,
} from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'

/**
 * Stores replies in memory until the process ends. A row expires `TIMES.ledgerRows` after its last write; each `claim`
 * and `settle` drops expired rows.
 */
export class MemoryReplyLedger implements ReplyLedger {
  readonly #rows = new Map<string, { readonly row: ReplyRow; readonly keptUntil: number }>()

  async find(key: ReplyKey): Promise<LedgerEntry | undefined> {
    const row = this.#rows.get(nameOf(key))?.row
    return row && replyEntry(row)
  }

  async claim(key: ReplyKey, claim: ReplyClaim): Promise<ClaimResult> {
    this.#dropExpired(claim.now)
    const { row, result } = claimReply(this.#rows.get(nameOf(key))?.row, claim)
    if (row !== undefined) this.#write(nameOf(key), row, claim.now)
    return result
  }

  async settle(key: ReplyKey, outcome: SettledOutcome, now: number): Promise<SettledOutcome> {
    this.#dropExpired(now)
    const before = this.#rows.get(nameOf(key))?.row
    const row = settleReply(before, outcome, now)
    if (row !== before) this.#write(nameOf(key), row, now)
    return { ...row.outcome }
  }

  async release(key: ReplyKey, owner: string, inDoubtUntil?: number): Promise<void> {
    const name = nameOf(key)
    const kept = this.#rows.get(name)
    if (kept?.row.kind !== 'begun' || kept.row.holder !== owner) return
    const row = releaseReply(kept.row, inDoubtUntil)
    if (row === undefined) this.#rows.delete(name)
    else this.#rows.set(name, { ...kept, row })
  }

  async forgetAuthor(authorId: string, now: number): Promise<void> {
    for (const [name, { row }] of [...this.#rows]) {
      const ended = forgetReply(row, authorId, now)
      if (ended) this.#write(name, ended, now)
    }
  }

  async removeAll(): Promise<void> {
    this.#rows.clear()
  }

  #write(name: string, row: ReplyRow, now: number): void {
    this.#rows.delete(name)
    this.#rows.set(name, { row, keptUntil: now + TIMES.ledgerRows })
  }

  /** Drops expired rows. The map is in the order of the writes, so it stops at the first row that hasn't expired. */
  #dropExpired(now: number): void {
    for (const [name, { keptUntil }] of this.#rows) {
      if (now < keptUntil) return
      this.#rows.delete(name)
    }
  }
}

const nameOf = ({ botId, about }: ReplyKey): string => JSON.stringify([botId, about])
