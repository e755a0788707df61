import { cursorContract } from '@hexbird/core/contracts'
import { describe, test } from '@jest/globals'
import { MemoryCursor } from '../src/memory-cursor.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { CURSOR_FAULTS, faultyCursor } from './broken/cursor.js'

describe('MemoryCursor', () => {
  for (const { name, check } of cursorContract) test(name, () => check(() => new MemoryCursor()))
})

describe('the contract of a cursor', () => testAgainstFaults(cursorContract, CURSOR_FAULTS, faultyCursor))
