import type { Budget, Charge } from '@hexbird/core/adapter'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Context } from 'aws-lambda'
import { type Count, observedBudget, observing } from '../src/observe.js'
import { printing } from './printed.js'

let printed: ReturnType<typeof printing>
beforeEach(() => {
  printed = printing()
})
afterEach(() => {
  jest.restoreAllMocks()
})

/** What CloudWatch makes of a line in embedded metric format. */
const definitions = (line: Record<string, unknown> | undefined) =>
  (line?._aws as { CloudWatchMetrics: readonly unknown[] } | undefined)?.CloudWatchMetrics

const ALARMED: readonly Count[] = [
  'Unsure',
  'OverBudget',
  'BreakerOpen',
  'SweepRefused',
  'SetAside',
  'WebhookValid',
  'Received',
  'Replied',
  'Failed',
]

describe('observing', () => {
  test.each(ALARMED)('%s is counted where the alarms look: by service and stage, in the namespace hexbird', (name) => {
    const seen = observing('sweep', 'staging')
    seen.count(name)
    seen.end()
    const [line, ...more] = printed.metrics()
    expect(more).toEqual([])
    expect(line).toMatchObject({ service: 'sweep', stage: 'staging', [name]: 1 })
    expect(definitions(line)).toEqual([
      { Namespace: 'hexbird', Dimensions: [['service', 'stage']], Metrics: [{ Name: name, Unit: 'Count' }] },
    ])
  })

  test('a count of 0 is told: a webhook that is not valid', () => {
    const seen = observing('sweep', 'staging')
    seen.count('WebhookValid', 0)
    seen.end()
    expect(printed.metrics()[0]).toHaveProperty('WebhookValid', 0)
  })

  test('a reason is one more dimension, of that count alone', () => {
    const seen = observing('tweets', 'staging')
    seen.count('Ignored', 1, { reason: 'too-old' })
    seen.count('Replied')
    seen.end()
    const [ignored, replied] = printed.metrics()
    expect(ignored).toMatchObject({ service: 'tweets', stage: 'staging', reason: 'too-old', Ignored: 1 })
    expect(definitions(ignored)).toEqual([
      {
        Namespace: 'hexbird',
        Dimensions: [['service', 'stage', 'reason']],
        Metrics: [{ Name: 'Ignored', Unit: 'Count' }],
      },
    ])
    expect(definitions(replied)).toEqual([
      { Namespace: 'hexbird', Dimensions: [['service', 'stage']], Metrics: [{ Name: 'Replied', Unit: 'Count' }] },
    ])
  })

  test('latency and money have their units, and every value of an invocation is told', () => {
    const seen = observing('images', 'production')
    seen.latency(1200)
    seen.latency(800)
    seen.spent(10_000)
    seen.spent(-10_000)
    seen.end()
    const [line] = printed.metrics()
    expect(line).toMatchObject({ Latency: [1200, 800], Spend: [10_000, -10_000] })
    expect(definitions(line)).toMatchObject([
      {
        Metrics: [
          { Name: 'Latency', Unit: 'Milliseconds' },
          { Name: 'Spend', Unit: 'None' },
        ],
      },
    ])
  })

  test('nothing is written where nothing was counted, and nothing twice', () => {
    const seen = observing('tweets', 'staging')
    seen.end()
    expect(printed.lines).toEqual([])
    seen.count('Replied')
    seen.end()
    seen.end()
    expect(printed.metrics()).toHaveLength(1)
    // Where the library warns.
    expect(process.stderr.write).not.toHaveBeenCalled()
  })

  test('a log is one line of JSON, with the request, whatever is in it', () => {
    const seen = observing('tweets', 'staging')
    seen.begin({ awsRequestId: 'request-1', functionName: 'f' } as Context)
    seen.info('Two\nlines', { tweetId: '1790000000000000001', text: 'a\r\nb\u2028c' })
    seen.begin({ awsRequestId: 'request-2', functionName: 'f' } as Context)
    seen.error('It failed.', new RangeError('because', { cause: new Error('of that') }))
    seen.error('It failed again.', 'a text that was thrown')
    expect(printed.lines).toHaveLength(3)
    expect(printed.logs()).toMatchObject([
      {
        level: 'INFO',
        message: 'Two\nlines',
        tweetId: '1790000000000000001',
        function_request_id: 'request-1',
        service: 'hexbird',
        function: 'tweets',
        stage: 'staging',
      },
      { level: 'ERROR', function_request_id: 'request-2', error: { name: 'RangeError', message: 'because' } },
      { level: 'ERROR', error: { message: 'a text that was thrown' } },
    ])
  })
})

describe('observedBudget', () => {
  const endsAt = 1
  const day = (amount: number, call?: string): Charge => ({
    kind: 'day',
    window: 'day:2026-11-22',
    amount,
    limit: 100,
    endsAt,
    ...(call !== undefined && { call }),
  })
  const author = (amount: number, call?: string): Charge => ({
    ...day(amount, call),
    kind: 'author',
    window: 'author:1:2026-11-22',
  })

  function spending(granted: boolean) {
    const calls: string[] = []
    const budget: Budget = {
      async reserve([charge]) {
        calls.push('reserve')
        return granted || !charge ? { kind: 'granted' } : { kind: 'refused', charge, until: 1 }
      },
      settle: async () => void calls.push('settle'),
      removeAll: async () => void calls.push('removeAll'),
    }
    const spent: number[] = []
    return { calls, spent, budget: observedBudget(budget, { spent: (amount) => void spent.push(amount) }) }
  }

  test('tells of money once, though it is charged to two windows', async () => {
    const { budget, spent } = spending(true)
    await budget.reserve([author(7), day(7), { ...day(1), kind: 'posts', window: 'posts:15min:1' }], 0)
    expect(spent).toEqual([7])
  })

  test('what is taken back is told as less', async () => {
    const { budget, spent } = spending(true)
    await budget.reserve([day(7)], 0)
    await budget.settle([day(7)], 0)
    expect(spent).toEqual([7, -7])
  })

  test('a reservation is money when it is settled, for what was billed, however often it was raised', async () => {
    const { budget, spent } = spending(true)
    await budget.reserve([author(10, 'tweet:1'), day(10, 'tweet:1')], 0)
    await budget.reserve([author(25, 'tweet:1'), day(25, 'tweet:1')], 0)
    await budget.reserve([day(25, 'tweet:1')], 0)
    expect(spent).toEqual([])
    await budget.settle([author(15, 'tweet:1'), day(15, 'tweet:1')], 0)
    expect(spent).toEqual([15])
  })

  test('a call of which nobody knows what was billed counts as all that was reserved for it, and no more', async () => {
    const { budget, spent } = spending(true)
    await budget.reserve([day(25, 'tweet:1')], 0)
    await budget.settle([day(100, 'tweet:1'), day(100, 'tweet:2')], 0)
    expect(spent).toEqual([25])
  })

  test('what another function reserved is told by the one that settles it', async () => {
    const { budget, spent } = spending(true)
    await budget.settle([day(21, 'tweet:1')], 0)
    expect(spent).toEqual([21])
  })

  test('what is refused is no money', async () => {
    const { budget, spent, calls } = spending(false)
    await expect(budget.reserve([day(7)], 0)).resolves.toMatchObject({ kind: 'refused' })
    await budget.removeAll()
    expect(spent).toEqual([])
    expect(calls).toEqual(['reserve', 'removeAll'])
  })
})
