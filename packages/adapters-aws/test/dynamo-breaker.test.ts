import { breakerContract } from '@hexbird/core/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoBreaker } from '../src/dynamo-breaker.js'
import { closeServers, refusal, startScripted } from './dynamo-servers.js'
import { type DynamoWorld, startDynamo } from './dynamo-world.js'

let dynamo: DynamoWorld
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterEach(closeServers)
afterAll(() => dynamo.close())

const breakerIn = (table: string) => new DynamoBreaker({ client: dynamo.client, table })

describe('DynamoBreaker', () => {
  for (const { name, check } of breakerContract) {
    test(name, () => check(async () => breakerIn(await dynamo.table('breaker'))))
  }

  test('one that was tripped is tripped for every function', async () => {
    const table = await dynamo.table('breaker')
    await breakerIn(table).trip('X says 326', 1_000)
    const elsewhere = new DynamoBreaker({ client: dynamo.another(), table })
    expect(await elsewhere.state()).toEqual({ reason: 'X says 326', since: 1_000 })
  })

  test('one that cannot be asked does not say that posting is allowed', async () => {
    const { client } = await startScripted(refusal('AccessDeniedException'))
    const breaker = new DynamoBreaker({ client, table: 'breaker' })
    await expect(breaker.state()).rejects.toMatchObject({ code: 'STORE_REFUSED' })
  })

  test('a row of another version does not say that posting is allowed', async () => {
    const table = await dynamo.table('breaker')
    await dynamo.putRaw(table, { breaker: { S: 'posting' }, v: { N: '2' } })
    await expect(breakerIn(table).state()).rejects.toMatchObject({ code: 'STORE_ROW_VERSION' })
  })
})
