import type { OptOuts } from '@hexbird/core'
import { whole } from './dynamo-row.js'
import { DynamoTable, type DynamoTableOptions } from './dynamo-table.js'
import { tableKeys } from './tables.js'

/** The people who want no answers, in the table `<stage>_opt_out`. */
export class DynamoOptOuts implements OptOuts {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.optOut)
  }

  async has(userId: string): Promise<boolean> {
    return (await this.#table.get(userId)) !== undefined
  }

  async add(userId: string, now: number): Promise<void> {
    await this.#table.put(userId, { since: whole(now) })
  }

  async remove(userId: string): Promise<void> {
    await this.#table.remove(userId)
  }

  removeAll(): Promise<void> {
    return this.#table.removeAll()
  }
}
