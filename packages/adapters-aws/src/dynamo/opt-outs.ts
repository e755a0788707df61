import type { OptOuts } from '@hexbird/core/adapter'
import { VERSION, whole } from './row.js'
import { DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

/** Stores the people who want no replies, in the table `<stage>_opt_out`. */
export class DynamoOptOuts implements OptOuts {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.optOut)
  }

  async has(userId: string): Promise<boolean> {
    const row = await this.#table.get(userId)
    if (!row?.has('since')) return false
    return !row.has('back') || row.whole('since') >= row.whole('back')
  }

  add(userId: string, at: number): Promise<void> {
    return this.#keepLater(userId, 'since', at)
  }

  remove(userId: string, at: number): Promise<void> {
    return this.#keepLater(userId, 'back', at)
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }

  /** A row has two times: when the person last opted out (`since`), and last opted back in (`back`). */
  async #keepLater(userId: string, name: 'since' | 'back', at: number): Promise<void> {
    const written = await this.#table.change(userId, {
      update: 'SET #time = :at, #v = :v',
      condition: 'attribute_not_exists(#user_id) OR (#v = :v AND (attribute_not_exists(#time) OR #time < :at))',
      names: { time: name },
      values: { at: whole(at), v: { N: VERSION } },
    })
    // If this release doesn't know the row's version, the wish wasn't stored. Read the row, so that it throws.
    if (!written) await this.#table.get(userId)
  }
}
