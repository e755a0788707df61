import { crash } from './crash/crash.js'
import { floodByOne, talkToBot } from './floods.js'
import { GUARDS, type Guard, type Guards, type Part } from './guards.js'
import { sufferOutages } from './outages.js'
import { reorder } from './reordering.js'
import { tellSignIns } from './sign-ins.js'
import { storiesFor, tellStories } from './stories.js'
import type { Row } from './tally.js'

/** How much of everything. */
export interface Cut {
  /** Pairs of faults for each story; of the single faults every `stride`th is tried. */
  readonly pairs: number
  readonly stride: number
  readonly signIns: number
  readonly reorderings: number
  readonly outageTweets: number
  readonly mentions: number
  readonly crashTweets: number
  readonly kills: number
}

export const CUTS = {
  full: {
    pairs: 1_200,
    stride: 1,
    signIns: 1_500,
    reorderings: 1_500,
    outageTweets: 40,
    mentions: 10_000,
    crashTweets: 500,
    kills: 500,
  },
  quick: {
    pairs: 25,
    stride: 3,
    signIns: 60,
    reorderings: 80,
    outageTweets: 8,
    mentions: 600,
    crashTweets: 40,
    kills: 30,
  },
  /** What the tests run. */
  small: {
    pairs: 2,
    stride: 31,
    signIns: 10,
    reorderings: 20,
    outageTweets: 3,
    mentions: 120,
    crashTweets: 0,
    kills: 0,
  },
} as const satisfies Record<string, Cut>

export type TorturePart = Part | 'crash'

export const PARTS: readonly TorturePart[] = ['ports', 'sign-in', 'reordering', 'outages', 'wallet', 'loop', 'crash']

export interface TortureOptions {
  readonly cut: Cut
  readonly seed: number
  readonly removed: Guards
  readonly parts: readonly TorturePart[]
  readonly say: (text: string) => void
}

/** Runs the parts, one after the other; counts rejections that nobody handled for the part in which they came. */
export async function torture({ cut, seed, removed, parts, say }: TortureOptions): Promise<readonly Row[]> {
  const rows: Row[] = []
  let unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    for (const part of parts) {
      say(`${part} …`)
      const made = await run(part)
      const [first] = made
      if (first && unhandled.length > 0) {
        first.counted.unhandled += unhandled.length
        say(`unhandled: ${String(unhandled[0])}`)
        unhandled = []
      }
      rows.push(...made)
    }
  } finally {
    process.off('unhandledRejection', note)
  }
  return rows

  async function run(part: TorturePart): Promise<readonly Row[]> {
    const common = { seed, removed }
    switch (part) {
      case 'ports':
        return tellStories({ ...common, pairs: cut.pairs, stride: cut.stride, say })
      case 'sign-in':
        return [await tellSignIns({ ...common, pairs: cut.signIns, stride: cut.stride })]
      case 'reordering':
        return [await reorder({ ...common, runs: cut.reorderings })]
      case 'outages':
        return sufferOutages({ ...common, tweets: cut.outageTweets })
      case 'wallet':
        return [await floodByOne({ ...common, mentions: cut.mentions })]
      case 'loop':
        return talkToBot(common)
      case 'crash':
        return cut.kills > 0 ? [await crash({ ...common, tweets: cut.crashTweets, kills: cut.kills, say })] : []
    }
  }
}

/** The part that shows that a guard is gone, for as long as it takes to show it. */
export async function tortureWithout(guard: Guard, seed: number): Promise<readonly Row[]> {
  const common = { seed, removed: new Set([guard]), stopAtFirst: true }
  switch (GUARDS[guard].part) {
    case 'ports':
      return tellStories({ ...common, pairs: 0, stride: 3, only: storiesFor(guard) })
    case 'sign-in':
      return [await tellSignIns({ ...common, pairs: 0 })]
    case 'reordering':
      return [await reorder({ ...common, runs: 100 })]
    case 'outages':
      return sufferOutages({ ...common, tweets: 3 })
    case 'wallet':
      return [await floodByOne({ ...common, mentions: 60 })]
    case 'loop':
      return talkToBot(common)
  }
}
