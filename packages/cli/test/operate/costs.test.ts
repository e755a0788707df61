import { hexbird } from '@hexbird/testkit/hexbird'
import { describe, expect, test } from '@jest/globals'
import { assert, constantFrom, nat, property, record } from 'fast-check'
import { estimate } from '../../src/operate/costs/estimate.js'

describe('hexbird costs', () => {
  test('says what a hundred tweets a day cost, and of which day the prices are', async () => {
    const ran = await hexbird(['costs', '--json'])
    expect(ran.code).toBe(0)
    expect(ran.json()).toMatchObject({
      withPhoto: 100,
      aDay: { x: 2.1, rekognition: 0.1 },
      limitADay: 5,
      budgetADay: 1.8,
      aMonthOnOneMachine: { poll: 40.4583, stream: 70.875, webhook: 70.875 },
      asOf: { x: '2026-08-22', aws: '2026-11-23', server: '2026-09-17' },
    })
    expect(ran.stderr).toContain('poll $40.46, stream $70.88, webhook $70.88.')
    expect(ran.stderr).toMatch(/together +\$2\.44 +\$74\.\d\d\n/)
  })

  test('warns where the budget of the bot would stop it', async () => {
    const ran = await hexbird(['costs', '--with-photo', '1000'])
    expect(ran.stderr).toContain('the bot stops at $5.00')
    expect(ran.stdout).toContain('1000 tweets a day with a photo, 0 without, over x-activity:')
  })

  test('notes how many posts a day X takes at most, if that is too few', async () => {
    const most = await hexbird(['costs', '--with-photo', '9600'])
    expect(most.stderr).not.toContain('posts a day')
    const more = await hexbird(['costs', '--with-photo', '9600', '--without-photo', '1'])
    expect(more.stderr).toContain('X takes at most 9600 posts a day from one account.')
  })

  test.each([
    ['--with-photo', '-1'],
    ['--with-photo', '1e3'],
    ['--photos-each', '5'],
    ['--dialect', 'latin'],
    ['surplus'],
  ])('refuses %s %s', async (...args) => {
    const ran = await hexbird(['costs', ...args])
    expect([ran.code, ran.stdout]).toEqual([2, ''])
    expect(ran.stderr).not.toMatch(/\n\s+at /)
  })
})

const load = record({
  dialect: constantFrom('x-activity' as const, 'account-activity' as const),
  withPhoto: nat(100_000),
  withoutPhoto: nat(100_000),
  photosEach: nat(4),
})

test('every further tweet and photo costs more, and the parts are the whole', () => {
  assert(
    property(load, (some) => {
      const { aDay, aMonth } = estimate(some)
      expect(aDay.x + aDay.rekognition + aDay.aws + aDay.idle).toBeCloseTo(aDay.total)
      expect(aMonth.total / aDay.total).toBeCloseTo(730 / 24)
      expect(estimate({ ...some, withPhoto: some.withPhoto + 1 }).aDay.total).toBeGreaterThan(aDay.total)
      expect(estimate({ ...some, withoutPhoto: some.withoutPhoto + 1 }).aDay.total).toBeGreaterThan(aDay.total)
      const more = estimate({ ...some, photosEach: some.photosEach + 1 }).aDay.total
      expect(more - aDay.total).toBeCloseTo(some.withPhoto * 0.001)
    }),
  )
})
