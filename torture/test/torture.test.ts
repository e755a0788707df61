import { describe, expect, test } from '@jest/globals'
import { ALL_GUARDED, GUARD_NAMES, removalOf } from '../src/guards.js'
import { broken, sum } from '../src/tally.js'
import { CUTS, PARTS, torture, tortureWithout } from '../src/torture.js'

const SEED = 1

describe('whatever is done to it', () => {
  // Emulators, and real processes that are killed, are the command's alone.
  const parts = PARTS.filter((part) => part !== 'aws' && part !== 'crash')

  test.each(parts)('the bot keeps its promises: %s', async (part) => {
    const rows = await torture({ cut: CUTS.small, seed: SEED, removed: ALL_GUARDED, parts: [part], say: () => {} })
    const findings = rows.flatMap(({ findings }) => findings)
    expect({ broken: broken(sum(rows)), findings }).toEqual({ broken: [], findings: [] })
    expect(sum(rows).stories).toBeGreaterThan(0)
  })
})

describe('what keeps the promises', () => {
  // Jest takes rejections that nobody handled for itself: that guard is the command's.
  const guards = GUARD_NAMES.filter((guard) => removalOf(guard).breaks !== 'unhandled')

  test.each(guards)('is missed where it is gone: %s', async (guard) => {
    const counted = sum(await tortureWithout(guard, SEED))
    expect(counted[removalOf(guard).breaks]).toBeGreaterThan(0)
  })
})
