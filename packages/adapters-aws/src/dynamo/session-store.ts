import { randomUUID } from 'node:crypto'
import type { ConsumeResult, Session, SessionStore } from '@hexbird/core/adapter'
import type { SecretBox } from '@hexbird/secret-box'
import { AwsError } from '../error.js'
import { flag, json, type Row, text, ttlAt, VERSION, whole } from './row.js'
import { DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

export interface DynamoSessionStoreOptions extends DynamoTableOptions {
  /** Encrypts the secret of the request token. */
  readonly box: SecretBox
}

const CONSUMABLE = [
  '#v = :v',
  '#expires_at > :now',
  '#browser_hash = :browser_hash',
  'attribute_not_exists(#taken_by)',
].join(' AND ')

/** Stores sign-ins in progress in the table `<stage>_session`. DynamoDB removes them some time after they expire. */
export class DynamoSessionStore implements SessionStore {
  readonly #table: DynamoTable
  readonly #box: SecretBox

  constructor({ box, ...options }: DynamoSessionStoreOptions) {
    this.#table = new DynamoTable(options, tableKeys.session)
    this.#box = box
  }

  async put({ requestToken, requestSecret, ...session }: Session): Promise<void> {
    await this.#table.put(requestToken, {
      request_secret: text(this.#box.seal(requestSecret, this.#placeOf(requestToken))),
      expires_at: whole(session.expiresAt),
      ttl: ttlAt(session.expiresAt),
      browser_hash: text(session.flowSecretHash),
      follow: flag(session.follow),
      message: flag(session.message),
      tracked: json(session.tracked),
      ...(session.returnTo !== undefined && { return_to: text(session.returnTo) }),
    })
  }

  async consume(requestToken: string, flowSecretHash: string, now: number): Promise<ConsumeResult> {
    const consumer = randomUUID()
    const row = await this.#table.update(requestToken, {
      update: 'SET #taken_by = :consumer REMOVE #request_secret, #follow, #message, #tracked, #return_to',
      condition: CONSUMABLE,
      values: { consumer: text(consumer), v: { N: VERSION }, now: whole(now), browser_hash: text(flowSecretHash) },
    })
    return row
      ? { kind: 'consumed', session: this.#sessionOf(requestToken, row) }
      : this.#whyNot(requestToken, { flowSecretHash, now, consumer })
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }

  async #whyNot(
    requestToken: string,
    call: { flowSecretHash: string; now: number; consumer: string },
  ): Promise<ConsumeResult> {
    const row = await this.#table.get(requestToken)
    if (row === undefined) return { kind: 'unknown' }
    if (call.now >= row.whole('expires_at')) return { kind: 'expired' }
    if (row.text('browser_hash') !== call.flowSecretHash) return { kind: 'wrong-browser' }
    if (row.has('taken_by') && row.text('taken_by') === call.consumer) {
      // The answer was lost and the client tried again. The first try consumed the session, and nobody else has used
      // it.
      throw new AwsError('STORE_UNREACHABLE', `${this.#table.name}: a session was lost on its way.`)
    }
    return { kind: 'used' }
  }

  #sessionOf(requestToken: string, row: Row): Session {
    return {
      requestToken,
      requestSecret: this.#box.open(row.text('request_secret'), this.#placeOf(requestToken)),
      expiresAt: row.whole('expires_at'),
      flowSecretHash: row.text('browser_hash'),
      follow: row.flag('follow'),
      message: row.flag('message'),
      tracked: row.json('tracked'),
      ...(row.has('return_to') && { returnTo: row.text('return_to') }),
    }
  }

  #placeOf(requestToken: string) {
    return { table: this.#table.name, key: requestToken, attribute: 'request_secret' }
  }
}
