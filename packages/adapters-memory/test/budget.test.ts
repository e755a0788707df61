import { budgetContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryBudget } from '../src/memory-budget.js'
import { BUDGET_FAULTS, faultyBudget } from './broken/budget.js'
import { testAgainstFaults } from './broken/contract-tests.js'

describe('MemoryBudget', () => {
  for (const { name, check } of budgetContract) test(name, () => check(() => new MemoryBudget()))

  test('what a window holds can be looked at, and a window that is not there holds nothing', async () => {
    const budget = new MemoryBudget()
    expect(await budget.spent('day')).toBe(0)
    await budget.reserve([{ kind: 'day', window: 'day', amount: 8, limit: 10, endsAt: 1_000 }], 0)
    expect(await budget.spent('day')).toBe(8)
  })

  test('a refused reservation stays charged to no window, and keeps what an earlier one reserved', async () => {
    const budget = new MemoryBudget()
    const roomy = { kind: 'author', window: 'roomy', call: 'a', amount: 1, limit: 3, endsAt: 1_000 } as const
    const full = { ...roomy, kind: 'day', window: 'full', limit: 0 } as const
    const refused = { kind: 'refused', charge: full, until: 1_000 }
    await budget.reserve([roomy], 0)
    expect(
      await budget.reserve(
        [
          { ...roomy, amount: 3 },
          { ...roomy, call: 'b' },
        ],
        0,
      ),
    ).toMatchObject({ kind: 'refused' })
    expect(await budget.reserve([{ ...roomy, amount: 2 }, { ...roomy, call: 'b' }, full], 0)).toEqual(refused)
    const { call: _, ...without } = roomy
    expect(await budget.reserve([without, full], 0)).toEqual(refused)
    expect(await budget.reserve([{ ...roomy, call: 'c', amount: 2 }], 0)).toEqual({ kind: 'granted' })
    expect(await budget.reserve([roomy], 0)).toEqual({ kind: 'granted' })
    expect(await budget.reserve([{ ...roomy, call: 'b' }], 0)).toMatchObject({ kind: 'refused' })
  })

  test('windows that have ended do not pile up: any reservation drops them', async () => {
    const budget = new MemoryBudget()
    const spent = { kind: 'day', window: 'spent', amount: 1, limit: 1, endsAt: 1_000 } as const
    await budget.reserve([spent, { ...spent, window: 'spent too' }], 0)
    await budget.reserve([{ ...spent, window: 'next', endsAt: 2_000 }], 1_000)
    expect(await budget.reserve([spent, { ...spent, window: 'spent too' }], 0)).toEqual({ kind: 'granted' })
    expect(await budget.reserve([{ ...spent, window: 'next' }], 0)).toMatchObject({ kind: 'refused' })
  })
})

describe('the contract of a budget', () => testAgainstFaults(budgetContract, BUDGET_FAULTS, faultyBudget))
