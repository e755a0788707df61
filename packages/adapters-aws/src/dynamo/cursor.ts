import type { Cursor, CursorState } from '@hexbird/core/adapter'
import { text } from './row.js'
import { DynamoTable, type DynamoTableOptions } from './table.js'
import { tableKeys } from './tables.js'

/** The key of the table's one row. */
const SWEEP = 'sweep'

/** Stores the sweep's position in the table `<stage>_cursor`, as a DynamoDB number, which keeps all digits of an id. */
export class DynamoCursor implements Cursor {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.cursor)
  }

  async read(): Promise<CursorState | undefined> {
    const row = await this.#table.get(SWEEP)
    // Rows written before November 2026 have no `seen`.
    return row && { id: row.digits('tweet_id'), seen: row.has('seen') ? idsIn(row.text('seen')) : [] }
  }

  async advance({ id, seen }: CursorState): Promise<void> {
    const notBehind = {
      condition: 'attribute_not_exists(#tweet_id) OR #tweet_id <= :tweet_id',
      values: { tweet_id: { N: id } },
    }
    await this.#table.put(SWEEP, { tweet_id: { N: id }, seen: text(seen.join(' ')) }, notBehind)
  }
}

const idsIn = (ids: string): readonly string[] => (ids === '' ? [] : ids.split(' '))
