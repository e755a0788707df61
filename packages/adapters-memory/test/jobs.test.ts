import { jobsContract } from '@hexbird/core/contracts'
import { describe, test } from '@jest/globals'
import { testFaults } from './broken-outside/faults.js'
import { JOBS_FAULTS, memoryJobs } from './broken-outside/jobs.js'

describe('jobs in a blob store and a queue', () => {
  for (const { name, check } of jobsContract) test(name, () => check(memoryJobs))
})

describe('the contract of jobs', () => testFaults(jobsContract, JOBS_FAULTS, memoryJobs))
