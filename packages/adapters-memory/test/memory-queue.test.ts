import { FakeTime } from '@hexbird/testkit/fake-time'
import { queueSuite } from '@hexbird/testkit/queue-suite'
import { expect, test } from '@jest/globals'
import { MemoryQueue, QueueConsumedError, VisibilityEndedError } from '../src/memory-queue.js'

queueSuite((options) => new MemoryQueue(options))

test('a put with an item that cannot be copied rejects and takes none', async () => {
  const queue = new MemoryQueue<unknown>()
  await expect(queue.put(['a', () => 'a function'])).rejects.toThrow()
  expect(queue.size).toBe(0)
})

test('a second consumer is refused', () => {
  const queue = new MemoryQueue<string>()
  queue.consume(async () => 'done')
  expect(() => queue.consume(async () => 'done')).toThrow(QueueConsumedError)
})

test('a dead letter says what its item failed of: what the handler threw, or that it did not end', async () => {
  const time = new FakeTime()
  const queue = new MemoryQueue<string>({ ...time.forQueue(), maxReceives: 1, visibility: 1000 })
  queue.consume((item) => (item === 'never' ? new Promise(() => {}) : Promise.reject(new Error('the labeler is away'))))
  await queue.put(['fails', 'never'])
  await time.pass(1000)
  expect(queue.deadLetters).toEqual([
    { item: 'fails', receives: 1, reason: new Error('the labeler is away') },
    { item: 'never', receives: 1, reason: expect.any(VisibilityEndedError) },
  ])
})
