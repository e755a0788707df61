import {
  JOURNAL_ENDS,
  type Journal,
  type JournalDay,
  type JournalEnd,
  type JournalEntry,
  MOST_ENTRIES,
  noteEntry,
} from '@hexbird/core/adapter'
import type { Database } from './database.js'
import { dropExpired } from './schema.js'

interface Row {
  readonly tweet_id: string
  readonly author_id: string
  readonly at: number
  /** The other fields, as JSON. */
  readonly content: string
}

interface Sum {
  readonly day: string
  readonly kind: JournalEnd | 'failed'
  readonly count: number
  readonly cost: number
}

/** A journal with a row for each tweet, and a row for each day and outcome. */
export class SqliteJournal implements Journal {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  async note(told: JournalEntry): Promise<void> {
    this.#db.write(() => {
      for (const table of ['journal', 'journal_day'] as const) dropExpired(this.#db, table, told.at)
      const noted = noteEntry(this.#find(told.tweetId), told)
      if (noted === undefined) return
      this.#put(noted.entry)
      if (noted.end) this.#count(noted.entry, noted.end)
    })
  }

  async recent(most: number): Promise<readonly JournalEntry[]> {
    const sql = 'SELECT tweet_id, author_id, at, content FROM journal ORDER BY number DESC LIMIT ?'
    return this.#db.all<Row>(sql, most).map(entryOf)
  }

  async days(since: string): Promise<readonly JournalDay[]> {
    const sql = `SELECT day, kind, count, cost FROM journal_day WHERE day >= ?
      UNION ALL
      SELECT date(at / 1000, 'unixepoch') AS day, 'failed', count(*), 0 FROM journal
      WHERE at >= ? AND json_extract(content, '$.kind') = 'failed' GROUP BY 1
      ORDER BY day`
    const days = new Map<string, JournalDay>()
    for (const { day, kind, count, cost } of this.#db.all<Sum>(sql, since, Date.parse(since))) {
      const known = days.get(day) ?? { day, ...NONE, cost: 0 }
      days.set(day, { ...known, [kind]: count, cost: known.cost + cost })
    }
    return [...days.values()]
  }

  async forgetAuthor(authorId: string): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM journal WHERE author_id = ?', authorId))
  }

  async removeAll(): Promise<void> {
    this.#db.remove(() => this.#db.exec('DELETE FROM journal; DELETE FROM journal_day'))
  }

  #find(tweetId: string): JournalEntry | undefined {
    const sql = 'SELECT tweet_id, author_id, at, content FROM journal WHERE tweet_id = ?'
    const row = this.#db.get<Row>(sql, tweetId)
    return row && entryOf(row)
  }

  #put({ tweetId, authorId, at, ...rest }: JournalEntry): void {
    this.#db.run(
      `INSERT INTO journal (tweet_id, author_id, at, content) VALUES (?, ?, ?, ?)
       ON CONFLICT (tweet_id) DO UPDATE SET at = excluded.at, content = excluded.content`,
      tweetId,
      authorId,
      at,
      JSON.stringify(rest),
    )
    this.#db.run('DELETE FROM journal WHERE number <= (SELECT max(number) FROM journal) - ?', MOST_ENTRIES)
  }

  #count({ at, cost }: JournalEntry, end: JournalEnd): void {
    const day = new Date(at).toISOString().slice(0, 10)
    this.#db.run(
      `INSERT INTO journal_day (day, kind, count, cost, at) VALUES (?, ?, 1, ?, ?)
       ON CONFLICT (day, kind) DO UPDATE SET count = count + 1, cost = cost + excluded.cost`,
      day,
      end,
      cost,
      Date.parse(day),
    )
  }
}

const NONE = { ...(Object.fromEntries(JOURNAL_ENDS.map((end) => [end, 0])) as Record<JournalEnd, number>), failed: 0 }

const entryOf = ({ tweet_id: tweetId, author_id: authorId, at, content }: Row): JournalEntry => ({
  tweetId,
  authorId,
  at,
  ...(JSON.parse(content) as Omit<JournalEntry, 'tweetId' | 'authorId' | 'at'>),
})
