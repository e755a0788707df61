import type { Breaker, BreakerState } from '@hexbird/core'
import { turns } from './turns.js'

const FIRST = 'posting is allowed at first'
const SAYS_WHY = 'a tripped breaker says why and since when, every time'
const NO_WORDS = 'a breaker tripped without words is tripped'
const KEPT = 'the first reason is kept until the reset'
const RESET = 'after the reset posting is allowed, and the next reason is a first one'
const NOT_TRIPPED = 'resetting what is not tripped does nothing'
const RACE = 'of many that trip at once the reason and the time of one are kept'
const COPY = 'changing the state that was given changes nothing inside'
const MODEL = 'any sequence of trips and resets keeps the first reason since the last reset'

export const BREAKER_FAULTS = {
  'it is tripped from the start': [FIRST, SAYS_WHY],
  'trip does nothing': [SAYS_WHY, NO_WORDS, KEPT, RACE, MODEL],
  'it is reset by being asked': [SAYS_WHY],
  'reasons are cut to plain letters': [SAYS_WHY],
  'an empty reason is no reason': [NO_WORDS],
  'trip overwrites the reason': [KEPT, MODEL],
  'trip overwrites the time': [KEPT, MODEL],
  'the earliest time wins': [KEPT],
  'reset does nothing': [RESET, MODEL],
  'a reason outlives the reset': [RESET, MODEL],
  'a reset before the first trip holds that trip off': [NOT_TRIPPED, MODEL],
  'trip waits between reading and writing': [RACE],
  'state gives out what is inside': [COPY],
} as const

export type BreakerFault = keyof typeof BREAKER_FAULTS

export function faultyBreaker(fault?: BreakerFault): Breaker {
  let state: BreakerState | undefined
  let first: BreakerState | undefined
  let heldOff = false
  let trips = 0
  if (fault === 'it is tripped from the start') state = { reason: '', since: 0 }

  function after(before: BreakerState | undefined, reason: string, since: number): BreakerState | undefined {
    if (fault === 'trip overwrites the reason') return { reason, since: before?.since ?? since }
    if (fault === 'trip overwrites the time') return { reason: before?.reason ?? reason, since }
    if (fault === 'the earliest time wins' && before && since < before.since) return { reason, since }
    if (fault === 'reasons are cut to plain letters') return before ?? { reason: reason.replace(/[^ -~]/g, ''), since }
    if (fault === 'a reason outlives the reset') return first ?? { reason, since }
    return before ?? { reason, since }
  }

  return {
    async state() {
      const now = state
      if (fault === 'it is reset by being asked') state = undefined
      if (fault === 'an empty reason is no reason' && now?.reason === '') return undefined
      return fault === 'state gives out what is inside' ? now : now && { ...now }
    },
    async trip(reason, now) {
      if (fault === 'trip does nothing') return
      const before = state
      if (fault === 'trip waits between reading and writing') await turns(++trips)
      if (!heldOff) state = after(before, reason, now)
      first ??= state
      heldOff = false
    },
    async reset() {
      if (fault === 'reset does nothing') return
      if (fault === 'a reset before the first trip holds that trip off' && state === undefined) heldOff = true
      state = undefined
    },
  }
}
