import fc from 'fast-check'
import type { Budget, Charge, Reservation } from '../ports/budget.js'
import { type Contract, expectEqual, expectTrue, inTwenties, tries } from './case.js'

/** The contract of `Budget`. */
export const budgetContract: Contract<Budget> = [
  {
    name: 'charges are granted up to the limit exactly, and refused from there with the charge and the end of its window',
    async check(make) {
      const budget = await make()
      for (const amount of [3, 1, 1]) await expectGranted(budget, [charge(amount)], `reserve ${amount}`)
      await expectRefused(budget, [charge(1)], 'reserve 1 more than the limit')
      await expectRefused(budget, [charge(1)], 'reserve one millisecond before the end', END - 1)
      await expectRefused(budget, [charge(1, { call: 'a' })], 'reserve 1 more for a call')
    },
  },
  {
    name: 'one charge above the limit is refused, one of the whole limit is granted',
    async check(make) {
      const budget = await make()
      for (const call of [undefined, 'a']) {
        const window = `window of ${call}`
        await expectRefused(budget, [charge(6, { window, call })], `reserve 6 of 5 for ${call}`)
        await expectGranted(budget, [charge(5, { window, call })], `reserve 5 of 5 for ${call}`)
      }
    },
  },
  {
    name: 'a refused charge leaves the room that there was, for one that fits',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(3)], NOW)
      await expectRefused(budget, [charge(3)], 'reserve 3 where 2 are left')
      await expectRefused(budget, [charge(3, { call: 'a' })], 'reserve 3 for a call where 2 are left')
      await expectGranted(budget, [charge(2)], 'reserve 2 where 2 are left')
    },
  },
  {
    name: 'the first window without room refuses, and nothing is charged to it or to any after it',
    async check(make) {
      for (const call of [undefined, 'a']) {
        const budget = await make()
        const author = charge(2, { window: 'author', call })
        const day = charge(2, { window: 'day', call, endsAt: END + 1 })
        const month = charge(2, { window: 'month', call, endsAt: END + 2 })
        await budget.reserve([{ ...day, call: 'other', amount: 4 }], NOW)
        await budget.reserve([{ ...month, call: 'other', amount: 3 }], NOW)
        const refused = { kind: 'refused', charge: day, until: END + 1 }
        expectEqual(await budget.reserve([author, day, month], NOW), refused, 'reserve where the day has no room')
        await expectGranted(budget, [{ ...day, call: 'one', amount: 1 }], 'reserve what the day has left')
        await expectGranted(budget, [{ ...month, call: 'one' }], 'reserve what the month has left')
      }
    },
  },
  {
    name: 'a granted reservation is charged to every window',
    async check(make) {
      for (const call of [undefined, 'a']) {
        const budget = await make()
        const [author, day] = [charge(2, { window: 'author', call }), charge(4, { window: 'day', call })]
        await expectGranted(budget, [author, day], 'reserve')
        await expectLeft(budget, 3, { window: 'author' })
        await expectLeft(budget, 1, { window: 'day' })
      }
    },
  },
  {
    name: 'windows whose names look alike are different windows',
    async check(make) {
      const budget = await make()
      for (const window of ALIKE) await expectGranted(budget, [charge(5, { window })], `reserve in ${window}`)
      for (const window of ALIKE) await expectRefused(budget, [charge(1, { window })], `reserve more in ${window}`)
    },
  },
  {
    name: 'calls whose names look alike are different calls',
    async check(make) {
      const budget = await make()
      const calls = [...ALIKE, '__proto__', 'sum', 'ends_at', 'x'.repeat(200), `${'x'.repeat(199)}y`]
      const limit = calls.length
      for (const call of calls) await expectGranted(budget, [charge(1, { call, limit })], `reserve for ${call}`)
      await expectRefused(budget, [charge(1, { call: 'one more', limit })], 'reserve for one call more')
      for (const call of calls) await expectGranted(budget, [charge(1, { call, limit })], `again for ${call}`)
      await budget.settle([charge(0, { call: calls[0] })], NOW)
      await expectGranted(budget, [charge(1, { limit })], 'reserve what the first call no longer has')
      for (const call of calls.slice(1))
        await expectGranted(budget, [charge(1, { call, limit })], `once more for ${call}`)
    },
  },
  {
    name: 'two charges to one window in one reservation both count',
    async check(make) {
      const budget = await make()
      for (const [window, ...calls] of [
        ['without calls', undefined, undefined],
        ['with calls', 'a', 'b'],
      ] as const) {
        const two = (first: number, second: number, which: string) => [
          charge(first, { window: which, call: calls[0] }),
          charge(second, { window: which, call: calls[1] }),
        ]
        await expectRefused(budget, two(3, 3, `${window}, full`), `3 and 3 of 5, ${window}`, NOW, 1)
        await expectGranted(budget, two(3, 1, window), `3 and 1 of 5, ${window}`)
        await expectLeft(budget, 1, { window })
      }
    },
  },
  {
    name: 'a charge of nothing is granted, in a full window too, and takes no room',
    async check(make) {
      const budget = await make()
      await expectGranted(budget, [], 'reserve no charges')
      for (const call of [undefined, 'a']) {
        const window = `window of ${call}`
        await expectGranted(budget, [charge(0, { window, call })], 'reserve 0 of a new window')
        await expectGranted(budget, [charge(5, { window })], 'reserve the limit')
        await expectGranted(budget, [charge(0, { window, call })], 'reserve 0 of a full window')
        await expectGranted(budget, [charge(0, { window, call: 'other' })], 'reserve 0 for another call')
        await expectGranted(budget, [charge(0, { window: 'none', call, limit: 0 })], 'reserve 0 of 0')
        await expectRefused(budget, [charge(1, { window: 'none', call, limit: 0 })], 'reserve 1 of 0')
      }
      await budget.settle([], NOW)
    },
  },
  {
    name: 'amounts are whole up to the largest that a number holds',
    async check(make) {
      const budget = await make()
      const large = charge(Number.MAX_SAFE_INTEGER - 1, { limit: Number.MAX_SAFE_INTEGER })
      await expectGranted(budget, [large], 'reserve the limit but one')
      await expectRefused(budget, [{ ...large, amount: 2 }], 'reserve 2 where 1 is left')
      await expectGranted(budget, [{ ...large, amount: 1 }], 'reserve 1 where 1 is left')
    },
  },
  {
    name: 'the same call reserved again takes over what is there, and nothing is added',
    async check(make) {
      const budget = await make()
      const mine = charge(3, { call: 'mine' })
      for (const time of ['first', 'second', 'third']) await expectGranted(budget, [mine], `the ${time} time`)
      await expectLeft(budget, 2)
      await expectGranted(budget, [charge(2, { call: 'other' })], 'reserve the rest for another call')
      await expectGranted(budget, [mine], 'again where the window is full')
      await expectRefused(budget, [charge(1)], 'reserve 1 more')
    },
  },
  {
    name: 'more reserved for the same call raises it by the difference, and less does not lower it',
    async check(make) {
      const budget = await make()
      for (const amount of [1, 4, 2]) await expectGranted(budget, [charge(amount, { call: 'a' })], `reserve ${amount}`)
      await expectLeft(budget, 1)
      await expectGranted(budget, [charge(5, { call: 'a' })], 'raise to the limit')
      await expectLeft(budget, 0)
      await expectGranted(budget, [charge(1, { call: 'a' })], 'less in a full window')
      await expectLeft(budget, 0)
    },
  },
  {
    name: 'a raise without room for the difference is refused, and what was reserved stays',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(2, { call: 'a' })], NOW)
      await budget.reserve([charge(2, { call: 'b' })], NOW)
      await expectRefused(budget, [charge(4, { call: 'a' })], 'raise by 2 where 1 is left')
      await expectLeft(budget, 1)
      await expectGranted(budget, [charge(2, { call: 'a' })], 'what is reserved already')
      await expectLeft(budget, 1)
      await expectGranted(budget, [charge(3, { call: 'a' })], 'raise by 1 where 1 is left')
      await expectLeft(budget, 0)
    },
  },
  {
    name: 'a refused reservation takes nothing back that an earlier one reserved for the same call',
    async check(make) {
      const budget = await make()
      const [author, day] = [charge(3, { window: 'author', call: 'a' }), charge(1, { window: 'day', call: 'a' })]
      await budget.reserve([author], NOW)
      await budget.reserve([charge(5, { window: 'day' })], NOW)
      await expectRefused(budget, [author, day], 'reserve where the day is full', NOW, 1)
      await expectRefused(budget, [{ ...author, amount: 4 }, day], 'raise where the day is full', NOW, 1)
      await expectRefused(budget, [charge(3, { window: 'author' })], 'reserve 3 where 3 are reserved for the call')
      await budget.settle([{ ...author, amount: 0 }], NOW)
      await expectLeft(budget, 5, { window: 'author' })
    },
  },
  {
    name: 'settling lowers a reservation to what was billed and forgets the call: the same call is then charged again',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(4, { call: 'a' })], NOW)
      await budget.settle([charge(1, { call: 'a' })], NOW)
      await expectLeft(budget, 4)
      await expectGranted(budget, [charge(1, { call: 'a' })], 'reserve for the call again')
      await expectLeft(budget, 3)
      await budget.settle([charge(0, { call: 'a' })], NOW)
      await expectLeft(budget, 4)
      await budget.reserve([charge(2, { call: 'a' })], NOW)
      await budget.settle([charge(2, { call: 'a' })], NOW)
      await expectLeft(budget, 2)
      await expectGranted(budget, [charge(2, { call: 'a' })], 'reserve once more, after settling for all')
      await expectLeft(budget, 0)
    },
  },
  {
    name: 'settling lowers what is reserved in every window that it names, and in no other',
    async check(make) {
      const budget = await make()
      const windows = ['author', 'day', 'month']
      const all = (amount: number) => windows.map((window) => charge(amount, { window, call: 'a' }))
      await budget.reserve(all(3), NOW)
      await budget.settle(all(1).slice(0, 2), NOW)
      for (const window of ['author', 'day']) await expectLeft(budget, 4, { window })
      await expectLeft(budget, 2, { window: 'month' })
      await expectGranted(budget, [charge(3, { window: 'month', call: 'a' })], 'take over what was not settled')
      await expectLeft(budget, 2, { window: 'month' })
    },
  },
  {
    name: 'settling twice is settling once',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(2, { call: 'b' })], NOW)
      await budget.reserve([charge(3, { call: 'a' })], NOW)
      for (const time of ['first', 'second']) {
        await budget.settle([charge(1, { call: 'a' })], NOW)
        await expectLeft(budget, 2, {}, `after the ${time}`)
      }
      await budget.settle([charge(0, { call: 'a' })], NOW)
      await expectLeft(budget, 2, {}, 'after the third, of less')
    },
  },
  {
    name: 'settling a call for which nothing is reserved changes nothing',
    async check(make) {
      const budget = await make()
      await budget.settle([charge(5, { window: 'new', call: 'a' })], NOW)
      await budget.reserve([charge(2, { call: 'b' })], NOW)
      await budget.reserve([charge(1)], NOW)
      for (const amount of [0, 1, 5]) await budget.settle([charge(amount, { call: 'a' })], NOW)
      await expectLeft(budget, 2)
      await expectLeft(budget, 5, { window: 'new' })
    },
  },
  {
    name: 'settling for more than is reserved keeps what is reserved, and forgets the call',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(2, { call: 'a' })], NOW)
      await budget.settle([charge(4, { call: 'a' })], NOW)
      await expectLeft(budget, 3)
      await expectGranted(budget, [charge(2, { call: 'a' })], 'reserve for the call again')
      await expectLeft(budget, 1)
    },
  },
  {
    name: 'a charge without a call counts each time and is taken back by settling, never below nothing',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(1, { window: 'author' }), charge(2, { window: 'day' })], NOW)
      await budget.reserve([charge(1, { window: 'author' }), charge(2, { window: 'day' })], NOW)
      await budget.settle([charge(1, { window: 'author' }), charge(2, { window: 'day' })], NOW)
      await expectLeft(budget, 4, { window: 'author' })
      await expectLeft(budget, 3, { window: 'day' })
      await budget.settle([charge(3, { window: 'author' })], NOW)
      await expectLeft(budget, 5, { window: 'author' })
    },
  },
  {
    name: 'a window has all its room again from the moment that it ends, and not before',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(5)], NOW)
      const next = charge(5, { endsAt: END + 1_000 })
      await expectRefused(budget, [charge(1)], 'reserve one millisecond before the end', END - 1)
      await expectGranted(budget, [next], 'reserve at the end', END)
      await expectRefused(budget, [{ ...next, amount: 1 }], 'reserve more in the next window', END + 999)
    },
  },
  {
    name: 'a call is charged again in a window that began after it was reserved',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(4, { call: 'a' })], NOW)
      const next = charge(2, { call: 'a', endsAt: END + 1_000 })
      await expectGranted(budget, [next], 'reserve in the next window', END)
      await expectLeft(budget, 3, { endsAt: END + 1_000 }, 'the next window', END)
      await expectGranted(budget, [next], 'again', END)
      await expectLeft(budget, 3, { endsAt: END + 1_000 }, 'the next window, again', END)
    },
  },
  {
    name: 'settling after the window has ended changes nothing in the one that follows',
    async check(make) {
      for (const call of [undefined, 'a']) {
        const budget = await make()
        await budget.reserve([charge(5, { call })], NOW)
        await budget.settle([charge(call ? 0 : 5, { call })], END)
        const next = charge(5, { call, endsAt: END + 1_000 })
        await expectRefused(budget, [{ ...next, amount: 6 }], 'reserve 6 of 5 in the next window', END)
        await expectGranted(budget, [next], 'reserve 5 of 5 in the next window', END)
        await budget.settle([charge(call ? 0 : 5, { call })], END)
        await expectRefused(budget, [{ ...next, call: 'other', amount: 1 }], 'reserve 1 more', END)
      }
    },
  },
  {
    name: 'a window that ends takes no other with it',
    async check(make) {
      const budget = await make()
      const windows = [
        charge(5, { window: 'long', call: 'a', endsAt: END + 1_000 }),
        charge(5, { window: 'short', call: 'a', endsAt: END }),
        charge(5, { window: 'longest', call: 'a', endsAt: END + 2_000 }),
      ]
      for (const window of windows) await budget.reserve([window], NOW)
      await expectGranted(budget, [charge(5, { window: 'short', endsAt: END + 500 })], 'reserve of what ended', END)
      for (const window of windows.filter(({ endsAt }) => endsAt > END)) {
        await expectRefused(budget, [{ ...window, call: 'b', amount: 1 }], `reserve of ${window.window}`, END)
        await expectGranted(budget, [window], `take over what is reserved of ${window.window}`, END)
      }
    },
  },
  {
    name: 'of twenty that reserve at once as many are granted as there is room for',
    async check(make) {
      for (const callOf of [() => undefined, (index: number) => `call ${index}`]) {
        const budget = await make()
        const charges = Array.from({ length: 20 }, (_, index) => charge(1, { call: callOf(index) }))
        const reserved = await Promise.all(charges.map((each) => budget.reserve([each], NOW)))
        expectEqual(reserved.filter(isGranted).length, 5, 'how many of 20 concurrent charges of 1 of 5 were granted')
        for (const [index, each] of charges.entries()) {
          if (reserved[index]?.kind === 'refused') expectEqual(reserved[index], refusal(each), 'what another was told')
        }
      }
    },
  },
  {
    name: 'of twenty that reserve at once in two windows neither is charged beyond its limit',
    async check(make) {
      const budget = await make()
      const two = (call: string | undefined) => [
        charge(2, { window: 'author', call }),
        charge(3, { window: 'day', call, limit: 12 }),
      ]
      const calls = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? undefined : `call ${index}`))
      const reserved = await Promise.all(calls.map((call) => budget.reserve(two(call), NOW)))
      const granted = reserved.filter(isGranted).length
      expectEqual(granted, 2, 'how many of 20 concurrent reservations were granted where the first has room for 2')
      await expectLeft(budget, 6, { window: 'day', limit: 12 })
    },
  },
  {
    name: 'twenty that reserve for the same call at once are charged once, and all are granted',
    async check(make) {
      const budget = await make()
      const two = [charge(2, { window: 'author', call: 'a' }), charge(3, { window: 'day', call: 'a' })]
      const reserved = await Promise.all(Array.from({ length: 20 }, () => budget.reserve(two, NOW)))
      expectEqual(reserved.filter(isGranted).length, 20, 'how many of 20 with the same call were granted')
      await expectLeft(budget, 3, { window: 'author' })
      await expectLeft(budget, 2, { window: 'day' })
      const raised = [1, 2, 3, 4].map((amount) => budget.reserve([charge(amount, { window: 'day', call: 'a' })], NOW))
      expectEqual((await Promise.all(raised)).filter(isGranted).length, 4, 'how many of 4 raises were granted')
      await expectLeft(budget, 1, { window: 'day' })
    },
  },
  {
    name: 'of many that settle at once each gives its room back, once',
    async check(make) {
      const budget = await make()
      for (let times = 0; times < 2; times++) await budget.reserve([charge(1)], NOW)
      for (const call of ['a', 'b', 'c']) await budget.reserve([charge(1, { call })], NOW)
      const settled = [undefined, 'a', 'b', 'b', 'b'].map((call) => charge(call ? 0 : 1, { call }))
      await Promise.all(settled.map((each) => budget.settle([each], NOW)))
      await expectLeft(budget, 3)
    },
  },
  {
    name: 'once all are forgotten every window has all its room, and its limit holds again',
    async check(make) {
      const budget = await make()
      await budget.removeAll()
      const windows = Array.from({ length: 120 }, (_, index) => `author:${index + 1}`)
      const reserveAll = async () => {
        const all = await inTwenties(windows, (window) => budget.reserve([charge(5, { window, call: 'a' })], NOW))
        return all.filter(isGranted).length
      }
      expectEqual(await reserveAll(), 120, 'how many of 120 windows have room')
      await budget.removeAll()
      const others = await inTwenties(windows, (window) => budget.reserve([charge(1, { window })], NOW))
      expectEqual(others.filter(isGranted).length, 120, 'how many of 120 windows have room after all were forgotten')
      await budget.removeAll()
      expectEqual(await reserveAll(), 120, 'how many of 120 windows have all their room')
      await expectRefused(budget, [charge(1, { window: 'author:120' })], 'reserve 1 more')
    },
  },
  {
    name: 'settling what was forgotten makes no room beyond the limit',
    async check(make) {
      const budget = await make()
      await budget.reserve([charge(2)], NOW)
      await budget.reserve([charge(3, { call: 'a' })], NOW)
      await budget.removeAll()
      await budget.settle([charge(2), charge(0, { call: 'a' })], NOW)
      await expectRefused(budget, [charge(6)], 'reserve 6 of 5')
      await expectGranted(budget, [charge(5)], 'reserve 5 of 5')
      await expectRefused(budget, [charge(1)], 'reserve 1 more')
    },
  },
  {
    name: 'whatever is reserved at once, the limit holds and nobody is refused who would have fitted in the end',
    async check(make) {
      const asked = fc.record({ amount: fc.nat({ max: 4 }), call: fc.constantFrom(undefined, 'a', 'b') })
      const property = fc.asyncProperty(fc.array(asked, { minLength: 2, maxLength: 6 }), async (all) => {
        const budget = await make()
        const reserved = await Promise.all(
          all.map(async (each) => ({ ...each, reserved: await budget.reserve([charge(each.amount, each)], NOW) })),
        )
        const granted = reserved.filter((each) => isGranted(each.reserved))
        const most = (call: string) => Math.max(0, ...granted.filter((each) => each.call === call).map(amountOf))
        const [a, b] = [most('a'), most('b')]
        const sum =
          a + b + granted.filter(({ call }) => call === undefined).reduce((total, each) => total + each.amount, 0)
        expectTrue(sum <= 5, `${sum} of 5 were granted`)
        for (const each of reserved) {
          if (isGranted(each.reserved)) continue
          const there = each.call === undefined ? 0 : each.call === 'a' ? a : b
          expectTrue(sum + each.amount - there > 5, `${each.amount} were refused and only ${sum} of 5 are reserved`)
        }
        await expectLeft(budget, 5 - sum)
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
  {
    name: 'any sequence of reserving, settling and forgetting gets what the sums of its windows allow',
    async check(make) {
      const property = fc.asyncProperty(fc.array(command, { maxLength: 12, size: 'max' }), async (commands) => {
        const budget = await make()
        let possible: readonly Sums[] = [{}]
        let now = NOW
        for (const { kind, charges: wanted, wait } of commands) {
          now += wait
          possible = possible.map((sums) => running(sums, now))
          const charges = wanted.map(([window, amount, call]) =>
            charge(amount, { window, call, endsAt: endOf(window, now) }),
          )
          if (kind === 'removeAll') {
            await budget.removeAll()
            possible = [{}]
          } else if (kind === 'settle') {
            await budget.settle(charges, now)
            possible = possible.map((sums) => charges.reduce(settled, sums))
          } else {
            const got = await budget.reserve(charges, now)
            const before = possible
            possible = distinct(possible.flatMap((sums) => after(sums, charges, got)))
            expectTrue(possible.length > 0, `${JSON.stringify(got)}, where ${JSON.stringify(before)} is possible`)
          }
        }
      })
      const run = await fc.check(property, tries())
      expectTrue(!run.failed, `${fc.defaultReportMessage(run)}`)
    },
  },
]

/** Ahead of any clock (2060-01-01), so that a budget that also drops windows by its own clock keeps these. */
const NOW = 2_840_140_800_000
const END = NOW + 900_000

const ALIKE = ['author:1999999999999999999', 'author:1999999999999999998', 'author:1', 'author:10', 'é 🐦', 'author:']

interface Of {
  readonly window?: string
  readonly call?: string | undefined
  readonly limit?: number
  readonly endsAt?: number
}

function charge(amount: number, { window = 'window', call, limit = 5, endsAt = END }: Of = {}): Charge {
  return { kind: 'day', window, ...(call !== undefined && { call }), amount, limit, endsAt }
}

const GRANTED: Reservation = { kind: 'granted' }

const refusal = (refused: Charge): Reservation => ({ kind: 'refused', charge: refused, until: refused.endsAt })

const isGranted = (reserved: Reservation) => reserved.kind === 'granted'

const amountOf = ({ amount }: { readonly amount: number }) => amount

async function expectGranted(budget: Budget, charges: readonly Charge[], what: string, now = NOW): Promise<void> {
  expectEqual(await budget.reserve(charges, now), GRANTED, what)
}

/** `index` is the index of the charge that is refused. */
async function expectRefused(
  budget: Budget,
  charges: readonly Charge[],
  what: string,
  now = NOW,
  index = 0,
): Promise<void> {
  const refused = charges[index]
  expectEqual(await budget.reserve(charges, now), refused && refusal(refused), what)
}

/** Expects that exactly this much can be reserved, and gives it back. */
async function expectLeft(budget: Budget, left: number, of: Of = {}, what = of.window ?? '', now = NOW): Promise<void> {
  await expectRefused(budget, [charge(left + 1, of)], `${left + 1} where ${left} are left: ${what}`, now)
  await expectGranted(budget, [charge(left, of)], `${left} where ${left} are left: ${what}`, now)
  await budget.settle([charge(left, of)], now)
}

/** The model: every window that has a charge. */
type Sums = Readonly<Record<string, Sum>>

interface Sum {
  readonly sum: number
  readonly endsAt: number
  readonly calls: Readonly<Record<string, number>>
}

const running = (sums: Sums, now: number): Sums =>
  Object.fromEntries(Object.entries(sums).filter(([, { endsAt }]) => now < endsAt))

function withSum(sums: Sums, { window, endsAt, call }: Charge, sum: number, reserved: number): Sums {
  const { [call ?? '']: _, ...calls } = sums[window]?.calls ?? {}
  return { ...sums, [window]: { sum, endsAt, calls: { ...calls, ...(call && reserved > 0 && { [call]: reserved }) } } }
}

/** Returns the sums after a charge, or `undefined` if there is no room. */
function charged(sums: Sums, each: Charge): Sums | undefined {
  const { sum, calls }: Pick<Sum, 'sum' | 'calls'> = sums[each.window] ?? { sum: 0, calls: {} }
  const before = each.call === undefined ? 0 : (calls[each.call] ?? 0)
  const more = Math.max(0, each.amount - before)
  return sum + more <= each.limit ? withSum(sums, each, sum + more, before + more) : undefined
}

function settled(sums: Sums, each: Charge): Sums {
  const before = sums[each.window]
  if (before === undefined || before.endsAt !== each.endsAt) return sums
  const reserved = before.calls[each.call ?? ''] ?? 0
  const less = each.call === undefined ? each.amount : Math.max(0, reserved - each.amount)
  return withSum(sums, each, Math.max(0, before.sum - less), 0)
}

/**
 * Returns the possible sums after a reservation: before a refused charge, each charge may stay or not. Empty if `got`
 * is wrong.
 */
function after(sums: Sums, charges: readonly Charge[], got: Reservation): readonly Sums[] {
  let all: Sums = sums
  let some: readonly Sums[] = [sums]
  for (const each of charges) {
    const next = charged(all, each)
    if (next === undefined) return same(got, refusal(each)) ? some : []
    all = next
    some = some.flatMap((one) => [one, charged(one, each) ?? one])
  }
  return isGranted(got) ? [all] : []
}

const same = (one: Reservation, other: Reservation) => keyOf(one) === keyOf(other)

const distinct = (all: readonly Sums[]) => [...new Map(all.map((one) => [keyOf(one), one])).values()]

const keyOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

const endOf = (window: string, now: number) => {
  const length = window === 'short' ? 1_000 : 3_000
  return now - ((now - NOW) % length) + length
}

const command = fc.record({
  kind: fc.constantFrom(...Array<'reserve'>(9).fill('reserve'), 'settle', 'settle', 'settle', 'removeAll'),
  charges: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom('short', 'long'),
      fc.constantFrom(0, 1, 2, 2, 3, 4, 5),
      fc.constantFrom(undefined, 'a', 'a', 'b'),
    ),
    { minLength: 1, maxLength: 2, selector: ([window]) => window },
  ),
  wait: fc.constantFrom(0, 0, 0, 0, 1, 999, 1_000),
})
