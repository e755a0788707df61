import { budgetContract } from '@hexbird/core/contracts'
import { describe, expect, test } from '@jest/globals'
import { MemoryBudget } from '../src/memory-budget.js'
import { BUDGET_FAULTS, faultyBudget } from './broken/budget.js'
import { testAgainstFaults } from './broken/contract-tests.js'

describe('MemoryBudget', () => {
  for (const { name, check } of budgetContract) test(name, () => check(() => new MemoryBudget()))

  test('a refused spend stays charged to no window, not to those that had room either', async () => {
    const budget = new MemoryBudget()
    const [roomy, full] = ['roomy', 'full'].map((window) => ({ window, amount: 1, limit: 1, endsAt: 1_000 }))
    if (!roomy || !full) throw new Error('two windows')
    expect(await budget.spend([roomy, { ...full, amount: 2 }], 0)).toMatchObject({ kind: 'refused', window: 'full' })
    expect(await budget.spend([roomy, full], 0)).toEqual({ kind: 'granted' })
  })

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
