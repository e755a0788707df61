import type { Cursor } from '@hexbird/core'
import { DynamoTable, type DynamoTableOptions } from './dynamo-table.js'
import { tableKeys } from './tables.js'

/** Whose cursor it is, and the one row of the table. */
const SWEEP = 'sweep'

/** How far the sweep has come, in the table `<stage>_cursor`: a number of DynamoDB's, which has all digits of an id. */
export class DynamoCursor implements Cursor {
  readonly #table: DynamoTable

  constructor(options: DynamoTableOptions) {
    this.#table = new DynamoTable(options, tableKeys.cursor)
  }

  async read(): Promise<string | undefined> {
    return (await this.#table.get(SWEEP))?.digits('tweet_id')
  }

  async advance(tweetId: string): Promise<void> {
    const ahead = {
      condition: 'attribute_not_exists(#tweet_id) OR #tweet_id < :tweet_id',
      values: { tweet_id: { N: tweetId } },
    }
    await this.#table.put(SWEEP, { tweet_id: { N: tweetId } }, ahead)
  }
}
