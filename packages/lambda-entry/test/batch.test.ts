import type { Handled } from '@hexbird/core/host'
import { runs } from '@hexbird/testkit/runs'
import { describe, expect, test } from '@jest/globals'
import type { SQSRecord } from 'aws-lambda'
import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { type BatchOptions, handleBatch } from '../src/batch.js'

const recordOf = (messageId: string, body = messageId): SQSRecord => ({
  messageId,
  receiptHandle: 'receipt',
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: 'AIDA',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:queue',
  awsRegion: 'us-east-1',
})

const none: BatchOptions = { handle: async () => 'done', defer: async () => {}, failed: () => {} }

describe('handleBatch', () => {
  test('answers which messages failed, and tells of each', async () => {
    const told: unknown[] = []
    const answered = await handleBatch(
      { Records: ['a', 'b', 'c'].map((id) => recordOf(id)) },
      {
        ...none,
        async handle({ messageId }) {
          if (messageId !== 'b') throw new Error(messageId)
          return 'done'
        },
        failed: (record, error) => told.push([record.messageId, (error as Error).message]),
      },
    )
    expect(answered).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'c' }] })
    expect(told).toEqual([
      ['a', 'a'],
      ['c', 'c'],
    ])
  })

  test('a message that has to wait is in the queue again before it is acknowledged', async () => {
    const steps: string[] = []
    const answered = await handleBatch(
      { Records: [recordOf('a', 'the body')] },
      {
        ...none,
        handle: async () => ({ retryAt: 4711 }),
        async defer(body, until) {
          await new Promise(setImmediate)
          steps.push(`${body} until ${until}`)
        },
      },
    )
    steps.push('acknowledged')
    expect(answered.batchItemFailures).toEqual([])
    expect(steps).toEqual(['the body until 4711', 'acknowledged'])
  })

  test('a message that could not be deferred has failed, and no other', async () => {
    const answered = await handleBatch(
      { Records: [recordOf('a'), recordOf('b')] },
      {
        ...none,
        handle: async () => ({ retryAt: 1 }),
        async defer(body) {
          if (body === 'a') throw new Error('The queue does not take it.')
        },
      },
    )
    expect(answered).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] })
  })

  test('all messages are handled at once', async () => {
    let atWork = 0
    let most = 0
    await handleBatch(
      { Records: ['a', 'b', 'c', 'd', 'e'].map((id) => recordOf(id)) },
      {
        ...none,
        async handle() {
          most = Math.max(most, ++atWork)
          await new Promise(setImmediate)
          atWork--
          return 'done'
        },
      },
    )
    expect(most).toBe(5)
  })

  test('whatever becomes of the messages, exactly those that failed are answered, in their order', async () => {
    const fates = ['done', 'deferred', 'throws', 'throws at once', 'cannot be deferred'] as const
    await assert(
      asyncProperty(array(constantFrom(...fates), { maxLength: 10 }), async (all) => {
        const deferred: string[] = []
        const told: string[] = []
        const { batchItemFailures } = await handleBatch(
          { Records: all.map((fate, index) => recordOf(String(index), fate)) },
          {
            handle(record): Promise<Handled> {
              if (record.body === 'throws at once') throw new Error(record.body)
              if (record.body === 'throws') return Promise.reject(new Error(record.body))
              return Promise.resolve(record.body === 'done' ? 'done' : { retryAt: 1 })
            },
            async defer(body) {
              if (body === 'cannot be deferred') throw new Error(body)
              deferred.push(body)
            },
            failed: ({ messageId }) => void told.push(messageId),
          },
        )
        const failing = all.flatMap((fate, index) => (fate === 'done' || fate === 'deferred' ? [] : [String(index)]))
        expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(failing)
        expect([...told].sort()).toEqual([...failing].sort())
        expect(deferred).toHaveLength(all.filter((fate) => fate === 'deferred').length)
      }),
      { numRuns: runs() },
    )
  })
})
