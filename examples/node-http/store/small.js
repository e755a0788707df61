/** @import { Job } from '@hexbird/core'
import { BlobStore, Jobs, KillSwitch, OptOuts } from '@hexbird/core/adapter' */
/** @import { DatabaseSync } from 'node:sqlite' */
import { encodeJob, jobKey } from '@hexbird/core/adapter'
import { transaction } from './database.js'

/** @implements {KillSwitch} */
export class SqliteKillSwitch {
  #database

  /** @param {DatabaseSync} database */
  constructor(database) {
    this.#database = database
  }

  async state() {
    const row = this.#database.prepare('SELECT reason, since FROM breaker').get()
    const waits = this.#database.prepare('SELECT call, until FROM wait').all()
    return {
      ...(row && { stopped: { reason: String(row.reason), since: Number(row.since) } }),
      waits: Object.fromEntries(waits.map(({ call, until }) => [String(call), Number(until)])),
      strikes: this.#strikes(),
    }
  }

  /**
   * @param {string} reason
   * @param {number} now
   */
  async trip(reason, now) {
    this.#database.prepare('INSERT OR IGNORE INTO breaker (one, reason, since) VALUES (1, ?, ?)').run(reason, now)
  }

  /**
   * @param {import('@hexbird/core/adapter').XCall} call
   * @param {number} until
   */
  async wait(call, until) {
    const later =
      'INSERT INTO wait (call, until) VALUES (?, ?) ON CONFLICT DO UPDATE SET until = max(until, excluded.until)'
    this.#database.prepare(later).run(call, until)
  }

  /** @param {string} tweetId */
  async strike(tweetId) {
    return transaction(this.#database, () => {
      const insert = 'INSERT OR IGNORE INTO strike (tweet_id) SELECT ? WHERE (SELECT count(*) FROM strike) < 20'
      this.#database.prepare(insert).run(tweetId)
      return this.#strikes()
    })
  }

  async forgive() {
    this.#database.exec('DELETE FROM strike')
  }

  async reset() {
    transaction(this.#database, () => this.#database.exec('DELETE FROM breaker; DELETE FROM strike'))
  }

  /** @param {string} botId */
  async claimStore(botId) {
    this.#database.prepare('INSERT OR IGNORE INTO owner (one, bot) VALUES (1, ?)').run(botId)
    return String(this.#database.prepare('SELECT bot FROM owner').get()?.bot)
  }

  #strikes() {
    return this.#database
      .prepare('SELECT tweet_id FROM strike')
      .all()
      .map(({ tweet_id: id }) => String(id))
  }
}

/** @implements {OptOuts} */
export class SqliteOptOuts {
  #database

  /** @param {DatabaseSync} database */
  constructor(database) {
    this.#database = database
  }

  /** @param {string} userId */
  async has(userId) {
    const row = this.#database
      .prepare(
        `SELECT 1 FROM opt_out LEFT JOIN opt_in USING (user_id)
         WHERE user_id = ? AND (opt_in.since IS NULL OR opt_out.since >= opt_in.since)`,
      )
      .get(userId)
    return row !== undefined
  }

  /**
   * @param {string} userId
   * @param {number} at
   */
  async add(userId, at) {
    this.#wish('opt_out', userId, at)
  }

  /**
   * @param {string} userId
   * @param {number} at
   */
  async remove(userId, at) {
    this.#wish('opt_in', userId, at)
  }

  async removeAll() {
    transaction(this.#database, () => this.#database.exec('DELETE FROM opt_out; DELETE FROM opt_in'))
  }

  /**
   * The last wish of each kind is kept, so that it does not matter in which order they come.
   *
   * @param {'opt_out' | 'opt_in'} table
   * @param {string} userId
   * @param {number} at
   */
  #wish(table, userId, at) {
    this.#database
      .prepare(
        `INSERT INTO ${table} (user_id, since) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET since = max(since, excluded.since)`,
      )
      .run(userId, at)
  }
}

/** @implements {BlobStore} */
export class SqliteBlobStore {
  #database

  /** @param {DatabaseSync} database */
  constructor(database) {
    this.#database = database
  }

  /**
   * @param {string} key
   * @param {Uint8Array} bytes
   * @param {string} type
   */
  async put(key, bytes, type) {
    this.insert(key, bytes, type)
  }

  /**
   * The same, perhaps within a transaction of the caller.
   *
   * @param {string} key
   * @param {Uint8Array} bytes
   * @param {string} type
   */
  insert(key, bytes, type) {
    this.#database.prepare('INSERT OR REPLACE INTO blob (key, bytes, type) VALUES (?, ?, ?)').run(key, bytes, type)
  }

  /** @param {string} key */
  async get(key) {
    const row = this.#database.prepare('SELECT bytes, type FROM blob WHERE key = ?').get(key)
    return row && { bytes: /** @type {Uint8Array} */ (row.bytes), type: String(row.type) }
  }

  /** @param {string} key */
  async remove(key) {
    this.#database.prepare('DELETE FROM blob WHERE key = ?').run(key)
  }

  /** @param {string} prefix */
  async removeAll(prefix) {
    // By the bytes: LIKE would take letters of either case, and GLOB signs in a key for patterns.
    this.#database.prepare('DELETE FROM blob WHERE substr(key, 1, length(?1)) = ?1').run(prefix)
  }
}

/**
 * A stored job and the item that tells of it are one write: neither is ever there without the other.
 *
 * @implements {Jobs}
 */
export class SqliteJobs {
  #database
  #blobs
  #queue

  /**
   * @param {DatabaseSync} database
   * @param {SqliteBlobStore} blobs
   * @param {import('./queue.js').SqliteQueue<string>} queue
   */
  constructor(database, blobs, queue) {
    this.#database = database
    this.#blobs = blobs
    this.#queue = queue
  }

  /** @param {Job} job */
  async put(job) {
    const key = jobKey(job.tweet)
    transaction(this.#database, () => {
      this.#blobs.insert(key, encodeJob(job), 'application/json')
      this.#queue.insert([key])
    })
    this.#queue.wake()
  }
}
