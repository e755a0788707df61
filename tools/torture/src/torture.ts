import { type Row, sum } from '@hexbird/prove/harness'
import { type Flood, FULL_FLOOD, floodByOne, SMALL_FLOOD, talkToBot } from './floods.js'
import { type Guard, type Part, removalOf } from './guards.js'
import { sufferOutages } from './outages.js'
import { reorder } from './reordering.js'
import { tellSignIns } from './sign-ins.js'
import { tellStories } from './stories.js'
import type { Common } from './subjects.js'

/** How much of everything. */
export interface Cut {
  /** Pairs of faults for each story; of the single faults every `stride`th is tried. */
  readonly pairs: number
  readonly stride: number
  readonly signIns: number
  readonly reorderings: number
  readonly outageTweets: number
  readonly throttledTweets: number
  readonly flood: Flood
  readonly crashTweets: number
  readonly kills: number
}

export const CUTS = {
  full: {
    pairs: 400,
    stride: 1,
    signIns: 800,
    reorderings: 800,
    outageTweets: 40,
    throttledTweets: 8,
    flood: FULL_FLOOD,
    crashTweets: 500,
    kills: 500,
  },
  quick: {
    pairs: 20,
    stride: 4,
    signIns: 60,
    reorderings: 80,
    outageTweets: 8,
    throttledTweets: 4,
    flood: SMALL_FLOOD,
    crashTweets: 40,
    kills: 30,
  },
  /** The short cut of a bot of which others have shown the most. */
  brief: {
    pairs: 8,
    stride: 9,
    signIns: 20,
    reorderings: 30,
    outageTweets: 8,
    throttledTweets: 4,
    flood: SMALL_FLOOD,
    crashTweets: 40,
    kills: 30,
  },
  /** What the tests run: all but what needs emulators. */
  small: {
    pairs: 2,
    stride: 31,
    signIns: 10,
    reorderings: 20,
    outageTweets: 3,
    throttledTweets: 0,
    flood: SMALL_FLOOD,
    crashTweets: 0,
    kills: 0,
  },
} as const satisfies Record<string, Cut>

export type TorturePart = Part | 'sqlite' | 'sqlite-crash' | 'aws' | 'crash'

export const PARTS: readonly TorturePart[] = [
  'ports',
  'sign-in',
  'reordering',
  'outages',
  'wallet',
  'loop',
  'stream',
  'sqlite',
  'sqlite-crash',
  'aws',
  'crash',
]

export interface TortureOptions extends Common {
  readonly cut: Cut
  readonly parts: readonly TorturePart[]
  readonly say: (text: string) => void
}

/** Runs the parts, one after the other. */
export async function torture({ cut, parts, say, ...common }: TortureOptions): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const part of parts) {
    say(`${part} …`)
    rows.push(...(await watched(() => run(part))))
  }
  return rows

  async function run(part: TorturePart): Promise<readonly Row[]> {
    // An odd stride meets every kind of fault.
    const fewer = { pairs: Math.ceil(cut.pairs / 20), stride: cut.stride === 1 ? 1 : cut.stride * 6 + 1 }
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
        return [await floodByOne({ ...common, ...cut.flood })]
      case 'loop':
        return talkToBot(common)
      case 'stream':
        return [inOne('stories over the stream', await tellStories({ ...common, ...fewer, overStream: true, say }))]
      case 'sqlite': {
        return [inOne('stories on SQLite', await tellStories({ ...common, ...fewer, onDisk: true, say }))]
      }
      case 'sqlite-crash': {
        const { crashOnDisk } = await import('./crash/on-disk.js')
        const options = { ...common, tweets: cut.crashTweets, kills: cut.kills, say }
        return [
          await crashOnDisk({ ...options, ingress: 'poll' }),
          await crashOnDisk({ ...options, ingress: 'stream' }),
          await crashOnDisk({ ...options, ingress: 'stream', kills: 0, cuts: true }),
        ]
      }
      // Emulators and clients take their time to load.
      case 'aws': {
        const { sufferThrottling } = await import('./throttling.js')
        return sufferThrottling({ ...common, tweets: cut.throttledTweets })
      }
      case 'crash': {
        const { crash } = await import('./crash/crash.js')
        return [await crash({ ...common, tweets: cut.crashTweets, kills: cut.kills, say })]
      }
    }
  }
}

/** The part that shows that a guard is gone, for as long as it takes to show it. */
export async function tortureWithout(
  guard: Guard,
  { bot, seed }: Pick<Common, 'bot' | 'seed'>,
): Promise<readonly Row[]> {
  const common = { bot, seed, removed: new Set([guard]), stopAtFirst: true }
  const { part, only } = removalOf(guard)
  const some = only && { only }
  return watched(async () => {
    switch (part) {
      case 'ports':
        // Of any five faults every other one: never none of those that come after the effect.
        return tellStories({ ...common, pairs: 0, stride: 2, ...some })
      case 'sign-in':
        return [await tellSignIns({ ...common, pairs: 0 })]
      case 'reordering':
        return [await reorder({ ...common, runs: 100 })]
      case 'outages':
        return sufferOutages({ ...common, tweets: 3, ...some })
      case 'wallet':
        return [await floodByOne({ ...common, ...SMALL_FLOOD })]
      case 'loop':
        return talkToBot(common)
      case 'stream':
        return tellStories({ ...common, pairs: 0, stride: 2, overStream: true, ...some })
    }
  })
}

/** Rejections that nobody handled meanwhile are counted in the first row. */
async function watched(run: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const reasons: unknown[] = []
  const note = (reason: unknown) => void reasons.push(reason)
  process.on('unhandledRejection', note)
  try {
    const [first, ...others] = await run()
    // Node tells of them when nothing else is to do.
    await new Promise((resolve) => setImmediate(resolve))
    if (!first || reasons.length === 0) return first ? [first, ...others] : []
    const counted = { ...first.counted, unhandled: first.counted.unhandled + reasons.length }
    return [{ ...first, counted, findings: [...first.findings, `not handled: ${String(reasons[0])}`] }, ...others]
  } finally {
    process.off('unhandledRejection', note)
  }
}

/** Many rows as one. */
const inOne = (name: string, rows: readonly Row[]): Row => ({
  name,
  counted: sum(rows),
  findings: rows.flatMap(({ findings }) => findings),
  seconds: rows.reduce((all, { seconds }) => all + seconds, 0),
})
