import type { ConsumeResult, Session, SessionStore } from '@hexbird/core/adapter'
import type { SecretBox } from '@hexbird/secret-box'
import type { Database } from './database.js'
import { dropExpired } from './schema.js'

interface Row {
  readonly flow_secret_hash: string
  readonly expires_at: number
  /** The other fields, as JSON; `null` once the session is consumed. */
  readonly content: string | null
}

type Content = Omit<Session, 'requestToken' | 'flowSecretHash' | 'expiresAt'>

/** Stores sign-ins in progress, with encrypted secrets. */
export class SqliteSessionStore implements SessionStore {
  readonly #db: Database
  readonly #box: SecretBox

  constructor(db: Database, box: SecretBox) {
    this.#db = db
    this.#box = box
  }

  async put({ requestToken, flowSecretHash, expiresAt, ...session }: Session): Promise<void> {
    const sealed: Content = {
      ...session,
      requestSecret: this.#box.seal(session.requestSecret, placeOf(requestToken)),
    }
    this.#db.write(() => {
      const sql =
        'INSERT OR REPLACE INTO session (request_token, flow_secret_hash, expires_at, content) VALUES (?, ?, ?, ?)'
      this.#db.run(sql, requestToken, flowSecretHash, expiresAt, JSON.stringify(sealed))
    })
  }

  async consume(requestToken: string, flowSecretHash: string, now: number): Promise<ConsumeResult> {
    return this.#db.write(() => {
      const sql = 'SELECT flow_secret_hash, expires_at, content FROM session WHERE request_token = ?'
      const row = this.#db.get<Row>(sql, requestToken)
      dropExpired(this.#db, 'session', now)
      if (row === undefined) return { kind: 'unknown' }
      if (now >= row.expires_at) return { kind: 'expired' }
      if (row.flow_secret_hash !== flowSecretHash) return { kind: 'wrong-browser' }
      if (row.content === null) return { kind: 'used' }
      const content = JSON.parse(row.content) as Content
      const requestSecret = this.#box.open(content.requestSecret, placeOf(requestToken))
      this.#db.run('UPDATE session SET content = NULL WHERE request_token = ?', requestToken)
      const session = { ...content, requestToken, requestSecret, flowSecretHash, expiresAt: row.expires_at }
      return { kind: 'consumed', session }
    })
  }

  async removeAll(): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM session'))
  }
}

const placeOf = (requestToken: string) => ({ table: 'session', key: requestToken, attribute: 'request_secret' })
