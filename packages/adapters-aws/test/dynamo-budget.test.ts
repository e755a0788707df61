import type { Charge } from '@hexbird/core'
import { budgetContract } from '@hexbird/core/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoBudget } from '../src/dynamo-budget.js'
import { answer, closeServers, lossyClient, startScripted } from './dynamo-servers.js'
import { type DynamoWorld, startDynamo } from './dynamo-world.js'

let dynamo: DynamoWorld
beforeAll(async () => {
  dynamo = await startDynamo()
})
afterEach(closeServers)
afterAll(() => dynamo.close())

const budgetIn = (table: string) => new DynamoBudget({ client: dynamo.client, table })

describe('DynamoBudget', () => {
  for (const { name, check } of budgetContract) {
    test(name, () => check(async () => budgetIn(await dynamo.table('budget'))))
  }

  test('what is stored is a counter for each window, which DynamoDB sweeps once the window has ended', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).spend([charge('day', 2)], NOW)
    await budgetIn(table).spend([charge('day', 1)], NOW)
    expect(await dynamo.rawRow(table, 'budget', 'day')).toEqual({
      window_name: { S: 'day' },
      v: { N: '1' },
      sum: { N: '3' },
      ends_at: { N: '2840140800001' },
      ttl: { N: '2840140801' },
      last_write: { S: expect.any(String) },
    })
  })

  test('a refused spend stays charged to no window', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).spend([charge('author', 5)], NOW)
    const spend = await budgetIn(table).spend([charge('posts', 1), charge('author', 1)], NOW)
    expect(spend).toEqual({ kind: 'refused', window: 'author', until: NOW + 1 })
    expect(await sumOf(table, 'posts')).toBe('0')
  })

  test('of twenty functions that spend at once, each over its own connection, as many spend as there is room for', async () => {
    const table = await dynamo.table('budget')
    const budgets = Array.from({ length: 20 }, () => new DynamoBudget({ client: dynamo.another(), table }))
    const spends = await Promise.all(budgets.map((budget) => budget.spend([charge('day', 1)], NOW)))
    expect(spends.filter(({ kind }) => kind === 'granted')).toHaveLength(5)
    expect(await sumOf(table, 'day')).toBe('5')
  })

  test('a window that ended and was not swept yet takes no room from the next of its name', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).spend([charge('day', 5)], NOW)
    const next = { ...charge('day', 5), endsAt: NOW + 1_000 }
    expect(await budgetIn(table).allows([next], NOW + 1)).toEqual({ kind: 'granted' })
    expect(await budgetIn(table).spend([next], NOW + 1)).toEqual({ kind: 'granted' })
    expect(await sumOf(table, 'day')).toBe('5')
  })

  test.each([
    ['opens its window', 0, 1],
    ['opens its window and fills it', 0, 5],
    ['leaves room', 1, 1],
    ['takes the last room', 1, 4],
  ])('a spend that %s and whose answer was lost is charged once, and granted', async (_, before, amount) => {
    const table = await dynamo.table('budget')
    if (before > 0) await budgetIn(table).spend([charge('day', before)], NOW)
    const budget = await lossyBudget(table, 'UpdateItem')
    expect(await budget.spend([charge('day', amount)], NOW)).toEqual({ kind: 'granted' })
    expect(await sumOf(table, 'day')).toBe(`${before + amount}`)
  })

  test('a spend that follows an ended window and whose answer was lost is charged once, and granted', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).spend([charge('day', 5)], NOW)
    const budget = await lossyBudget(table, 'PutItem')
    const next = { ...charge('day', 2), endsAt: NOW + 1_000 }
    expect(await budget.spend([next], NOW + 1)).toEqual({ kind: 'granted' })
    expect(await sumOf(table, 'day')).toBe('2')
  })

  test('a spend asks once for each window, whether it is new or runs', async () => {
    const { client, asked } = await startScripted(answer({}))
    await new DynamoBudget({ client, table: 'budget' }).spend([charge('author', 1), charge('day', 5)], NOW)
    expect(asked).toEqual(['UpdateItem', 'UpdateItem'])
  })

  test('a spend of more than a new window takes writes nothing', async () => {
    const table = await dynamo.table('budget')
    expect(await budgetIn(table).spend([charge('day', 6)], NOW)).toEqual({
      kind: 'refused',
      window: 'day',
      until: NOW + 1,
    })
    expect(await dynamo.countRows(table)).toBe(0)
  })

  test('a refund whose answer was lost is given once', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).spend([charge('day', 5)], NOW)
    const budget = await lossyBudget(table, 'UpdateItem')
    await budget.refund([charge('day', 2)])
    expect(await sumOf(table, 'day')).toBe('3')
  })

  test('a refund of more than was charged leaves no credit', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).spend([charge('day', 1)], NOW)
    await budgetIn(table).refund([charge('day', 3)])
    expect(await sumOf(table, 'day')).toBe('0')
  })

  test('a row of another version grants nothing and stays', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).spend([charge('day', 1)], NOW)
    const row = { ...(await dynamo.rawRow(table, 'budget', 'day')), v: { N: '2' } }
    await dynamo.putRaw(table, row)
    const refusal = { code: 'STORE_ROW_VERSION' }
    await expect(budgetIn(table).spend([charge('day', 1)], NOW)).rejects.toMatchObject(refusal)
    await expect(budgetIn(table).spend([charge('day', 1)], NOW + 1)).rejects.toMatchObject(refusal)
    await expect(budgetIn(table).allows([charge('day', 1)], NOW)).rejects.toMatchObject(refusal)
    await expect(budgetIn(table).refund([charge('day', 1)])).rejects.toMatchObject(refusal)
    expect(await dynamo.rawRow(table, 'budget', 'day')).toEqual(row)
  })
})

async function lossyBudget(table: string, lost: string) {
  return new DynamoBudget({ client: await lossyClient(dynamo.port, new Set([lost])), table })
}

const sumOf = async (table: string, window: string) => (await dynamo.rawRow(table, 'budget', window)).sum?.N

const NOW = 2_840_140_800_000

const charge = (window: string, amount: number): Charge => ({ window, amount, limit: 5, endsAt: NOW + 1 })
