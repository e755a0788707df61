import type { Budget, Charge, Spend } from '@hexbird/core'

const LIMIT = 'spends are granted up to the limit exactly, and refused from there with the window and its end'
const ABOVE = 'one spend above the limit is refused, one of the whole limit is granted'
const ROOM = 'a refused spend leaves the room that there was, for one that fits'
const ORDER = 'the first window without room refuses, and nothing is charged to it or to any after it'
const EVERY = 'a granted spend is charged to every window'
const NAMES = 'windows whose names look alike are different windows'
const TWICE = 'a window named twice in one spend is charged twice'
const NOTHING = 'a charge of nothing is granted, in a full window too, and takes no room'
const WHOLE = 'amounts are whole up to the largest that a number holds'
const ALLOWS = 'asking whether a spend is allowed says what the spend would get, and spends nothing'
const REFUND = 'a refund gives the room back, and no more'
const ENDED = 'a window has all its room again from the moment that it ends, and not before'
const LATE_REFUND = 'a refund after the window has ended makes no room beyond the limit'
const ALONE = 'a window that ends takes no other with it'
const RACE = 'of many concurrent spends as many are granted as there is room for'
const RACE_OF_TWO = 'of many concurrent spends no window is charged beyond its limit'
const REFUND_RACE = 'of many concurrent refunds each gives its room back'
const FORGOTTEN = 'once all are forgotten every window has all its room, and its limit holds again'
const FORGOTTEN_REFUND = 'a refund of what was forgotten makes no room beyond the limit'
const ANY_RACE = 'whatever is spent at once, the limit holds and nobody is refused who would have fitted in the end'
const MODEL = 'any sequence of spends, refunds and removals gets what the sums of its windows allow'

export const BUDGET_FAULTS = {
  'the limit itself is refused': [LIMIT, ABOVE, RACE, MODEL],
  'a spend may pass the limit where there is any room': [ABOVE, ROOM, ORDER, ANY_RACE, MODEL],
  'a refusal does not say until when': [LIMIT, ENDED, MODEL],
  'a refusal names the first window': [ORDER, ALLOWS],
  'a spend is charged before it is checked': [ABOVE, ROOM, ORDER, ANY_RACE],
  'a refused spend closes the window': [ABOVE, ROOM],
  'a refused spend is charged to the windows after': [ORDER],
  'the first window alone is charged': [EVERY, RACE_OF_TWO],
  'windows are told apart by eight letters': [NAMES],
  'a window named twice is charged once': [TWICE],
  'allows looks at each charge by itself': [TWICE],
  'a full window refuses a charge of nothing': [NOTHING],
  'a charge of nothing takes the least there is': [NOTHING],
  'sums lose digits': [WHOLE],
  'allows spends': [ALLOWS, TWICE],
  'allows is always granted': [ALLOWS, TWICE, ENDED],
  'a refund gives nothing back': [REFUND, REFUND_RACE],
  'a refund gives back the first window alone': [REFUND],
  'a refund empties its windows': [REFUND, REFUND_RACE],
  'a refund waits between reading and writing': [REFUND_RACE],
  'a refund of what has ended makes a credit': [LATE_REFUND, FORGOTTEN_REFUND],
  'a refund goes to whichever window has the name': [LATE_REFUND],
  'windows never end': [ENDED, ALONE, MODEL],
  'a window runs at its end, too': [ENDED, ALONE],
  'a window ends with the second before its end': [ENDED, LIMIT],
  'a window that ends empties the store': [ALONE],
  'a spend waits between checking and charging': [RACE, RACE_OF_TWO, ANY_RACE],
  'forgetting all does nothing': [FORGOTTEN, MODEL],
  'forgetting all forgets a hundred': [FORGOTTEN],
  'once all are forgotten no limit holds': [FORGOTTEN, FORGOTTEN_REFUND, MODEL],
} as const

export type BudgetFault = keyof typeof BUDGET_FAULTS

export function faultyBudget(fault?: BudgetFault): Budget {
  let windows = new Map<string, { sum: number; endsAt: number }>()
  let unlimited = false

  const nameOf = (window: string) => (fault === 'windows are told apart by eight letters' ? window.slice(0, 8) : window)

  function hasEnded(endsAt: number, now: number): boolean {
    if (fault === 'windows never end') return false
    if (fault === 'a window runs at its end, too') return now > endsAt
    if (fault === 'a window ends with the second before its end') return now > endsAt - 1_000
    return now >= endsAt
  }

  function windowOf({ window, endsAt }: Charge, now: number) {
    const known = windows.get(nameOf(window))
    if (known !== undefined && !hasEnded(known.endsAt, now)) return known
    if (known !== undefined && fault === 'a window that ends empties the store') windows.clear()
    const fresh = { sum: 0, endsAt }
    windows.set(nameOf(window), fresh)
    return fresh
  }

  function hasRoom({ amount, limit }: Charge, sum: number): boolean {
    if (unlimited) return true
    if (fault === 'the limit itself is refused') return sum + amount < limit || amount === 0
    if (fault === 'a spend may pass the limit where there is any room') return sum < limit || amount === 0
    if (fault === 'a full window refuses a charge of nothing') return sum < limit && sum + amount <= limit
    return amount <= limit - sum
  }

  const plus = (sum: number, { amount }: Charge) => {
    if (fault === 'sums lose digits') return Math.fround(sum + amount)
    return fault === 'a charge of nothing takes the least there is' ? sum + Math.max(amount, 1) : sum + amount
  }

  function refusal(charges: readonly Charge[], index: number, now: number): Spend {
    const charge = charges[fault === 'a refusal names the first window' ? 0 : index]
    if (charge === undefined) throw new TypeError('refused without a charge')
    const { endsAt } = windowOf(charge, now)
    return { kind: 'refused', window: charge.window, until: fault === 'a refusal does not say until when' ? 0 : endsAt }
  }

  function check(charges: readonly Charge[], now: number): Spend {
    const before = structuredClone(windows)
    const spend = chargeAll(charges, now, fault !== 'allows looks at each charge by itself')
    if (fault !== 'allows spends') windows = before
    return fault === 'allows is always granted' ? { kind: 'granted' } : spend
  }

  function chargeAll(charges: readonly Charge[], now: number, charging = true): Spend {
    for (const [index, charge] of charges.entries()) {
      const window = windowOf(charge, now)
      const room = hasRoom(charge, window.sum)
      const named = charges.findIndex((other) => other.window === charge.window)
      if (fault === 'a spend is charged before it is checked' && !room) window.sum = plus(window.sum, charge)
      if (fault === 'a refused spend closes the window' && !room) window.sum = charge.limit
      if (fault === 'a refused spend is charged to the windows after' && !room) {
        for (const after of charges.slice(index + 1)) windowOf(after, now).sum += after.amount
      }
      if (!room) return refusal(charges, index, now)
      if (fault === 'the first window alone is charged' && index > 0) continue
      if (fault === 'a window named twice is charged once' && named < index) continue
      if (charging) window.sum = plus(window.sum, charge)
    }
    return { kind: 'granted' }
  }

  return {
    async allows(charges, now) {
      return check(charges, now)
    },
    async spend(charges, now) {
      if (fault !== 'a spend waits between checking and charging') return chargeAll(charges, now)
      const spend = check(charges, now)
      await Promise.resolve()
      if (spend.kind === 'granted') for (const charge of charges) windowOf(charge, now).sum += charge.amount
      return spend
    },
    async refund(charges, now) {
      if (fault === 'a refund gives nothing back') return
      for (const charge of fault === 'a refund gives back the first window alone' ? charges.slice(0, 1) : charges) {
        const window = windowOf(charge, now)
        const credit = fault === 'a refund of what has ended makes a credit'
        const anyEnd = credit || fault === 'a refund goes to whichever window has the name'
        if (window.endsAt !== charge.endsAt && !anyEnd) continue
        const { sum } = window
        if (fault === 'a refund waits between reading and writing') await Promise.resolve()
        window.sum =
          fault === 'a refund empties its windows' ? 0 : Math.max(credit ? -charge.amount : 0, sum - charge.amount)
      }
    },
    async removeAll() {
      if (fault === 'forgetting all does nothing') return
      const names = [...windows.keys()]
      for (const name of fault === 'forgetting all forgets a hundred' ? names.slice(0, 100) : names)
        windows.delete(name)
      unlimited = fault === 'once all are forgotten no limit holds'
    },
  }
}
