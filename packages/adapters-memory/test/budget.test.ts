import { budgetContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryBudget } from '../src/memory-budget.js'
import { BUDGET_FAULTS, faultyBudget } from './broken/budget.js'
import { testAgainstFaults } from './broken/contract-tests.js'

describe('MemoryBudget', () => {
  for (const { name, check } of budgetContract) test(name, () => check(() => new MemoryBudget()))

  test('windows that have ended do not pile up: any spend drops them', async () => {
    const budget = new MemoryBudget()
    const spent = { window: 'spent', amount: 1, limit: 1, endsAt: 1_000 }
    await budget.spend([spent, { ...spent, window: 'spent too' }], 0)
    await budget.spend([{ ...spent, window: 'next', endsAt: 2_000 }], 1_000)
    expect(await budget.spend([spent, { ...spent, window: 'spent too' }], 0)).toEqual({ kind: 'granted' })
    expect(await budget.allows([{ ...spent, window: 'next' }], 0)).toMatchObject({ kind: 'refused' })
  })
})

describe('the contract of a budget', () => testAgainstFaults(budgetContract, BUDGET_FAULTS, faultyBudget))
