import fc from 'fast-check'
import type { OptOuts } from '../ports/opt-outs.js'
import { type Contract, expectEqual, expectTrue, inTwenties, tries } from './case.js'

/** The contract of `OptOuts`. */
export const optOutsContract: Contract<OptOuts> = [
  {
    name: 'whoever never opted out is not there',
    async check(make) {
      const optOuts = await make()
      expectEqual(await optOuts.has('42'), false, 'has(42) of nobody')
      await optOuts.add('42', NOW)
      for (const userId of ['4', '2', '420', '0']) expectEqual(await optOuts.has(userId), false, `has(${userId})`)
    },
  },
  {
    name: 'an opt-out holds from the moment that add returns, and stays',
    async check(make) {
      const optOuts = await make()
      for (const userId of ['1999999999999999999', '42', '9007199254740993']) {
        await optOuts.add(userId, NOW)
        expectEqual(await optOuts.has(userId), true, `has(${userId}) at once`)
      }
      await optOuts.add('1', NOW + 10 * YEAR)
      for (const userId of ['1999999999999999999', '42', '9007199254740993', '1']) {
        expectEqual(await optOuts.has(userId), true, `has(${userId}) later`)
      }
    },
  },
  {
    name: 'ids that differ in the last digit only are different people',
    async check(make) {
      const optOuts = await make()
      await optOuts.add('1999999999999999999', NOW)
      await optOuts.add('9007199254740993', NOW)
      expectEqual(await optOuts.has('1999999999999999998'), false, 'has(1999999999999999998)')
      expectEqual(await optOuts.has('2000000000000000000'), false, 'has(2000000000000000000)')
      expectEqual(await optOuts.has('9007199254740992'), false, 'has(9007199254740992)')
    },
  },
  {
    name: 'opting out twice is opting out once',
    async check(make) {
      const optOuts = await make()
      await optOuts.add('42', NOW)
      await optOuts.add('42', NOW + 1)
      expectEqual(await optOuts.has('42'), true, 'has(42) after two adds')
      await optOuts.remove('42', NOW + 2)
      expectEqual(await optOuts.has('42'), false, 'has(42) after one remove')
    },
  },
  {
    name: 'who is removed may be answered again, and nobody else',
    async check(make) {
      const optOuts = await make()
      await optOuts.add('1', NOW)
      await optOuts.add('10', NOW)
      await optOuts.remove('1', NOW + 1)
      expectEqual(await optOuts.has('1'), false, 'has(1)')
      expectEqual(await optOuts.has('10'), true, 'has(10)')
      await optOuts.add('1', NOW + 2)
      expectEqual(await optOuts.has('1'), true, 'has(1) after another add')
    },
  },
  {
    name: 'removing somebody who is not there does nothing',
    async check(make) {
      const optOuts = await make()
      await optOuts.remove('42', NOW)
      expectEqual(await optOuts.has('42'), false, 'has(42) after the remove')
      await optOuts.add('42', NOW + 1)
      await optOuts.remove('43', NOW + 1)
      expectEqual(await optOuts.has('42'), true, 'has(42)')
      expectEqual(await optOuts.has('43'), false, 'has(43)')
    },
  },
  {
    name: 'an older wish not to be answered that comes later changes nothing',
    async check(make) {
      const optOuts = await make()
      await optOuts.remove('1', NOW + 9)
      await optOuts.add('2', NOW)
      await optOuts.remove('2', NOW + 9)
      for (const userId of ['1', '2']) {
        await optOuts.add(userId, NOW + 8)
        expectEqual(await optOuts.has(userId), false, `has(${userId}) after the older wish`)
        await optOuts.add(userId, NOW + 10)
        expectEqual(await optOuts.has(userId), true, `has(${userId}) after a newer one`)
      }
    },
  },
  {
    name: 'an older wish to be answered that comes later changes nothing',
    async check(make) {
      const optOuts = await make()
      await optOuts.add('1', NOW + 9)
      await optOuts.remove('1', NOW + 8)
      expectEqual(await optOuts.has('1'), true, 'has(1) after the older wish')
      await optOuts.add('1', NOW + 2)
      await optOuts.remove('1', NOW + 7)
      expectEqual(await optOuts.has('1'), true, 'has(1) after two older wishes')
      await optOuts.add('1', NOW + 12)
      await optOuts.remove('1', NOW + 10)
      expectEqual(await optOuts.has('1'), true, 'has(1) after one between two')
    },
  },
  {
    name: 'of two wishes at one time the one not to be answered counts, in whichever order they come',
    async check(make) {
      const optOuts = await make()
      await optOuts.add('1', NOW)
      await optOuts.remove('1', NOW)
      await optOuts.remove('2', NOW)
      await optOuts.add('2', NOW)
      expectEqual([await optOuts.has('1'), await optOuts.has('2')], [true, true], 'has(1) and has(2)')
    },
  },
  {
    name: 'of many wishes of one person at once the latest counts',
    async check(make) {
      for (const last of [18, 19]) {
        const optOuts = await make()
        const times = Array.from({ length: last + 1 }, (_, index) => (index * 7 + last) % (last + 1))
        await Promise.all(
          times.map((time) => (time % 2 === 0 ? optOuts.add('42', NOW + time) : optOuts.remove('42', NOW + time))),
        )
        expectEqual(await optOuts.has('42'), last % 2 === 0, `has(42) after ${last + 1} at once`)
      }
    },
  },
  {
    name: 'many who opt out at once are all kept',
    async check(make) {
      const optOuts = await make()
      const people = Array.from({ length: 20 }, (_, index) => `${index + 1}`)
      await Promise.all(people.map((userId) => optOuts.add(userId, NOW)))
      const kept = await Promise.all(people.map((userId) => optOuts.has(userId)))
      expectEqual(kept, Array(20).fill(true), 'has, for each of 20')
    },
  },
  {
    name: 'once all are removed nobody has opted out, and anybody can again',
    async check(make) {
      const optOuts = await make()
      await optOuts.removeAll()
      const people = Array.from({ length: 120 }, (_, index) => `${index + 1}`)
      await inTwenties(people, (userId) => optOuts.add(userId, NOW))
      await optOuts.removeAll()
      const kept = await inTwenties(people, (userId) => optOuts.has(userId))
      expectEqual(kept.filter(Boolean).length, 0, 'how many of 120 are there after all were removed')
      await optOuts.remove('1', NOW)
      await optOuts.removeAll()
      await optOuts.add('1', NOW - 1)
      expectEqual([await optOuts.has('1'), await optOuts.has('2')], [true, false], 'has(1) after an add, and has(2)')
    },
  },
  {
    name: 'after any sequence of wishes the latest of each person counts',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { maxLength: 8 }), async (commands) => {
        const optOuts = await make()
        let wishes: readonly { readonly kind: string; readonly userId: string; readonly time: number }[] = []
        for (const wish of commands) {
          const { kind, userId, time } = wish
          wishes = kind === 'removeAll' ? [] : [...wishes, wish]
          if (kind === 'add') await optOuts.add(userId, NOW + time)
          else if (kind === 'remove') await optOuts.remove(userId, NOW + time)
          else await optOuts.removeAll()
          for (const id of USER_IDS) {
            const theirs = wishes.filter((each) => each.userId === id)
            const latest = Math.max(...theirs.map((each) => each.time))
            const wantsNone = theirs.some((each) => each.time === latest && each.kind === 'add')
            expectEqual(await optOuts.has(id), wantsNone, `has(${id}) after ${kind}`)
          }
        }
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

/** Ahead of any clock: 2060-01-01. */
const NOW = 2_840_140_800_000
const YEAR = 365 * 86_400_000

const USER_IDS = ['9007199254740992', '9007199254740993']

const command = fc.record({
  kind: fc.constantFrom('add', 'add', 'add', 'remove', 'remove', 'removeAll'),
  userId: fc.constantFrom(...USER_IDS),
  time: fc.constantFrom(0, 1, 2, 3),
})
