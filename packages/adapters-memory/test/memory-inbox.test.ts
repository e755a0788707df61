import type { Event } from '@hexbird/core'
import { inboxContract } from '@hexbird/core/contracts'
import { FakeTime } from '@hexbird/testkit/fake-time'
import { describe, expect, test } from '@jest/globals'
import { MemoryInbox } from '../src/memory-inbox.js'
import { MemoryQueue } from '../src/memory-queue.js'
import { testFaults } from './broken-outside/faults.js'
import { INBOX_FAULTS, memoryInbox } from './broken-outside/inbox.js'

describe('MemoryInbox', () => {
  for (const { name, check } of inboxContract) test(name, () => check(memoryInbox))
})

describe('the contract of an inbox', () => testFaults(inboxContract, INBOX_FAULTS, memoryInbox))

describe('known faults of the originals', () => {
  test('an event is not lost when the work on it fails', async () => {
    const time = new FakeTime()
    const queue = new MemoryQueue<Event>(time.forQueue())
    let tries = 0
    queue.consume(async () => {
      tries += 1
      if (tries === 1) throw new Error('the labeler is away')
      return 'done'
    })
    await new MemoryInbox(queue).put([{ kind: 'unknown', name: 'follow_events' }])
    await time.pass(1000)
    expect(tries).toBe(2)
  })
})
