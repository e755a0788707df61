import type { Cursor, CursorState } from '@hexbird/core'

const EMPTY = 'before the first tweet it knows none'
const DIGITS = 'it goes forward, every digit kept'
const FORWARD = 'it never goes back'
const SEEN = 'the ids that it has seen go with it, and of two states with one id the later stays'
const RACE = 'of many at once the greatest stays'
const MODEL = 'after any sequence it is at the greatest of them'

export const CURSOR_FAULTS = {
  'it begins at 0': [EMPTY],
  'it keeps no ids that it has seen': [DIGITS, FORWARD, SEEN, RACE, MODEL],
  'of two states with one id the first stays': [SEEN],
  'it gathers what it has seen': [SEEN, DIGITS, RACE, MODEL],
  'ids go through floating point': [DIGITS, FORWARD],
  'ids are compared as text': [DIGITS, MODEL],
  'it goes to the last that it was told': [FORWARD, SEEN, RACE, MODEL],
  'it waits between reading and writing': [RACE],
} as const

export type CursorFault = keyof typeof CURSOR_FAULTS

export function faultyCursor(fault?: CursorFault): Cursor {
  let state: CursorState | undefined = fault === 'it begins at 0' ? { id: '0', seen: [] } : undefined
  const isBehind = (next: string, before: string) => {
    if (fault === 'it goes to the last that it was told') return false
    if (fault === 'of two states with one id the first stays' && next === before) return true
    return fault === 'ids are compared as text' ? next < before : BigInt(next) < BigInt(before)
  }
  return {
    read: async () => state,
    async advance({ id, seen }) {
      const next = fault === 'ids go through floating point' ? `${BigInt(Number(id))}` : id
      const before = state
      if (fault === 'it waits between reading and writing') await Promise.resolve()
      if (before !== undefined && isBehind(next, before.id)) return
      if (fault === 'it keeps no ids that it has seen') state = { id: next, seen: [] }
      else if (fault === 'it gathers what it has seen') state = { id: next, seen: [...(before?.seen ?? []), ...seen] }
      else state = { id: next, seen }
    },
  }
}
