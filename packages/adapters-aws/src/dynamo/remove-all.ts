import { BatchWriteItemCommand, type DynamoDBClient, paginateScan, type WriteRequest } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../error.js'

/** DynamoDB's limit on the rows removed in one request. */
const BATCH = 25
/** How often DynamoDB may leave rows of one batch unremoved before it counts as overloaded. */
const TRIES = 10

/**
 * Removes all rows, including those written in the meantime, until none is left. Stop all writers first. `pause` waits
 * before the next try, and gets its number.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
export async function removeAllRows(
  client: DynamoDBClient,
  table: string,
  key: string,
  pause: (tries: number) => Promise<void> = backOff,
): Promise<void> {
  let found: number
  do {
    found = 0
    for await (const { Items: rows = [] } of keysOf(client, table, key)) {
      found += rows.length
      for (let start = 0; start < rows.length; start += BATCH) {
        const batch = rows.slice(start, start + BATCH)
        await removeBatch(
          client,
          table,
          batch.map((row) => ({ DeleteRequest: { Key: row } })),
          pause,
        )
      }
    }
  } while (found > 0)
}

function keysOf(client: DynamoDBClient, table: string, key: string) {
  const projection = { ProjectionExpression: '#key', ExpressionAttributeNames: { '#key': key } }
  return paginateScan({ client }, { TableName: table, ConsistentRead: true, ...projection })
}

async function removeBatch(
  client: DynamoDBClient,
  table: string,
  requests: readonly WriteRequest[],
  pause: (tries: number) => Promise<void>,
): Promise<void> {
  let left = requests
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === TRIES) throw new AwsError('STORE_THROTTLED', `${table}: ${left.length} rows are still there.`)
    if (tries > 0) await pause(tries)
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: [...left] } }))
    left = UnprocessedItems?.[table] ?? []
  }
}

const FIRST_PAUSE = 50
const LONGEST_PAUSE = 5_000

/** Waits a random time up to a limit that doubles with each try, so that refused clients don't retry all at once. */
const backOff = (tries: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries)))
