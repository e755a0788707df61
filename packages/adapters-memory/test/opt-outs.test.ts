import { optOutsContract } from '@hexbird/core/contracts'
import { describe, test } from '@jest/globals'
import { MemoryOptOuts } from '../src/memory-opt-outs.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { faultyOptOuts, OPT_OUTS_FAULTS } from './broken/opt-outs.js'

describe('MemoryOptOuts', () => {
  for (const { name, check } of optOutsContract) test(name, () => check(() => new MemoryOptOuts()))
})

describe('the contract of opt-outs', () => testAgainstFaults(optOutsContract, OPT_OUTS_FAULTS, faultyOptOuts))
