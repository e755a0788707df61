import { NOW } from '@hexbird/testkit/bot-fixture'
import { expect, test } from '@jest/globals'
import { sweepRoom } from '../../src/host/index.js'
import { defaultLimits, selfServe2026 } from '../../src/index.js'
import { sweepCharges } from '../../src/policy/charges.js'
import { models } from './models.js'

const PAGE = 100 * selfServe2026.prices.ownedRead

test('there is room for a sweep as long as a page of 100 mentions fits in its share and in the day', async () => {
  const refusal = (window: string) => ({
    kind: 'over-budget',
    detail: `The window ${window}:2026-11-22 has no room until 2026-11-23T00:00:00.000Z.`,
  })
  for (const [sweepPerDay, perDay, room] of [
    [PAGE, PAGE, { kind: 'room' }],
    [PAGE - 1, PAGE, refusal('sweep')],
    [PAGE, PAGE - 1, refusal('day')],
  ] as const) {
    const { ports, sum } = models()
    const options = { limits: { ...defaultLimits, sweepPerDay, perDay }, platform: selfServe2026 }
    expect(await sweepRoom(ports, options)).toEqual(room)
    expect(await sweepRoom(ports, options)).toEqual(room)
    expect([sum('sweep:'), sum('day:')]).toEqual([0, 0])
  }
})

test('looking for room has a call of its own, and leaves what a sweep has reserved as it is', async () => {
  const { ports, sum } = models()
  await ports.budget.reserve(sweepCharges('mentions:first:0', PAGE, defaultLimits, NOW), NOW)
  const calls: unknown[] = []
  const budget: typeof ports.budget = {
    ...ports.budget,
    reserve: async (charges, now) => {
      calls.push(...charges.map(({ call }) => call))
      return ports.budget.reserve(charges, now)
    },
  }
  const options = { limits: defaultLimits, platform: selfServe2026 }
  expect(await sweepRoom({ ...ports, budget }, options)).toEqual({ kind: 'room' })
  expect(calls).toEqual(['sweep-room', 'sweep-room'])
  expect([sum('sweep:'), sum('day:')]).toEqual([PAGE, PAGE])
})
