import { defaultLimits, selfServe2026 } from '@hexbird/core'
import { hexbird } from '@hexbird/testkit/hexbird'
import { describe, expect, test } from '@jest/globals'
import { assert, constantFrom, nat, property, record } from 'fast-check'
import { compare } from '../../src/operate/costs/compare.js'
import { estimate } from '../../src/operate/costs/estimate.js'
import { AWS_AS_OF, SERVER } from '../../src/operate/costs/figures.js'

describe('hexbird costs', () => {
  test('says what a hundred tweets a day cost, and of which day the prices are', async () => {
    const { aDay, aMonth, budgetADay } = estimate({
      dialect: 'x-activity',
      withPhoto: 100,
      withoutPhoto: 0,
      photosEach: 1,
    })
    const machines = compare(100).filter(({ name }) => name !== 'aws')
    const ran = await hexbird(['costs', '--json'])
    expect(ran.code).toBe(0)
    expect(ran.json()).toMatchObject({
      withPhoto: 100,
      aDay: { x: expect.closeTo(aDay.x), rekognition: expect.closeTo(aDay.rekognition) },
      limitADay: defaultLimits.perDay / 1e6,
      budgetADay: expect.closeTo(budgetADay),
      aMonthOnOneMachine: Object.fromEntries(machines.map(({ name, total }) => [name, expect.closeTo(total)])),
      asOf: { x: selfServe2026.asOf, aws: AWS_AS_OF, server: SERVER.asOf },
    })
    const onAws = await hexbird(['costs', '--aws'])
    const total = new RegExp(`total +\\$${aDay.total.toFixed(2)} +\\$${aMonth.total.toFixed(2)}\n`)
    expect(onAws.stdout).toMatch(total)
    expect(ran.stderr).not.toContain('Amazon Rekognition')
    for (const { name, total } of machines)
      expect(ran.stderr).toMatch(new RegExp(`${name} .* \\$${total.toFixed(2)}\n`))
  })

  test('warns where the budget of the bot would stop it', async () => {
    const ran = await hexbird(['costs', '--with-photo', '1000'])
    expect(ran.stderr).toContain(
      'counts $18.00 a day for that ($13.00 with poll), without the events that X delivers, and stops at $5.00',
    )
    // As docs/costs.md has it.
    const toRaise = compare(1000).map(({ name, limits }) => [name, limits.toRaise.perDay])
    expect(toRaise).toEqual(
      expect.arrayContaining([
        ['poll', 13],
        ['webhook', 18],
      ]),
    )
    expect(ran.stdout).toContain('1000 tweets a day with a photo, 0 without.')
  })

  test('speaks of one tweet as of one', async () => {
    const ran = await hexbird(['costs', '--with-photo', '1'])
    expect(ran.stdout).toContain('1 tweet a day with a photo, 0 without.')
  })

  test('notes how many posts a day X takes at most, if that is too few', async () => {
    const most = await hexbird(['costs', '--with-photo', '9600'])
    expect(most.stderr).not.toContain('posts a day')
    const more = await hexbird(['costs', '--with-photo', '9600', '--without-photo', '1'])
    expect(more.stderr).toContain('X accepts at most 9600 posts a day from one account.')
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
      expect(more - aDay.total).toBeCloseTo((some.withPhoto * selfServe2026.prices.label) / 1e6)
    }),
  )
})
