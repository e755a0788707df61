import type { Account, AccountStore } from '@hexbird/core/adapter'
import type { SecretBox } from '@hexbird/secret-box'
import type { Database } from './database.js'

interface Row {
  readonly username: string
  readonly access_token: string
  readonly access_secret: string
  readonly signed_in_at: number
  readonly tracked: string
}

/** Stores who has signed in, with encrypted tokens. */
export class SqliteAccountStore implements AccountStore {
  readonly #db: Database
  readonly #box: SecretBox

  constructor(db: Database, box: SecretBox) {
    this.#db = db
    this.#box = box
  }

  async put({ uid, username, accessToken, accessSecret, signedInAt, tracked }: Account): Promise<void> {
    const token = this.#box.seal(accessToken, placeOf(uid, 'access_token'))
    const secret = this.#box.seal(accessSecret, placeOf(uid, 'access_secret'))
    this.#db.write(() =>
      this.#db.run(
        `INSERT OR REPLACE INTO account (uid, username, access_token, access_secret, signed_in_at, tracked)
         VALUES (?, ?, ?, ?, ?, ?)`,
        uid,
        username,
        token,
        secret,
        signedInAt,
        JSON.stringify(tracked),
      ),
    )
  }

  async find(uid: string): Promise<Account | undefined> {
    const row = this.#db.get<Row>(
      'SELECT username, access_token, access_secret, signed_in_at, tracked FROM account WHERE uid = ?',
      uid,
    )
    return (
      row && {
        uid,
        username: row.username,
        accessToken: this.#box.open(row.access_token, placeOf(uid, 'access_token')),
        accessSecret: this.#box.open(row.access_secret, placeOf(uid, 'access_secret')),
        signedInAt: row.signed_in_at,
        tracked: JSON.parse(row.tracked),
      }
    )
  }

  async remove(uid: string, signedInUntil = Number.MAX_SAFE_INTEGER): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM account WHERE uid = ? AND signed_in_at <= ?', uid, signedInUntil))
  }

  async removeAll(): Promise<void> {
    this.#db.remove(() => this.#db.run('DELETE FROM account'))
  }
}

const placeOf = (uid: string, attribute: 'access_token' | 'access_secret') => ({
  table: 'account',
  key: uid,
  attribute,
})
