import { cursorContract } from '@hexbird/core/contracts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoCursor } from '../src/dynamo-cursor.js'
import { type DynamoWorld, startDynamo } from './dynamo-world.js'

let dynamo: DynamoWorld
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterAll(() => dynamo.close())

describe('DynamoCursor', () => {
  for (const { name, check } of cursorContract) {
    test(name, () =>
      check(async () => new DynamoCursor({ client: dynamo.client, table: await dynamo.table('cursor') })),
    )
  }

  test('the id is a number of the table, with all its digits', async () => {
    const table = await dynamo.table('cursor')
    await new DynamoCursor({ client: dynamo.client, table }).advance({ id: '1999999999999999999', seen: [] })
    expect(await dynamo.rawRow(table, 'cursor', 'sweep')).toMatchObject({ tweet_id: { N: '1999999999999999999' } })
  })
})
