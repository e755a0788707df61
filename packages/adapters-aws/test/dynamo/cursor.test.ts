import { cursorContract } from '@hexbird/core/contracts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoCursor } from '../../src/dynamo/cursor.js'
import { type DynamoFixture, startDynamo } from '../dynamo-fixture.js'

let dynamo: DynamoFixture
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
    const state = { id: '1999999999999999999', seen: ['9007199254740993', '10'] }
    await new DynamoCursor({ client: dynamo.client, table }).advance(state)
    expect(await dynamo.rawRow(table, 'cursor', 'sweep')).toEqual({
      cursor: { S: 'sweep' },
      v: { N: '1' },
      tweet_id: { N: '1999999999999999999' },
      seen: { S: '9007199254740993 10' },
    })
  })

  test('a row written before it had what was seen is still read, and goes forward', async () => {
    const table = await dynamo.table('cursor')
    await dynamo.putRaw(table, { cursor: { S: 'sweep' }, v: { N: '1' }, tweet_id: { N: '1999999999999999999' } })
    const cursor = new DynamoCursor({ client: dynamo.client, table })
    expect(await cursor.read()).toEqual({ id: '1999999999999999999', seen: [] })
    await cursor.advance({ id: '1999999999999999998', seen: ['1'] })
    expect(await cursor.read()).toEqual({ id: '1999999999999999999', seen: [] })
    await cursor.advance({ id: '1999999999999999999', seen: ['2'] })
    expect(await cursor.read()).toEqual({ id: '1999999999999999999', seen: ['2'] })
  })
})
