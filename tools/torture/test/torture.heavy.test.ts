import { broken, startLocalStage, sum } from '@hexbird/prove/harness'
import { describe, expect, test } from '@jest/globals'
import { ALL_GUARDED, guardsOf, removalOf } from '../src/guards.js'
import { type Story, tellOnce } from '../src/stories.js'
import { CUTS, PARTS, torture, tortureWithout } from '../src/torture.js'

const SEED = 1

describe('whatever is done to it', () => {
  // Emulators, and real processes that are killed, are the command's alone.
  const parts = PARTS.filter((part) => part !== 'aws' && !part.endsWith('crash'))

  test.each(parts)('the bot keeps its promises: %s', async (part) => {
    const rows = await torture({
      cut: CUTS.small,
      seed: SEED,
      removed: ALL_GUARDED,
      bot: 'photo',
      parts: [part],
      say: () => {},
    })
    const findings = rows.flatMap(({ findings }) => findings)
    expect({ broken: broken(sum(rows)), findings }).toEqual({ broken: [], findings: [] })
    expect(sum(rows).stories).toBeGreaterThan(0)
  })

  test.each([
    ['dice', 'ports'],
    ['dice', 'outages'],
    ['chart', 'ports'],
    ['chart', 'outages'],
  ] as const)('a %s bot keeps its promises: %s', async (bot, part) => {
    const rows = await torture({ cut: CUTS.small, bot, seed: SEED, removed: ALL_GUARDED, parts: [part], say: () => {} })
    const findings = rows.flatMap(({ findings }) => findings)
    expect({ broken: broken(sum(rows)), findings }).toEqual({ broken: [], findings: [] })
  })
})

test('what a story announced and never met is none of the next one’s', async () => {
  const announces: Story = {
    dialects: 'x-activity',
    tell: async (_, { x }) => {
      x.failNext({ method: 'POST', path: '/2/tweets', respond: { status: 403, body: {} } })
      x.set({ drop: 1 })
    },
  }
  const asks: Story = {
    dialects: 'x-activity',
    tell: async (fixture, _, author) => {
      await fixture.tell({ as: author, text: '@hexbird hello' })
      await fixture.settle()
    },
  }
  const stage = await startLocalStage('x-activity', SEED)
  try {
    const options = { bot: 'photo', seed: SEED, removed: ALL_GUARDED, plan: new Map() } as const
    await tellOnce(announces, stage, { ...options, nth: 1 })
    const { telling, outcomes } = await tellOnce(asks, stage, { ...options, nth: 2 })
    expect(telling).toMatchObject({ replies: 1, refused: 0, missed: 0, deliveries: 1 })
    expect(outcomes).toMatchObject([[{ kind: 'replied' }]])
  } finally {
    await stage.close()
  }
})

describe('what keeps the promises', () => {
  // Jest takes rejections that nobody handled for itself: that guard is the command's.
  const guards = guardsOf('photo').filter((guard) => removalOf(guard).breaks !== 'unhandled')

  test.each(guards)('is missed where it is gone: %s', async (guard) => {
    const counted = sum(await tortureWithout(guard, { bot: 'photo', seed: SEED }))
    expect(counted[removalOf(guard).breaks]).toBeGreaterThan(0)
  })

  // All guards of these bots are the command's: here those that the photos do not show, or show in another way.
  test.each([
    ['dice', 'look'],
    ['dice', 'retry'],
    ['chart', 'images'],
    ['chart', 'reset'],
  ] as const)('is missed by a %s bot: %s', async (bot, guard) => {
    const counted = sum(await tortureWithout(guard, { bot, seed: SEED }))
    expect(counted[removalOf(guard).breaks]).toBeGreaterThan(0)
  })
})
