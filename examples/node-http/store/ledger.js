import { TIMES } from '@hexbird/core'
import { transaction } from './database.js'

/** @import { Begun, LedgerEntry, ReplyClaim, ReplyIntent, ReplyKey, ReplyLedger, SettledOutcome } from '@hexbird/core' */

/**
 * A claim as it is stored: who holds the lease or held it last, what the last try posts, what the tries before it post, and
 * whether the last was recorded under this lease; if not, no release may take it back.
 *
 * @typedef {{ kind: 'begun', holder: string, until: number, since: number, intent: ReplyIntent, earlier: ReplyIntent[], own: boolean }} Claimed
 * @typedef {Claimed | { kind: 'settled', outcome: SettledOutcome, at: number }} Entry
 */

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
    const entry = this.#read(key)
    if (entry?.kind !== 'begun') return entry
    return { kind: 'begun', intent: entry.intent, until: entry.until, tries: entry.earlier.length + 1 }
  }

  /**
   * @param {ReplyKey} key
   * @param {ReplyClaim} claim
   * @returns {Promise<Begun>}
   */
  async begin(key, claim) {
    return transaction(this.#database, () => {
      this.#database.prepare('DELETE FROM reply WHERE kept_until <= ?').run(claim.now)
      const { begun, entry } = begin(this.#read(key), claim)
      if (entry) this.#write(key, entry, claim.now + TIMES.ledgerRows)
      return begun
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
      const entry = this.#read(key)
      if (entry?.kind === 'settled') return entry.outcome
      this.#write(key, { kind: 'settled', outcome, at: now }, now + TIMES.ledgerRows)
      return outcome
    })
  }

  /**
   * @param {ReplyKey} key
   * @param {string} owner
   * @param {number} [inDoubtUntil]
   */
  async release(key, owner, inDoubtUntil) {
    transaction(this.#database, () => {
      const entry = this.#read(key)
      if (entry?.kind !== 'begun' || entry.holder !== owner) return
      const left = release(entry, inDoubtUntil)
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
        if (!isBegunFor(authorId, JSON.parse(String(entry)), now)) continue
        const outcome = /** @type {const} */ ({ kind: 'skipped', reason: 'forgotten' })
        const key = { botId: String(bot), about: String(about) }
        this.#write(key, { kind: 'settled', outcome, at: now }, now + TIMES.ledgerRows)
      }
    })
  }

  async removeAll() {
    this.#database.exec('DELETE FROM reply')
  }

  /**
   * @param {ReplyKey} key
   * @returns {Entry | undefined}
   */
  #read({ botId, about }) {
    const row = this.#database.prepare('SELECT entry FROM reply WHERE bot = ? AND about = ?').get(botId, about)
    return row && JSON.parse(String(row.entry))
  }

  /**
   * @param {ReplyKey} key
   * @param {Entry} entry
   * @param {number} keptUntil
   */
  #write({ botId, about }, entry, keptUntil) {
    const insert = this.#database.prepare(
      'INSERT OR REPLACE INTO reply (bot, about, entry, kept_until) VALUES (?, ?, ?, ?)',
    )
    insert.run(botId, about, JSON.stringify(entry), keptUntil)
  }
}

/**
 * What a claim gets, and the entry as it is then, where that changes.
 *
 * @param {Entry | undefined} entry
 * @param {ReplyClaim} claim
 * @returns {{ begun: Begun, entry?: Entry }}
 */
function begin(entry, { owner, intent, now, until }) {
  if (!entry) {
    const fresh = {
      kind: /** @type {const} */ ('begun'),
      holder: owner,
      until,
      since: now,
      intent,
      earlier: [],
      own: true,
    }
    return { begun: { kind: 'won' }, entry: fresh }
  }
  if (entry.kind === 'settled') return { begun: { kind: 'settled', outcome: entry.outcome } }
  if (now >= entry.until) {
    const tries = entry.earlier.length + 1
    return {
      begun: { kind: 'unsure', intent: entry.intent, since: entry.since, tries },
      entry: { ...entry, holder: owner, until, own: false },
    }
  }
  if (entry.holder !== owner) return { begun: { kind: 'busy', until: entry.until } }
  return {
    begun: { kind: 'won' },
    entry: { ...entry, until, intent, earlier: [...entry.earlier, entry.intent], own: true },
  }
}

/**
 * The entry without its last try and with the lease ended; `undefined` where no try is left. In doubt, the try stays.
 *
 * @param {Claimed} entry
 * @param {number} [inDoubtUntil]
 * @returns {Claimed | undefined}
 */
function release(entry, inDoubtUntil) {
  if (inDoubtUntil !== undefined) return { ...entry, until: Math.min(entry.until, inDoubtUntil), own: false }
  if (!entry.own) return { ...entry, until: 0 }
  const intent = entry.earlier.at(-1)
  return intent && { ...entry, until: 0, own: false, intent, earlier: entry.earlier.slice(0, -1) }
}

/**
 * A claim that does not say whose tweet it is for is everybody's, once its lease has run out.
 *
 * @param {string} authorId
 * @param {Entry} entry
 * @param {number} now
 */
function isBegunFor(authorId, entry, now) {
  if (entry.kind !== 'begun') return false
  const authors = [entry.intent, ...entry.earlier].flatMap((each) => each.authorId ?? [])
  return authors.length === 0 ? now >= entry.until : authors.includes(authorId)
}
