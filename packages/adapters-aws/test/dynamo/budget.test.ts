import type { Charge } from '@hexbird/core/adapter'
import { budgetContract } from '@hexbird/core/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { DynamoBudget } from '../../src/dynamo/budget.js'
import { type DynamoFixture, startDynamo } from '../dynamo-fixture.js'
import { answer, closeServers, lossyClient, startScripted } from '../dynamo-servers.js'

let dynamo: DynamoFixture
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

  test('what is stored is a sum for each window, and the calls that are not settled, until the window has ended', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).reserve([charge('day', 2, 'reply:1')], NOW)
    await budgetIn(table).reserve([charge('day', 1)], NOW)
    const row = {
      window_name: { S: 'day' },
      v: { N: '1' },
      sum: { N: '3' },
      ends_at: { N: '2840140800001' },
      ttl: { N: '2840140801' },
      last_write: { S: expect.any(String) },
    }
    expect(await dynamo.rawRow(table, 'budget', 'day')).toEqual({ ...row, 'call:reply:1': { N: '2' } })
    await budgetIn(table).settle([charge('day', 1, 'reply:1')], NOW)
    expect(await dynamo.rawRow(table, 'budget', 'day')).toEqual({ ...row, sum: { N: '2' } })
  })

  test('rows written before calls were reserved are still read', async () => {
    const table = await dynamo.table('budget')
    await dynamo.putRaw(table, {
      window_name: { S: 'day' },
      v: { N: '1' },
      sum: { N: '3' },
      ends_at: { N: '2840140800001' },
      ttl: { N: '2840140801' },
      last_write: { S: '6f1fb1a0-0f57-4c8f-a5cb-0e1a4f1b4f6f' },
    })
    const budget = budgetIn(table)
    expect(await budget.reserve([charge('day', 3, 'a')], NOW)).toMatchObject({ kind: 'refused', until: NOW + 1 })
    expect(await budget.reserve([charge('day', 1, 'a')], NOW)).toEqual({ kind: 'granted' })
    expect(await budget.reserve([charge('day', 1)], NOW)).toEqual({ kind: 'granted' })
    await budget.settle([charge('day', 0, 'b'), charge('day', 3)], NOW)
    expect(await sumOf(table, 'day')).toBe('2')
    await budget.settle([charge('day', 0, 'a')], NOW)
    expect(await sumOf(table, 'day')).toBe('1')
    const next = { ...charge('day', 5, 'a'), endsAt: NOW + 1_000 }
    expect(await budget.reserve([next], NOW + 1)).toEqual({ kind: 'granted' })
  })

  test('a refused reservation gives back what it newly charged, and keeps what an earlier one reserved', async () => {
    const table = await dynamo.table('budget')
    const budget = budgetIn(table)
    await budget.reserve([charge('day', 5, 'full')], NOW)
    await budget.reserve([charge('author', 1, 'a'), charge('sweep', 1, 'a')], NOW)
    const refused = { kind: 'refused', charge: charge('day', 1, 'a'), until: NOW + 1 }
    const charges = [
      charge('posts', 1),
      charge('new', 2, 'a'),
      charge('author', 1, 'a'),
      charge('sweep', 2, 'a'),
      charge('sweep', 3, 'a'),
      charge('day', 1, 'a'),
    ]
    expect(await budget.reserve(charges, NOW)).toEqual(refused)
    expect(await sumOf(table, 'posts')).toBe('0')
    expect(await dynamo.rawRow(table, 'budget', 'new')).toMatchObject({ sum: { N: '0' } })
    expect(await dynamo.rawRow(table, 'budget', 'new')).not.toHaveProperty(['call:a'])
    for (const window of ['author', 'sweep']) {
      expect(await dynamo.rawRow(table, 'budget', window)).toMatchObject({ sum: { N: '1' }, 'call:a': { N: '1' } })
    }
  })

  test('of twenty functions that reserve at once, each over its own connection, as many do as there is room for', async () => {
    const table = await dynamo.table('budget')
    const budgets = Array.from({ length: 20 }, () => new DynamoBudget({ client: dynamo.another(), table }))
    const all = await Promise.all(budgets.map((budget, index) => budget.reserve([charge('day', 1, `${index}`)], NOW)))
    expect(all.filter(({ kind }) => kind === 'granted')).toHaveLength(5)
    expect(await sumOf(table, 'day')).toBe('5')
  })

  test('of twenty functions that reserve for one call at once, each over its own connection, all get what is there once', async () => {
    const table = await dynamo.table('budget')
    const budgets = Array.from({ length: 20 }, () => new DynamoBudget({ client: dynamo.another(), table }))
    const amounts = budgets.map((_, index) => (index % 4) + 1)
    const all = await Promise.all(
      budgets.map((budget, index) => budget.reserve([charge('day', amounts[index] ?? 1, 'a')], NOW)),
    )
    expect(all.filter(({ kind }) => kind === 'granted')).toHaveLength(20)
    expect(await dynamo.rawRow(table, 'budget', 'day')).toMatchObject({ sum: { N: '4' }, 'call:a': { N: '4' } })
  })

  test('a window that ended and was not swept yet takes no room from the next of its name, and has none of its calls', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).reserve([charge('day', 2, 'a'), charge('day', 3, 'b')], NOW)
    const next = { ...charge('day', 5, 'a'), endsAt: NOW + 1_000 }
    expect(await budgetIn(table).reserve([next], NOW + 1)).toEqual({ kind: 'granted' })
    const row = await dynamo.rawRow(table, 'budget', 'day')
    expect(row).toMatchObject({ sum: { N: '5' }, 'call:a': { N: '5' } })
    expect(row).not.toHaveProperty(['call:b'])
  })

  describe.each([
    ['for a call', 'a'],
    ['without a call', undefined],
  ])('%s', (_, call) => {
    test.each([
      ['opens its window', 0, 1],
      ['opens its window and fills it', 0, 5],
      ['leaves room', 1, 1],
      ['takes the last room', 1, 4],
    ])('a charge that %s and whose answer was lost is made once, and granted', async (_, before, amount) => {
      const table = await dynamo.table('budget')
      if (before > 0) await budgetIn(table).reserve([charge('day', before)], NOW)
      const budget = await lossyBudget(table, 'UpdateItem')
      expect(await budget.reserve([charge('day', amount, call)], NOW)).toEqual({ kind: 'granted' })
      expect(await sumOf(table, 'day')).toBe(`${before + amount}`)
    })

    test('a charge that follows an ended window and whose answer was lost is made once, and granted', async () => {
      const table = await dynamo.table('budget')
      await budgetIn(table).reserve([charge('day', 5, call)], NOW)
      const budget = await lossyBudget(table, 'PutItem')
      const next = { ...charge('day', 2, call), endsAt: NOW + 1_000 }
      expect(await budget.reserve([next], NOW + 1)).toEqual({ kind: 'granted' })
      expect(await sumOf(table, 'day')).toBe('2')
    })

    test('a charge whose answer was lost is given back where a window after it refuses', async () => {
      const table = await dynamo.table('budget')
      const budget = await lossyBudget(table, 'UpdateItem')
      const reserved = await budget.reserve([charge('author', 2, call), charge('day', 6, call)], NOW)
      expect(reserved).toMatchObject({ kind: 'refused', charge: { window: 'day' } })
      expect(await sumOf(table, 'author')).toBe('0')
    })

    test('settling whose answer was lost is done once', async () => {
      const table = await dynamo.table('budget')
      await budgetIn(table).reserve([charge('day', 3, call), charge('day', 2)], NOW)
      const budget = await lossyBudget(table, 'UpdateItem')
      await budget.settle([charge('day', call ? 1 : 2, call)], NOW)
      expect(await sumOf(table, 'day')).toBe('3')
    })

    test('reserving asks once for each window, whether it is new or runs', async () => {
      const { client, asked } = await startScripted(answer({}))
      const charges = [charge('author', 1, call), charge('day', 5, call)]
      await new DynamoBudget({ client, table: 'budget' }).reserve(charges, NOW)
      expect(asked).toEqual(['UpdateItem', 'UpdateItem'])
    })

    test('settling for what was reserved asks once for each window, and not for one that has ended', async () => {
      const { client, asked } = await startScripted(answer({}))
      const charges = [charge('author', 1, call), charge('day', 5, call), { ...charge('hour', 1, call), endsAt: NOW }]
      await new DynamoBudget({ client, table: 'budget' }).settle(charges, NOW)
      expect(asked).toEqual(['UpdateItem', 'UpdateItem'])
    })

    test('a charge of more than a new window takes writes nothing', async () => {
      const table = await dynamo.table('budget')
      const refused = charge('day', 6, call)
      expect(await budgetIn(table).reserve([refused], NOW)).toEqual({
        kind: 'refused',
        charge: refused,
        until: NOW + 1,
      })
      expect(await dynamo.countRows(table)).toBe(0)
    })

    test('a row of another version grants nothing and stays', async () => {
      const table = await dynamo.table('budget')
      await budgetIn(table).reserve([charge('day', 1, call)], NOW)
      const row = { ...(await dynamo.rawRow(table, 'budget', 'day')), v: { N: '2' } }
      await dynamo.putRaw(table, row)
      const refusal = { code: 'STORE_ROW_VERSION' }
      await expect(budgetIn(table).reserve([charge('day', 1, call)], NOW)).rejects.toMatchObject(refusal)
      await expect(budgetIn(table).reserve([charge('day', 1, call)], NOW + 1)).rejects.toMatchObject(refusal)
      await expect(budgetIn(table).settle([charge('day', 1, call)], NOW)).rejects.toMatchObject(refusal)
      expect(await dynamo.rawRow(table, 'budget', 'day')).toEqual(row)
    })
  })

  test('a raise whose answer was lost is made once, and granted', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).reserve([charge('day', 1, 'a')], NOW)
    // Its first write fails: something is reserved already. The second raises it.
    const lost = new Set<string>()
    const client = await lossyClient(dynamo.port, lost)
    client.middlewareStack.add((next) => (args) => next(args).finally(() => lost.add('UpdateItem')), {
      step: 'initialize',
    })
    const budget = new DynamoBudget({ client, table })
    expect(await budget.reserve([charge('day', 3, 'a')], NOW)).toEqual({ kind: 'granted' })
    expect(await dynamo.rawRow(table, 'budget', 'day')).toMatchObject({ sum: { N: '3' }, 'call:a': { N: '3' } })
  })

  test('taking back more than was charged leaves no credit', async () => {
    const table = await dynamo.table('budget')
    await budgetIn(table).reserve([charge('day', 1, 'a')], NOW)
    await budgetIn(table).settle([charge('day', 3)], NOW)
    expect(await sumOf(table, 'day')).toBe('0')
    await budgetIn(table).settle([charge('day', 0, 'a')], NOW)
    expect(await sumOf(table, 'day')).toBe('0')
  })
})

async function lossyBudget(table: string, lost: string) {
  return new DynamoBudget({ client: await lossyClient(dynamo.port, new Set([lost])), table })
}

const sumOf = async (table: string, window: string) => (await dynamo.rawRow(table, 'budget', window)).sum?.N

const NOW = 2_840_140_800_000

const charge = (window: string, amount: number, call?: string): Charge => ({
  kind: 'day',
  window,
  ...(call !== undefined && { call }),
  amount,
  limit: 5,
  endsAt: NOW + 1,
})
