import type { Account, AccountStore } from '@hexbird/core/adapter'
import type { SecretBox } from '@hexbird/secret-box'
import { json, text, whole } from './row.js'
import { DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

export interface DynamoAccountStoreOptions extends DynamoTableOptions {
  /** Encrypts people's tokens. */
  readonly box: SecretBox
}

type SealedAttribute = 'access_token' | 'access_secret'

/** Stores who has signed in, in the table `<stage>_twitter`. */
export class DynamoAccountStore implements AccountStore {
  readonly #table: DynamoTable
  readonly #box: SecretBox

  constructor({ box, ...options }: DynamoAccountStoreOptions) {
    this.#table = new DynamoTable(options, tableKeys.twitter)
    this.#box = box
  }

  async put({ uid, username, accessToken, accessSecret, signedInAt, tracked }: Account): Promise<void> {
    await this.#table.put(uid, {
      username: text(username),
      access_token: text(this.#box.seal(accessToken, this.#placeOf(uid, 'access_token'))),
      access_secret: text(this.#box.seal(accessSecret, this.#placeOf(uid, 'access_secret'))),
      signed_in_at: whole(signedInAt),
      tracked: json(tracked),
    })
  }

  async find(uid: string): Promise<Account | undefined> {
    const row = await this.#table.get(uid)
    return (
      row && {
        uid,
        username: row.text('username'),
        accessToken: this.#box.open(row.text('access_token'), this.#placeOf(uid, 'access_token')),
        accessSecret: this.#box.open(row.text('access_secret'), this.#placeOf(uid, 'access_secret')),
        signedInAt: row.whole('signed_in_at'),
        tracked: row.json('tracked'),
      }
    )
  }

  async remove(uid: string, signedInUntil?: number): Promise<void> {
    const sameOrBefore = signedInUntil !== undefined && {
      condition: '#signed_in_at <= :until',
      values: { until: whole(signedInUntil) },
    }
    await this.#table.remove(uid, sameOrBefore || undefined)
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }

  #placeOf(uid: string, attribute: SealedAttribute) {
    return { table: this.#table.name, key: uid, attribute }
  }
}
