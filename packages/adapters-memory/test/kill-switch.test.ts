import { killSwitchContract } from '@hexbird/core/contracts'
import { describe, test } from '@jest/globals'
import { MemoryKillSwitch } from '../src/memory-kill-switch.js'
import { testAgainstFaults } from './broken/contract-tests.js'
import { faultyKillSwitch, KILL_SWITCH_FAULTS } from './broken/kill-switch.js'

describe('MemoryKillSwitch', () => {
  for (const { name, check } of killSwitchContract) test(name, () => check(() => new MemoryKillSwitch()))
})

describe('the contract of a killSwitch', () =>
  testAgainstFaults(killSwitchContract, KILL_SWITCH_FAULTS, faultyKillSwitch))
