import type { Budget, Charge, Reservation } from '@hexbird/core/adapter'

const LIMIT =
  'charges are granted up to the limit exactly, and refused from there with the charge and the end of its window'
const ABOVE = 'one charge above the limit is refused, one of the whole limit is granted'
const ROOM = 'a refused charge leaves the room that there was, for one that fits'
const ORDER = 'the first window without room refuses, and nothing is charged to it or to any after it'
const EVERY = 'a granted reservation is charged to every window'
const NAMES = 'windows whose names look alike are different windows'
const CALLS = 'calls whose names look alike are different calls'
const TWICE = 'two charges to one window in one reservation both count'
const NOTHING = 'a charge of nothing is granted, in a full window too, and takes no room'
const WHOLE = 'amounts are whole up to the largest that a number holds'
const TAKEN_OVER = 'the same call reserved again takes over what is there, and nothing is added'
const RAISED = 'more reserved for the same call raises it by the difference, and less does not lower it'
const NO_RAISE = 'a raise without room for the difference is refused, and what was reserved stays'
const EARLIER = 'a refused reservation takes nothing back that an earlier one reserved for the same call'
const LOWERED =
  'settling lowers a reservation to what was billed and forgets the call: the same call is then charged again'
const NAMED = 'settling lowers what is reserved in every window that it names, and in no other'
const SETTLED_TWICE = 'settling twice is settling once'
const UNKNOWN = 'settling a call for which nothing is reserved changes nothing'
const NEVER_ADDS = 'settling for more than is reserved keeps what is reserved, and forgets the call'
const TAKEN_BACK = 'a charge without a call counts each time and is taken back by settling, never below nothing'
const ENDED = 'a window has all its room again from the moment that it ends, and not before'
const ANEW = 'a call is charged again in a window that began after it was reserved'
const LATE = 'settling after the window has ended changes nothing in the one that follows'
const ALONE = 'a window that ends takes no other with it'
const RACE = 'of twenty that reserve at once as many are granted as there is room for'
const RACE_OF_TWO = 'of twenty that reserve at once in two windows neither is charged beyond its limit'
const RACE_OF_ONE = 'twenty that reserve for the same call at once are charged once, and all are granted'
const SETTLE_RACE = 'of many that settle at once each gives its room back, once'
const FORGOTTEN = 'once all are forgotten every window has all its room, and its limit holds again'
const FORGOTTEN_SETTLED = 'settling what was forgotten makes no room beyond the limit'
const ANY_RACE = 'whatever is reserved at once, the limit holds and nobody is refused who would have fitted in the end'
const MODEL = 'any sequence of reserving, settling and forgetting gets what the sums of its windows allow'

export const BUDGET_FAULTS = {
  'the limit itself is refused': [LIMIT, ABOVE, RACE, MODEL],
  'a charge may pass the limit where there is any room': [ABOVE, ROOM, ORDER, ANY_RACE, MODEL],
  'a refusal does not say until when': [LIMIT, ENDED, MODEL],
  'a refusal names the first charge': [ORDER, TWICE],
  'a charge is charged before it is checked': [ABOVE, ROOM, ORDER, ANY_RACE],
  'a refused charge closes the window': [ABOVE, ROOM],
  'what is refused is charged to the windows after': [ORDER],
  'the first window alone is charged': [EVERY, RACE_OF_TWO],
  'windows are told apart by eight letters': [NAMES],
  'calls are told apart by eight letters': [CALLS],
  'a window named twice is charged once': [TWICE],
  'a full window refuses a charge of 0': [NOTHING],
  'a charge of 0 takes 1': [NOTHING],
  'sums lose digits': [WHOLE],
  'a call counts each time': [TAKEN_OVER, RAISED, CALLS, RACE_OF_ONE, ANY_RACE, MODEL],
  'a full window refuses what is reserved already': [TAKEN_OVER, RAISED, CALLS, MODEL],
  'a call is charged once, whatever its amount': [RAISED, RACE_OF_ONE, MODEL],
  'less lowers what is reserved': [RAISED, ANY_RACE],
  'a raise without room is granted': [NO_RAISE, MODEL],
  'a raise without room gives up what was reserved': [NO_RAISE],
  'a raise wants room for the whole amount': [RAISED, NO_RAISE, MODEL],
  'a refused reservation takes all of its calls back': [EARLIER],
  'settling gives nothing back': [LOWERED, NAMED, TAKEN_BACK, SETTLE_RACE],
  'settling remembers the call': [LOWERED, NEVER_ADDS, SETTLED_TWICE, SETTLE_RACE],
  'settling gives all of a reservation back': [LOWERED, NAMED, NEVER_ADDS],
  'settling ends the first window alone': [NAMED, TAKEN_BACK],
  'settling ends the call in every window': [NAMED],
  'settling does not look for the call': [UNKNOWN, SETTLED_TWICE],
  'settling adds where more was billed': [NEVER_ADDS],
  'settling empties its windows': [TAKEN_BACK, SETTLE_RACE],
  'settling waits between reading and writing': [SETTLE_RACE],
  'settling leaves a credit': [TAKEN_BACK],
  'settling what has ended makes a credit': [LATE, FORGOTTEN_SETTLED],
  'settling goes to whichever window has the name': [LATE],
  'windows never end': [ENDED, ALONE, ANEW, MODEL],
  'a window runs at its end, too': [ENDED, ALONE],
  'a window ends with the second before its end': [ENDED, LIMIT],
  'a window that ends empties the store': [ALONE],
  'a window that ends hands its calls on': [ANEW],
  'reserving waits between checking and charging': [RACE, RACE_OF_TWO, RACE_OF_ONE, ANY_RACE],
  'forgetting all does nothing': [FORGOTTEN, MODEL],
  'forgetting all forgets a hundred': [FORGOTTEN],
  'once all are forgotten no limit holds': [FORGOTTEN, FORGOTTEN_SETTLED, MODEL],
} as const

export type BudgetFault = keyof typeof BUDGET_FAULTS

interface Window {
  sum: number
  endsAt: number
  calls: Map<string, number>
}

export function faultyBudget(fault?: BudgetFault): Budget {
  const windows = new Map<string, Window>()
  let unlimited = false

  const nameOf = (window: string) => (fault === 'windows are told apart by eight letters' ? window.slice(0, 8) : window)

  function callOf({ call }: Charge): string | undefined {
    if (fault === 'a call counts each time') return undefined
    return fault === 'calls are told apart by eight letters' ? call?.slice(0, 8) : call
  }

  function hasEnded(endsAt: number, now: number): boolean {
    if (fault === 'windows never end') return false
    if (fault === 'a window runs at its end, too') return now > endsAt
    if (fault === 'a window ends with the second before its end') return now > endsAt - 1_000
    return now >= endsAt
  }

  function windowOf({ window, endsAt }: Charge, now: number): Window {
    const known = windows.get(nameOf(window))
    if (known !== undefined && !hasEnded(known.endsAt, now)) return known
    if (known !== undefined && fault === 'a window that ends empties the store') windows.clear()
    const handsOn = known !== undefined && fault === 'a window that ends hands its calls on'
    const fresh = { sum: 0, endsAt, calls: handsOn ? known.calls : new Map<string, number>() }
    windows.set(nameOf(window), fresh)
    return fresh
  }

  const reservedIn = ({ calls }: Window, charge: Charge) => {
    const call = callOf(charge)
    return call === undefined ? undefined : calls.get(call)
  }

  function moreOf(window: Window, charge: Charge): number {
    const before = reservedIn(window, charge)
    if (before === undefined) return charge.amount
    if (fault === 'a call is charged once, whatever its amount') return 0
    if (fault === 'less lowers what is reserved') return charge.amount - before
    return Math.max(0, charge.amount - before)
  }

  function hasRoom(window: Window, charge: Charge): boolean {
    const { sum } = window
    const { limit } = charge
    const more = moreOf(window, charge)
    const isKnown = reservedIn(window, charge) !== undefined
    if (unlimited || (fault === 'a raise without room is granted' && isKnown)) return true
    if (fault === 'a full window refuses what is reserved already' && isKnown) return sum < limit
    if (fault === 'a raise wants room for the whole amount' && isKnown && more > 0) return charge.amount <= limit - sum
    if (fault === 'the limit itself is refused') return sum + more < limit || more === 0
    if (fault === 'a charge may pass the limit where there is any room') return sum < limit || more === 0
    if (fault === 'a full window refuses a charge of 0') return sum < limit && sum + more <= limit
    return more <= limit - sum
  }

  /** Adds to the sum, and remembers what is reserved for the call; `undefined` forgets it. */
  function add(window: Window, charge: Charge, more: number, reserved: number | undefined): void {
    window.sum = fault === 'sums lose digits' ? Math.fround(window.sum + more) : window.sum + more
    const call = callOf(charge)
    if (call === undefined) return
    if (reserved === undefined) window.calls.delete(call)
    else window.calls.set(call, reserved)
  }

  function chargeTo(window: Window, charge: Charge): () => void {
    const before = reservedIn(window, charge)
    const more = moreOf(window, charge)
    const least = fault === 'a charge of 0 takes 1' && before === undefined ? 1 : more
    add(window, charge, Math.max(least, more), (before ?? 0) + more)
    if (fault !== 'a refused reservation takes all of its calls back') return () => add(window, charge, -more, before)
    return () => add(window, charge, -(reservedIn(window, charge) ?? more), undefined)
  }

  function refuse(charges: readonly Charge[], index: number, window: Window, now: number): Reservation {
    const refused = charges[index]
    const charge = fault === 'a refusal names the first charge' ? charges[0] : refused
    if (refused === undefined || charge === undefined) throw new TypeError('refused without a charge')
    if (fault === 'a charge is charged before it is checked') window.sum += moreOf(window, refused)
    if (fault === 'a refused charge closes the window') window.sum = refused.limit
    if (fault === 'a raise without room gives up what was reserved') {
      add(window, refused, -(reservedIn(window, refused) ?? 0), undefined)
    }
    if (fault === 'what is refused is charged to the windows after') {
      for (const after of charges.slice(index + 1)) windowOf(after, now).sum += after.amount
    }
    return { kind: 'refused', charge, until: fault === 'a refusal does not say until when' ? 0 : window.endsAt }
  }

  return {
    async reserve(charges, now) {
      const undo: (() => void)[] = []
      for (const [index, charge] of charges.entries()) {
        const window = windowOf(charge, now)
        if (!hasRoom(window, charge)) {
          for (const each of undo.reverse()) each()
          return refuse(charges, index, window, now)
        }
        if (fault === 'the first window alone is charged' && index > 0) continue
        const named = charges.findIndex((other) => other.window === charge.window)
        if (fault === 'a window named twice is charged once' && named < index) continue
        if (fault === 'reserving waits between checking and charging') {
          const more = moreOf(window, charge)
          await Promise.resolve()
          add(window, charge, more, more)
        } else undo.push(chargeTo(window, charge))
      }
      return { kind: 'granted' }
    },
    async settle(charges, now) {
      if (fault === 'settling gives nothing back') return
      for (const charge of fault === 'settling ends the first window alone' ? charges.slice(0, 1) : charges) {
        const credit = fault === 'settling what has ended makes a credit'
        const window = windowOf(charge, now)
        const anyEnd = credit || fault === 'settling goes to whichever window has the name'
        if (window.endsAt !== charge.endsAt && !anyEnd) continue
        if (fault === 'settling ends the call in every window') for (const { calls } of windows.values()) calls.clear()
        const { sum } = window
        const reserved = reservedIn(window, charge) ?? (credit ? charge.limit : undefined)
        if (charge.call !== undefined && reserved === undefined && fault !== 'settling does not look for the call')
          continue
        const less = lessOf(charge, reserved)
        if (fault === 'settling waits between reading and writing') await Promise.resolve()
        const least = credit || fault === 'settling leaves a credit' ? Number.NEGATIVE_INFINITY : 0
        window.sum = fault === 'settling empties its windows' ? 0 : Math.max(least, sum - less)
        if (fault === 'settling remembers the call') continue
        const call = callOf(charge)
        if (call !== undefined) window.calls.delete(call)
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

  function lessOf({ call, amount }: Charge, reserved: number | undefined): number {
    if (call === undefined) return amount
    if (fault === 'settling gives all of a reservation back') return reserved ?? 0
    if (fault === 'settling does not look for the call') return Math.max(0, (reserved ?? 1) - amount)
    if (fault === 'settling adds where more was billed') return (reserved ?? 0) - amount
    return Math.max(0, (reserved ?? 0) - amount)
  }
}
