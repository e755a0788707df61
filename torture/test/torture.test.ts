import { describe, expect, test } from '@jest/globals'
import { ALL_GUARDED, GUARDS, type Guard } from '../src/guards.js'
import { broken, sum } from '../src/tally.js'
import { CUTS, PARTS, torture, tortureWithout } from '../src/torture.js'

const SEED = 1

describe('whatever is done to it', () => {
  // Real processes are killed by the command alone.
  const parts = PARTS.filter((part) => part !== 'crash')

  test.each(parts)('the bot keeps its promises: %s', async (part) => {
    const rows = await torture({ cut: CUTS.small, seed: SEED, removed: ALL_GUARDED, parts: [part], say: () => {} })
    const findings = rows.flatMap(({ findings }) => findings)
    expect({ broken: broken(sum(rows)), findings }).toEqual({ broken: [], findings: [] })
    expect(sum(rows).stories).toBeGreaterThan(0)
  })
})

describe('what keeps the promises', () => {
  test.each(Object.keys(GUARDS) as Guard[])('is missed where it is gone: %s', async (guard) => {
    const counted = sum(await tortureWithout(guard, SEED))
    expect(counted[GUARDS[guard].breaks]).toBeGreaterThan(0)
  })
})
