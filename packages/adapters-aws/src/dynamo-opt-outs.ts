import type { OptOuts } from '@hexbird/core'
import { flag, VERSION, whole } from './dynamo-row.js'
import { DynamoTable, type DynamoTableOptions } from './dynamo-table.js'
import { tableKeys } from './tables.js'

/**
 * The latest wish of each person, in the table `<stage>_opt_out`: since when they want no answers or, where the row says
 * `answered`, want them again. A row of the latter kind stays, so that an older wish that comes later changes nothing.
 */
export class DynamoOptOuts implements OptOuts {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.optOut)
  }

  async has(userId: string): Promise<boolean> {
    const row = await this.#table.get(userId)
    return row !== undefined && !row.has('answered')
  }

  async add(userId: string, at: number): Promise<void> {
    const notOlder = {
      condition: 'attribute_not_exists(#user_id) OR (#v = :v AND #since <= :at)',
      values: { v: { N: VERSION }, at: whole(at) },
    }
    // A wish that was not written down because of a row that this release does not know must not seem to hold.
    if (!(await this.#table.put(userId, { since: whole(at) }, notOlder))) await this.#table.get(userId)
  }

  async remove(userId: string, at: number): Promise<void> {
    const newer = {
      condition: 'attribute_not_exists(#user_id) OR (#v = :v AND #since < :at)',
      values: { v: { N: VERSION }, at: whole(at) },
    }
    const row = { since: whole(at), answered: flag(true) }
    if (!(await this.#table.put(userId, row, newer))) await this.#table.get(userId)
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }
}
