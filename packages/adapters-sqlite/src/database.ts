import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite'
import { sqliteError } from './error.js'

type Value = string | number | null | Uint8Array

/** One connection. Whatever it throws is a `SqliteError`. Statements are compiled once. */
export class Database {
  readonly path: string
  readonly #connection: DatabaseSyncInstance
  readonly #statements = new Map<string, StatementSyncInstance>()

  /** `timeout`: how long a call waits for other processes, in milliseconds. */
  constructor(path: string, timeout: number, readOnly = false) {
    this.path = path
    this.#connection = this.#asked(() => new DatabaseSync(path, { timeout, readOnly }))
  }

  /** Runs statements that give nothing. */
  exec(sql: string): void {
    this.#asked(() => this.#connection.exec(sql))
  }

  /** The first row. */
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
   * Runs all of it as one transaction that no other writer comes between: on the disk when this returns, and not done at
   * all where it throws or where `keep` says no.
   */
  write<T>(run: () => T, keep: (result: T) => boolean = () => true): T {
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = run()
      this.exec(keep(result) ? 'COMMIT' : 'ROLLBACK')
      return result
    } catch (error) {
      // A full disk has rolled it back already.
      if (this.#connection.isTransaction) this.exec('ROLLBACK')
      throw error
    }
  }

  /** A write that removes. What it removed is then in the write-ahead log no longer, unless another process reads. */
  remove<T>(run: () => T): T {
    const result = this.write(run)
    this.checkpoint()
    return result
  }

  /**
   * Moves what is in the write-ahead log into the file. To be called before `close`, after which the driver keeps the
   * connection until its statements are garbage-collected: SQLite's own checkpoint, by the last to close, is not to be
   * counted on.
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
