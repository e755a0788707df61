import type { Breaker, BreakerState } from '@hexbird/core'
import { text, whole } from './dynamo-row.js'
import { DynamoTable, type DynamoTableOptions } from './dynamo-table.js'
import { tableKeys } from './tables.js'

/** What it stops, and the one row of the table. */
const POSTING = 'posting'

/** The breaker, in the table `<stage>_breaker`: while there is a row, nothing is posted. */
export class DynamoBreaker implements Breaker {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.breaker)
  }

  async state(): Promise<BreakerState | undefined> {
    const row = await this.#table.get(POSTING)
    return row && { reason: row.text('reason'), since: row.whole('since') }
  }

  async trip(reason: string, now: number): Promise<void> {
    const first = { condition: 'attribute_not_exists(#breaker)' }
    await this.#table.put(POSTING, { reason: text(reason), since: whole(now) }, first)
  }

  async reset(): Promise<void> {
    await this.#table.remove(POSTING)
  }
}
