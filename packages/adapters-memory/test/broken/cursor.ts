import type { Cursor } from '@hexbird/core'

const EMPTY = 'before the first tweet it knows none'
const DIGITS = 'it goes forward, every digit kept'
const FORWARD = 'it never goes back'
const RACE = 'of many at once the greatest stays'
const MODEL = 'after any sequence it is at the greatest of them'

export const CURSOR_FAULTS = {
  'it begins at 0': [EMPTY],
  'ids go through floating point': [DIGITS, FORWARD],
  'ids are compared as text': [DIGITS, MODEL],
  'it goes to the last that it was told': [FORWARD, RACE, MODEL],
  'it waits between reading and writing': [RACE],
} as const

export type CursorFault = keyof typeof CURSOR_FAULTS

export function faultyCursor(fault?: CursorFault): Cursor {
  let id: string | undefined = fault === 'it begins at 0' ? '0' : undefined
  const isAhead = (next: string, before: string) => {
    if (fault === 'it goes to the last that it was told') return true
    return fault === 'ids are compared as text' ? next > before : BigInt(next) > BigInt(before)
  }
  return {
    read: async () => id,
    async advance(tweetId) {
      const next = fault === 'ids go through floating point' ? `${BigInt(Number(tweetId))}` : tweetId
      const before = id
      if (fault === 'it waits between reading and writing') await Promise.resolve()
      if (before === undefined || isAhead(next, before)) id = next
    },
  }
}
