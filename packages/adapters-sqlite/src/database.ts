import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite'
import { sqliteError } from './error.js'

type Value = string | number | null | Uint8Array

/** One connection. All errors are `SqliteError`s. Statements are compiled once. */
export class Database {
  readonly path: string
  readonly #connection: DatabaseSyncInstance
  readonly #statements = new Map<string, StatementSyncInstance>()

  /** `timeout`: how long a call waits for other processes, in milliseconds. */
  constructor(path: string, timeout: number, readOnly = false) {
    this.path = path
    this.#connection = this.#asked(() => new DatabaseSync(path, { timeout, readOnly }))
  }

  /** Runs statements that return no rows. */
  exec(sql: string): void {
    this.#asked(() => this.#connection.exec(sql))
  }

  /** Returns the first row. */
  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#asked(() => this.#statement(sql).get(...values)) as Row | undefined
  }

  all<Row>(sql: string, ...values: Value[]): readonly Row[] {
    return this.#asked(() => this.#statement(sql).all(...values)) as Row[]
  }

  run(sql: string, ...values: Value[]): void {
    this.#asked(() => this.#statement(sql).run(...values))
  }

  /**
   * Runs a transaction, which no other writer can interrupt. It is on the disk when this returns. If `run` throws or
   * `keep` returns false, it is rolled back.
   */
  write<T>(run: () => T, keep: (result: T) => boolean = () => true): T {
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = run()
      this.exec(keep(result) ? 'COMMIT' : 'ROLLBACK')
      return result
    } catch (error) {
      // On a full disk, SQLite has already rolled it back.
      if (this.#connection.isTransaction) this.exec('ROLLBACK')
      throw error
    }
  }

  /** Runs a write that removes data, and then empties the write-ahead log, unless another process is reading. */
  remove<T>(run: () => T): T {
    const result = this.write(run)
    this.checkpoint()
    return result
  }

  /**
   * Moves the write-ahead log into the file. Call it before `close`. SQLite's own checkpoint on the last close isn't
   * reliable, because the driver keeps the connection until its statements are garbage-collected.
   */
  checkpoint(): void {
    this.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  close(): void {
    this.#statements.clear()
    this.#asked(() => this.#connection.close())
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql) ?? this.#connection.prepare(sql)
    this.#statements.set(sql, known)
    return known
  }

  #asked<T>(ask: () => T): T {
    try {
      return ask()
    } catch (error) {
      throw sqliteError(error, this.path)
    }
  }
}
