import { optOutsContract } from '@hexbird/core/contracts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoOptOuts } from '../src/dynamo-opt-outs.js'
import { type DynamoWorld, startDynamo } from './dynamo-world.js'

let dynamo: DynamoWorld
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterAll(() => dynamo.close())

const optOutsIn = (table: string) => new DynamoOptOuts({ client: dynamo.client, table })

describe('DynamoOptOuts', () => {
  for (const { name, check } of optOutsContract) {
    test(name, () => check(async () => optOutsIn(await dynamo.table('optOut'))))
  }

  test('what is stored is who and since when, for good', async () => {
    const table = await dynamo.table('optOut')
    await optOutsIn(table).add('9007199254740993', 1_000)
    const row = await dynamo.rawRow(table, 'optOut', '9007199254740993')
    expect(row).toEqual({ user_id: { S: '9007199254740993' }, v: { N: '1' }, since: { N: '1000' } })
  })

  test('a wish that another release wrote down is not passed over', async () => {
    const table = await dynamo.table('optOut')
    await dynamo.putRaw(table, { user_id: { S: '42' }, v: { N: '2' } })
    await expect(optOutsIn(table).has('42')).rejects.toMatchObject({ code: 'STORE_ROW_VERSION' })
  })
})
