import { expect, test } from '@jest/globals'
import { spentToday } from '../../src/host/index.js'
import { defaultLimits } from '../../src/index.js'

test('today’s money is that of the day of UTC, with the share of it that sweeps have', async () => {
  const sums: Readonly<Record<string, number>> = { 'day:2026-11-22': 7, 'sweep:2026-11-22': 3, 'day:2026-11-23': 100 }
  const spending = { spent: async (window: string) => sums[window] ?? 0 }
  const at = (now: string) => spentToday({ spending, now: () => Date.parse(now) }, defaultLimits)
  const { perDay, sweepPerDay } = defaultLimits
  expect(await at('2026-11-22T23:59:59.999Z')).toEqual({
    day: { spent: 7, limit: perDay },
    sweep: { spent: 3, limit: sweepPerDay },
  })
  expect(await at('2026-11-23T00:00:00Z')).toEqual({
    day: { spent: 100, limit: perDay },
    sweep: { spent: 0, limit: sweepPerDay },
  })
})
