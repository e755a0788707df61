import fc from 'fast-check'
import type { Budget, Charge, Spend } from '../ports/budget.js'
import { type Contract, expectEqual, expectTrue, inTwenties } from './case.js'

/** What every `Budget` promises. */
export const budgetContract: Contract<Budget> = [
  {
    name: 'spends are granted up to the limit exactly, and refused from there with the window and its end',
    async check(make) {
      const budget = await make()
      for (const amount of [3, 1, 1]) expectEqual(await budget.spend([charge(amount)], NOW), GRANTED, `spend ${amount}`)
      expectEqual(await budget.spend([charge(1)], NOW), REFUSED, 'spend 1 more than the limit')
      expectEqual(await budget.spend([charge(1)], END - 1), REFUSED, 'spend one millisecond before the end')
    },
  },
  {
    name: 'one spend above the limit is refused, one of the whole limit is granted',
    async check(make) {
      const budget = await make()
      expectEqual(await budget.spend([charge(6)], NOW), REFUSED, 'spend 6 of 5')
      expectEqual(await budget.spend([charge(5)], NOW), GRANTED, 'spend 5 of 5')
    },
  },
  {
    name: 'a refused spend leaves the room that there was, for one that fits',
    async check(make) {
      const budget = await make()
      await budget.spend([charge(3)], NOW)
      expectEqual(await budget.spend([charge(3)], NOW), REFUSED, 'spend 3 where 2 are left')
      expectEqual(await budget.spend([charge(2)], NOW), GRANTED, 'spend 2 where 2 are left')
    },
  },
  {
    name: 'the first window without room refuses, and nothing is charged to it or to any after it',
    async check(make) {
      const budget = await make()
      const [author, day, month] = [charge(2, 'author'), charge(2, 'day', END + 1), charge(2, 'month', END + 2)]
      await budget.spend([{ ...day, amount: 4 }], NOW)
      await budget.spend([{ ...month, amount: 3 }], NOW)
      const refused = { kind: 'refused', window: 'day', until: END + 1 }
      expectEqual(await budget.spend([author, day, month], NOW), refused, 'spend where the day has no room')
      expectEqual(await budget.spend([{ ...day, amount: 1 }], NOW), GRANTED, 'spend what the day has left')
      expectEqual(await budget.spend([month], NOW), GRANTED, 'spend what the month has left')
    },
  },
  {
    name: 'a granted spend is charged to every window',
    async check(make) {
      const budget = await make()
      const [author, day] = [charge(2, 'author'), charge(4, 'day')]
      expectEqual(await budget.spend([author, day], NOW), GRANTED, 'spend')
      for (const window of ['author', 'day']) {
        const left = window === 'author' ? 3 : 1
        expectEqual(
          await budget.spend([charge(left + 1, window)], NOW),
          { ...REFUSED, window },
          `too much for ${window}`,
        )
        expectEqual(await budget.spend([charge(left, window)], NOW), GRANTED, `what ${window} has left`)
      }
    },
  },
  {
    name: 'windows whose names look alike are different windows',
    async check(make) {
      const budget = await make()
      const names = [
        'author:1999999999999999999',
        'author:1999999999999999998',
        'author:1',
        'author:10',
        'é 🐦',
        'author:',
      ]
      for (const window of names)
        expectEqual(await budget.spend([charge(5, window)], NOW), GRANTED, `spend of ${window}`)
      for (const window of names) {
        expectEqual(await budget.spend([charge(1, window)], NOW), { ...REFUSED, window }, `spend of ${window}`)
      }
    },
  },
  {
    name: 'a window named twice in one spend is charged twice',
    async check(make) {
      const budget = await make()
      expectEqual(await budget.allows([charge(3), charge(3)], NOW), REFUSED, 'allows 3 and 3 of 5')
      expectEqual(await budget.allows([charge(3), charge(2)], NOW), GRANTED, 'allows 3 and 2 of 5')
      expectEqual(await budget.spend([charge(3), charge(2)], NOW), GRANTED, 'spend 3 and 2 of 5')
      expectEqual(await budget.spend([charge(1)], NOW), REFUSED, 'spend 1 more')
    },
  },
  {
    name: 'a charge of nothing is granted, in a full window too, and takes no room',
    async check(make) {
      const budget = await make()
      expectEqual(await budget.spend([], NOW), GRANTED, 'spend no charges')
      expectEqual(await budget.spend([charge(0)], NOW), GRANTED, 'spend 0 of a new window')
      expectEqual(await budget.spend([charge(5)], NOW), GRANTED, 'spend the limit')
      expectEqual(await budget.spend([charge(0)], NOW), GRANTED, 'spend 0 of a full window')
      expectEqual(await budget.allows([charge(0)], NOW), GRANTED, 'allows 0 of a full window')
      expectEqual(await budget.spend([{ ...charge(0, 'none'), limit: 0 }], NOW), GRANTED, 'spend 0 of 0')
      const none = { ...charge(1, 'none'), limit: 0 }
      expectEqual(await budget.spend([none], NOW), { ...REFUSED, window: 'none' }, 'spend 1 of 0')
    },
  },
  {
    name: 'amounts are whole up to the largest that a number holds',
    async check(make) {
      const budget = await make()
      const large = { ...charge(Number.MAX_SAFE_INTEGER - 1), limit: Number.MAX_SAFE_INTEGER }
      expectEqual(await budget.spend([large], NOW), GRANTED, 'spend the limit but one')
      expectEqual(await budget.spend([{ ...large, amount: 2 }], NOW), REFUSED, 'spend 2 where 1 is left')
      expectEqual(await budget.spend([{ ...large, amount: 1 }], NOW), GRANTED, 'spend 1 where 1 is left')
    },
  },
  {
    name: 'asking whether a spend is allowed says what the spend would get, and spends nothing',
    async check(make) {
      const budget = await make()
      for (let times = 0; times < 3; times++) {
        expectEqual(await budget.allows([charge(3)], NOW), GRANTED, 'allows 3 of 5')
      }
      expectEqual(await budget.spend([charge(3)], NOW), GRANTED, 'spend 3 of 5')
      expectEqual(await budget.allows([charge(3)], NOW), REFUSED, 'allows 3 where 2 are left')
      const second = await budget.allows([charge(5, 'other'), charge(3)], NOW)
      expectEqual(second, REFUSED, 'allows where the second window has no room')
      expectEqual(await budget.spend([charge(5, 'other')], NOW), GRANTED, 'spend the limit of the first')
      expectEqual(await budget.spend([charge(2)], NOW), GRANTED, 'spend 2 where 2 are left')
    },
  },
  {
    name: 'a refund gives the room back, and no more',
    async check(make) {
      const budget = await make()
      const charges = [charge(2, 'author'), charge(3, 'day')]
      await budget.spend([charge(1, 'author'), charge(2, 'day')], NOW)
      await budget.spend(charges, NOW)
      await budget.refund(charges, NOW)
      for (const [window, left] of [
        ['author', 4],
        ['day', 3],
      ] as const) {
        expectEqual(
          await budget.spend([charge(left + 1, window)], NOW),
          { ...REFUSED, window },
          `too much for ${window}`,
        )
        expectEqual(await budget.spend([charge(left, window)], NOW), GRANTED, `what ${window} has left`)
      }
    },
  },
  {
    name: 'a window has all its room again from the moment that it ends, and not before',
    async check(make) {
      const budget = await make()
      await budget.spend([charge(5)], NOW)
      const next = charge(5, 'window', END + 1_000)
      expectEqual(await budget.allows([charge(1)], END - 1), REFUSED, 'allows one millisecond before the end')
      expectEqual(await budget.allows([next], END), GRANTED, 'allows at the end')
      expectEqual(await budget.spend([next], END), GRANTED, 'spend at the end')
      const refused = { ...REFUSED, until: END + 1_000 }
      expectEqual(await budget.spend([{ ...next, amount: 1 }], END + 999), refused, 'spend more in the next window')
    },
  },
  {
    name: 'a refund after the window has ended makes no room beyond the limit',
    async check(make) {
      const budget = await make()
      await budget.spend([charge(5)], NOW)
      await budget.refund([charge(5)], END)
      const next = charge(5, 'window', END + 1_000)
      const refused = { ...REFUSED, until: END + 1_000 }
      expectEqual(await budget.spend([{ ...next, amount: 6 }], END), refused, 'spend 6 of 5 in the next window')
      expectEqual(await budget.spend([next], END), GRANTED, 'spend 5 of 5 in the next window')
      await budget.refund([charge(5)], END)
      expectEqual(await budget.spend([{ ...next, amount: 1 }], END), refused, 'spend 1 more')
    },
  },
  {
    name: 'a window that ends takes no other with it',
    async check(make) {
      const budget = await make()
      const [long, short] = [charge(5, 'long', END + 1_000), charge(5, 'short', END)]
      for (const window of [long, short, charge(5, 'longest', END + 2_000)]) await budget.spend([window], NOW)
      expectEqual(await budget.spend([{ ...short, endsAt: END + 500 }], END), GRANTED, 'spend of what has ended')
      for (const [window, until] of [
        ['long', END + 1_000],
        ['longest', END + 2_000],
      ] as const) {
        const refused = { kind: 'refused', window, until }
        expectEqual(await budget.spend([charge(1, window, until)], END), refused, `spend of ${window}`)
      }
    },
  },
  {
    name: 'of many concurrent spends as many are granted as there is room for',
    async check(make) {
      const budget = await make()
      const spends = await Promise.all(Array.from({ length: 20 }, () => budget.spend([charge(1)], NOW)))
      expectEqual(spends.filter(isGranted).length, 5, 'how many of 20 concurrent spends of 1 of 5 were granted')
      expectEqual(
        spends.filter((spend) => !isGranted(spend)),
        Array(15).fill(REFUSED),
        'what the others were told',
      )
    },
  },
  {
    name: 'of many concurrent spends no window is charged beyond its limit',
    async check(make) {
      const budget = await make()
      const charges = [charge(2, 'author'), { ...charge(3, 'day'), limit: 12 }]
      const spends = await Promise.all(Array.from({ length: 20 }, () => budget.spend(charges, NOW)))
      const granted = spends.filter(isGranted).length
      expectEqual(granted, 2, 'how many of 20 concurrent spends were granted where the first window has room for 2')
      const refused = { kind: 'refused', window: 'day', until: END }
      const tooMuch = await budget.spend([{ ...charge(7, 'day'), limit: 12 }], NOW)
      expectEqual(tooMuch, refused, 'spend 7 where the second window has 6 left')
      const rest = await budget.spend([{ ...charge(6, 'day'), limit: 12 }], NOW)
      expectEqual(rest, GRANTED, 'spend 6 where the second window has 6 left')
    },
  },
  {
    name: 'of many concurrent refunds each gives its room back',
    async check(make) {
      const budget = await make()
      for (let times = 0; times < 5; times++) await budget.spend([charge(1)], NOW)
      await Promise.all(Array.from({ length: 4 }, () => budget.refund([charge(1)], NOW)))
      expectEqual(await budget.spend([charge(5)], NOW), REFUSED, 'spend 5 where 4 were given back')
      expectEqual(await budget.spend([charge(4)], NOW), GRANTED, 'spend 4 where 4 were given back')
    },
  },
  {
    name: 'once all are forgotten every window has all its room, and its limit holds again',
    async check(make) {
      const budget = await make()
      await budget.removeAll()
      const windows = Array.from({ length: 120 }, (_, index) => `author:${index + 1}`)
      const spendAll = async () => {
        const spends = await inTwenties(windows, (window) => budget.spend([charge(5, window)], NOW))
        return spends.filter(isGranted).length
      }
      expectEqual(await spendAll(), 120, 'how many of 120 windows have room')
      await budget.removeAll()
      expectEqual(await spendAll(), 120, 'how many of 120 windows have room after all were forgotten')
      const refused = { ...REFUSED, window: 'author:120' }
      expectEqual(await budget.spend([charge(1, 'author:120')], NOW), refused, 'spend 1 more')
    },
  },
  {
    name: 'a refund of what was forgotten makes no room beyond the limit',
    async check(make) {
      const budget = await make()
      await budget.spend([charge(5)], NOW)
      await budget.removeAll()
      await budget.refund([charge(5)], NOW)
      expectEqual(await budget.spend([charge(6)], NOW), REFUSED, 'spend 6 of 5')
      expectEqual(await budget.spend([charge(5)], NOW), GRANTED, 'spend 5 of 5')
      expectEqual(await budget.spend([charge(1)], NOW), REFUSED, 'spend 1 more')
    },
  },
  {
    name: 'whatever is spent at once, the limit holds and nobody is refused who would have fitted in the end',
    async check(make) {
      const property = fc.asyncProperty(
        fc.array(fc.nat({ max: 4 }), { minLength: 2, maxLength: 6 }),
        async (amounts) => {
          const budget = await make()
          const spends = await Promise.all(
            amounts.map(async (amount) => ({ amount, spend: await budget.spend([charge(amount)], NOW) })),
          )
          const sum = spends.reduce((total, { amount, spend }) => total + (isGranted(spend) ? amount : 0), 0)
          expectTrue(sum <= 5, `${sum} of 5 were granted`)
          for (const { amount, spend } of spends) {
            if (isGranted(spend)) continue
            expectTrue(sum + amount > 5, `${amount} were refused and only ${sum} of 5 are spent`)
          }
          expectEqual(
            await budget.spend([charge(6 - sum)], NOW),
            REFUSED,
            `spend ${6 - sum} where ${sum} of 5 are spent`,
          )
        },
      )
      const run = await fc.check(property, RUNS)
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
  {
    name: 'any sequence of spends, refunds and removals gets what the sums of its windows allow',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { maxLength: 8 }), async (commands) => {
        const budget = await make()
        const sums = new Map<string, Sum>()
        const refundable: (readonly Charge[])[] = []
        let now = NOW
        for (const { kind, charges: wanted, wait } of commands) {
          now += wait
          for (const [window, { endsAt }] of sums) if (endsAt <= now) sums.delete(window)
          const charges = wanted.map(([window, amount]) => charge(amount, window, endOf(window, now)))
          const last = kind === 'refund' ? refundable.pop() : undefined
          if (kind === 'removeAll') {
            sums.clear()
            refundable.length = 0
            await budget.removeAll()
          } else if (last !== undefined) {
            await budget.refund(last, now)
            for (const { window, amount, endsAt } of last) {
              if (sums.get(window)?.endsAt === endsAt) add(sums, window, endsAt, -amount, -amount)
            }
          } else if (kind === 'allows') {
            expectPossible(await budget.allows(charges, now), charges, sums)
          } else {
            const spend = await budget.spend(charges, now)
            expectPossible(spend, charges, sums)
            if (isGranted(spend)) refundable.push(charges)
            for (const { window, amount, endsAt } of charges) {
              if (!isGranted(spend) && spend.window === window) break
              add(sums, window, endsAt, isGranted(spend) ? amount : 0, amount)
            }
          }
        }
      })
      const run = await fc.check(property, RUNS)
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

const RUNS = { numRuns: 25, includeErrorInReport: true }

/** Ahead of any clock (2060-01-01), so that a budget which also drops windows by its own clock keeps these. */
const NOW = 2_840_140_800_000
const END = NOW + 900_000

const charge = (amount: number, window = 'window', endsAt = END): Charge => ({ window, amount, limit: 5, endsAt })

const GRANTED: Spend = { kind: 'granted' }
const REFUSED: Spend = { kind: 'refused', window: 'window', until: END }

const isGranted = (spend: Spend): spend is Extract<Spend, { kind: 'granted' }> => spend.kind === 'granted'

/** What a window was charged: a refused spend may or may not stay charged to the windows before the one that refused. */
interface Sum {
  readonly least: number
  readonly most: number
  readonly endsAt: number
}

function add(sums: Map<string, Sum>, window: string, endsAt: number, toLeast: number, toMost: number): void {
  const { least, most } = sums.get(window) ?? { least: 0, most: 0 }
  sums.set(window, { least: least + toLeast, most: Math.min(most + toMost, 5), endsAt })
}

function expectPossible(spend: Spend, charges: readonly Charge[], sums: ReadonlyMap<string, Sum>): void {
  for (const { window, amount, limit, endsAt } of charges) {
    const { least, most } = sums.get(window) ?? { least: 0, most: 0 }
    if (!isGranted(spend) && spend.window === window) {
      expectEqual(spend.until, endsAt, `until when ${window} has no room`)
      expectTrue(most + amount > limit, `${window} refused ${amount}, and at most ${most} of ${limit} are spent`)
      return
    }
    expectTrue(least + amount <= limit, `${window} let ${amount} pass, and at least ${least} of ${limit} are spent`)
  }
  expectTrue(isGranted(spend), 'a window refused that nothing was to be charged to')
}

const endOf = (window: string, now: number) => {
  const length = window === 'short' ? 1_000 : 3_000
  return now - ((now - NOW) % length) + length
}

const command = fc.record({
  kind: fc.constantFrom('spend', 'spend', 'spend', 'spend', 'spend', 'refund', 'refund', 'allows', 'removeAll'),
  charges: fc.uniqueArray(fc.tuple(fc.constantFrom('short', 'long'), fc.integer({ min: 0, max: 5 })), {
    minLength: 1,
    maxLength: 2,
    selector: ([window]) => window,
  }),
  wait: fc.constantFrom(0, 0, 1, 999, 1_000),
})
