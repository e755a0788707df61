import { claimReply, forgetReply, releaseReply, replyEntry, settleReply } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'
import { transaction } from './database.js'

/** @import { ClaimResult, LedgerEntry, ReplyClaim, ReplyKey, ReplyLedger, ReplyRow, SettledOutcome } from '@hexbird/core/adapter' */

/** @implements {ReplyLedger} */
export class SqliteReplyLedger {
  #database

  /** @param {import('node:sqlite').DatabaseSync} database */
  constructor(database) {
    this.#database = database
  }

  /**
   * @param {ReplyKey} key
   * @returns {Promise<LedgerEntry | undefined>}
   */
  async find(key) {
    const row = this.#read(key)
    return row && replyEntry(row)
  }

  /**
   * @param {ReplyKey} key
   * @param {ReplyClaim} claim
   * @returns {Promise<ClaimResult>}
   */
  async claim(key, claim) {
    return transaction(this.#database, () => {
      this.#database.prepare('DELETE FROM reply WHERE kept_until <= ?').run(claim.now)
      const { result, row } = claimReply(this.#read(key), claim)
      if (row) this.#write(key, row, claim.now + TIMES.ledgerRows)
      return result
    })
  }

  /**
   * @param {ReplyKey} key
   * @param {SettledOutcome} outcome
   * @param {number} now
   * @returns {Promise<SettledOutcome>}
   */
  async settle(key, outcome, now) {
    return transaction(this.#database, () => {
      const before = this.#read(key)
      const row = settleReply(before, outcome, now)
      if (row !== before) this.#write(key, row, now + TIMES.ledgerRows)
      return row.outcome
    })
  }

  /**
   * @param {ReplyKey} key
   * @param {string} owner
   * @param {number} [inDoubtUntil]
   */
  async release(key, owner, inDoubtUntil) {
    transaction(this.#database, () => {
      const row = this.#read(key)
      if (row?.kind !== 'begun' || row.holder !== owner) return
      const left = releaseReply(row, inDoubtUntil)
      const where = [key.botId, key.about]
      if (!left) this.#database.prepare('DELETE FROM reply WHERE bot = ? AND about = ?').run(...where)
      else {
        const update = this.#database.prepare('UPDATE reply SET entry = ? WHERE bot = ? AND about = ?')
        update.run(JSON.stringify(left), ...where)
      }
    })
  }

  /**
   * @param {string} authorId
   * @param {number} now
   */
  async forgetAuthor(authorId, now) {
    transaction(this.#database, () => {
      for (const { bot, about, entry } of this.#database.prepare('SELECT bot, about, entry FROM reply').all()) {
        const ended = forgetReply(JSON.parse(String(entry)), authorId, now)
        const key = { botId: String(bot), about: String(about) }
        if (ended) this.#write(key, ended, now + TIMES.ledgerRows)
      }
    })
  }

  async removeAll() {
    this.#database.exec('DELETE FROM reply')
  }

  /**
   * @param {ReplyKey} key
   * @returns {ReplyRow | undefined}
   */
  #read({ botId, about }) {
    const row = this.#database.prepare('SELECT entry FROM reply WHERE bot = ? AND about = ?').get(botId, about)
    return row && JSON.parse(String(row.entry))
  }

  /**
   * @param {ReplyKey} key
   * @param {ReplyRow} row
   * @param {number} keptUntil
   */
  #write({ botId, about }, row, keptUntil) {
    const insert = this.#database.prepare(
      'INSERT OR REPLACE INTO reply (bot, about, entry, kept_until) VALUES (?, ?, ?, ?)',
    )
    insert.run(botId, about, JSON.stringify(row), keptUntil)
  }
}
