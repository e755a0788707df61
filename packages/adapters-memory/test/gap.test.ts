import { gapContract } from '@hexbird/core/contracts'
import { describe, test } from '@jest/globals'
import { MemoryGap } from '../src/memory-gap.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { faultyGap, GAP_FAULTS } from './broken/gap.js'

describe('MemoryGap', () => {
  for (const { name, check } of gapContract) test(name, () => check(() => new MemoryGap()))
})

describe('the contract of a gap', () => testAgainstFaults(gapContract, GAP_FAULTS, faultyGap))
