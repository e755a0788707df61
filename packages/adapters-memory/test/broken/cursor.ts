import type { Cursor, CursorState } from '@hexbird/core/adapter'

const EMPTY = 'before the first tweet it knows none'
const DIGITS = 'it goes forward, every digit kept'
const SEEN = 'what was seen goes along, every digit and the order kept'
const FORWARD = 'it never goes back, and a state that is behind leaves nothing'
const EQUAL = 'of two states with one id the later stays'
const RACE = 'of many at once the greatest stays, with what it has seen'
const COPY = 'changing a state that was put in or given out changes nothing inside'
const MODEL = 'after any sequence it is at the greatest of them, as it was told last'

export const CURSOR_FAULTS = {
  'it begins at 0': [EMPTY],
  'ids go through floating point': [DIGITS, FORWARD],
  'ids are compared as text': [DIGITS, MODEL],
  'it goes to the last that it was told': [FORWARD, RACE, MODEL],
  'it waits between reading and writing': [RACE],
  'what was seen is dropped': [SEEN, EQUAL, RACE],
  'what was seen is sorted': [SEEN],
  'what was seen goes through floating point': [SEEN],
  'five hundred are kept of what was seen': [SEEN],
  'what was seen adds up': [SEEN, EQUAL, MODEL],
  'a state that is behind leaves what it has seen': [FORWARD, MODEL],
  'the first of one id stays': [EQUAL, MODEL],
  'what is put in is kept as it is': [COPY],
  'what is inside is given out': [COPY],
} as const

export type CursorFault = keyof typeof CURSOR_FAULTS

export function faultyCursor(fault?: CursorFault): Cursor {
  let state: CursorState | undefined = fault === 'it begins at 0' ? { id: '0', seen: [] } : undefined

  function isAhead(next: string, before: string): boolean {
    if (fault === 'it goes to the last that it was told') return true
    if (fault === 'the first of one id stays') return BigInt(next) > BigInt(before)
    return fault === 'ids are compared as text' ? next >= before : BigInt(next) >= BigInt(before)
  }

  const rounded = (id: string) => `${BigInt(Number(id))}`

  function seenOf(seen: readonly string[]): readonly string[] {
    if (fault === 'what is put in is kept as it is') return seen
    if (fault === 'what was seen is dropped') return []
    if (fault === 'what was seen is sorted') return seen.toSorted()
    if (fault === 'what was seen goes through floating point') return seen.map(rounded)
    if (fault === 'five hundred are kept of what was seen') return seen.slice(0, 500)
    return fault === 'what was seen adds up' ? [...(state?.seen ?? []), ...seen] : [...seen]
  }

  return {
    async read() {
      return fault === 'what is inside is given out' ? state : state && { ...state, seen: [...state.seen] }
    },
    async advance({ id, seen }) {
      const next = fault === 'ids go through floating point' ? rounded(id) : id
      const before = state
      if (fault === 'it waits between reading and writing') await Promise.resolve()
      if (before === undefined || isAhead(next, before.id)) state = { id: next, seen: seenOf(seen) }
      else if (fault === 'a state that is behind leaves what it has seen') state = { ...before, seen }
    },
  }
}
