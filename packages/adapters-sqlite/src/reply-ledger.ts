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
import type { Database } from './database.js'
import { rowOf, type StoredReply, storedOf } from './ledger-row.js'
import { dropExpired } from './schema.js'

/** Stores each reply for `TIMES.ledgerRows` after its last claim or settlement. Core decides how a row changes. */
export class SqliteReplyLedger implements ReplyLedger {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async find(key: ReplyKey): Promise<LedgerEntry | undefined> {
    const row = this.#read(key)
    return row && replyEntry(row)
  }

  async claim(key: ReplyKey, claim: ReplyClaim): Promise<ClaimResult> {
    return this.#db.write(() => {
      dropExpired(this.#db, 'reply', claim.now)
      const { row, result } = claimReply(this.#read(key), claim)
      if (row !== undefined) this.#put(key, row, claim.now)
      return result
    })
  }

  async settle(key: ReplyKey, outcome: SettledOutcome, now: number): Promise<SettledOutcome> {
    return this.#db.write(() => {
      dropExpired(this.#db, 'reply', now)
      const before = this.#read(key)
      const row = settleReply(before, outcome, now)
      if (row !== before) this.#put(key, row, now)
      return row.outcome
    })
  }

  async release(key: ReplyKey, owner: string, inDoubtUntil?: number): Promise<void> {
    this.#db.write(() => {
      const before = this.#read(key)
      if (before?.kind !== 'begun' || before.holder !== owner) return
      const row = releaseReply(before, inDoubtUntil)
      const { botId, about } = key
      if (row === undefined) this.#db.run('DELETE FROM reply WHERE bot_id = ? AND about = ?', botId, about)
      // The lifetime counts from the last claim.
      else
        this.#db.run('UPDATE reply SET content = ? WHERE bot_id = ? AND about = ?', storedOf(row).content, botId, about)
    })
  }

  async forgetAuthor(authorId: string, now: number): Promise<void> {
    this.#db.remove(() => {
      const begun = this.#db.all<StoredReply & { readonly bot_id: string; readonly about: string }>(
        "SELECT bot_id, about, kind, content FROM reply WHERE kind = 'begun'",
      )
      for (const { bot_id: botId, about, ...stored } of begun) {
        const ended = forgetReply(rowOf(stored), authorId, now)
        if (ended) this.#put({ botId, about }, ended, now)
      }
    })
  }

  async removeAll(): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM reply'))
  }

  #read({ botId, about }: ReplyKey): ReplyRow | undefined {
    const sql = 'SELECT kind, content FROM reply WHERE bot_id = ? AND about = ?'
    const stored = this.#db.get<StoredReply>(sql, botId, about)
    return stored && rowOf(stored)
  }

  #put({ botId, about }: ReplyKey, row: ReplyRow, now: number): void {
    const { kind, content } = storedOf(row)
    const sql = 'INSERT OR REPLACE INTO reply (bot_id, about, kind, content, kept_until) VALUES (?, ?, ?, ?, ?)'
    this.#db.run(sql, botId, about, kind, content, now + TIMES.ledgerRows)
  }
}
