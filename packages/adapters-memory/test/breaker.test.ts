import { breakerContract } from '@hexbird/core/contracts'
import { describe, test } from '@jest/globals'
import { MemoryBreaker } from '../src/memory-breaker.js'
import { BREAKER_FAULTS, faultyBreaker } from './broken/breaker.js'
import { testAgainstFaults } from './broken/contract-tests.js'

describe('MemoryBreaker', () => {
  for (const { name, check } of breakerContract) test(name, () => check(() => new MemoryBreaker()))
})

describe('the contract of a breaker', () => testAgainstFaults(breakerContract, BREAKER_FAULTS, faultyBreaker))
