import { optOutsContract } from '@hexbird/core/contracts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoOptOuts } from '../../src/dynamo/opt-outs.js'
import { type DynamoFixture, startDynamo } from '../dynamo-fixture.js'

let dynamo: DynamoFixture
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

  test('what is stored of who wants answers again is the last time of either wish', async () => {
    const table = await dynamo.table('optOut')
    await optOutsIn(table).add('42', 1_000)
    await optOutsIn(table).remove('42', 2_000)
    const row = { user_id: { S: '42' }, v: { N: '1' }, since: { N: '1000' }, back: { N: '2000' } }
    expect(await dynamo.rawRow(table, 'optOut', '42')).toEqual(row)
    await optOutsIn(table).add('42', 1_500)
    expect(await dynamo.rawRow(table, 'optOut', '42')).toEqual({ ...row, since: { N: '1500' } })
    expect(await optOutsIn(table).has('42')).toBe(false)
  })

  test('a row written before wishes were compared is still read: opted out since then', async () => {
    const table = await dynamo.table('optOut')
    await dynamo.putRaw(table, { user_id: { S: '42' }, v: { N: '1' }, since: { N: '1000' } })
    const optOuts = optOutsIn(table)
    expect(await optOuts.has('42')).toBe(true)
    await optOuts.remove('42', 999)
    await optOuts.remove('42', 1_000)
    expect(await optOuts.has('42')).toBe(true)
    await optOuts.remove('42', 1_001)
    expect(await optOuts.has('42')).toBe(false)
  })

  test('a wish that another release wrote down is not passed over', async () => {
    const table = await dynamo.table('optOut')
    await dynamo.putRaw(table, { user_id: { S: '42' }, v: { N: '2' } })
    const refusal = { code: 'STORE_ROW_VERSION' }
    await expect(optOutsIn(table).has('42')).rejects.toMatchObject(refusal)
    await expect(optOutsIn(table).add('42', 1_000)).rejects.toMatchObject(refusal)
    await expect(optOutsIn(table).remove('42', 1_000)).rejects.toMatchObject(refusal)
    expect(await dynamo.rawRow(table, 'optOut', '42')).toEqual({ user_id: { S: '42' }, v: { N: '2' } })
  })
})
