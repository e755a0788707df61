import type { Gap } from '../ports/gap.js'
import { type Contract, expectEqual } from './case.js'

/** What every `Gap` promises. */
export const gapContract: Contract<Gap> = [
  {
    name: 'at first there is none',
    async check(make) {
      expectEqual(await (await make()).before(), undefined, 'before')
    },
  },
  {
    name: 'it is as wide as it was made',
    async check(make) {
      const gap = await make()
      await gap.widen(1_790_000_000_123)
      expectEqual(await gap.before(), 1_790_000_000_123, 'before')
    },
  },
  {
    name: 'it grows and never shrinks',
    async check(make) {
      const gap = await make()
      for (const [to, expected] of [
        [5, 5],
        [9, 9],
        [7, 9],
        [9, 9],
        [10, 10],
      ] as const) {
        await gap.widen(to)
        expectEqual(await gap.before(), expected, `before, after ${to}`)
      }
    },
  },
  {
    name: 'of many at once the widest stays',
    async check(make) {
      const gap = await make()
      await Promise.all(Array.from({ length: 20 }, (_, index) => gap.widen(1 + ((index * 7) % 20))))
      expectEqual(await gap.before(), 20, 'before, after 20 at once')
    },
  },
]
