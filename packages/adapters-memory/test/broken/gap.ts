import type { Gap } from '@hexbird/core/adapter'

const NONE = 'at first there is none'
const WIDE = 'it is as wide as it was made'
const GROWS = 'it grows and never shrinks'
const RACE = 'of many at once the widest stays'

export const GAP_FAULTS = {
  'it begins at 0': [NONE],
  'it counts in seconds': [WIDE],
  'it is as wide as it was made last': [GROWS, RACE],
  'it is as wide as it was made first': [GROWS, RACE],
  'it waits between reading and writing': [RACE],
} as const

export type GapFault = keyof typeof GAP_FAULTS

export function faultyGap(fault?: GapFault): Gap {
  let ends: number | undefined = fault === 'it begins at 0' ? 0 : undefined
  return {
    before: async () => ends,
    async widen(before) {
      const known = ends
      if (fault === 'it waits between reading and writing') await Promise.resolve()
      if (fault === 'it counts in seconds') ends = Math.floor(before / 1000)
      else if (fault === 'it is as wide as it was made last') ends = before
      else if (fault === 'it is as wide as it was made first') ends ??= before
      else ends = Math.max(before, known ?? before)
    },
  }
}
