import { integer, type Random } from '@hexbird/prove/harness'
import type { Disk } from './disk.js'
import type { Machine } from './machine.js'
import type { Weather, World } from './world.js'

/** What an incident can get at. */
export interface Stage {
  readonly world: World
  readonly machine: Machine
  readonly disk: Disk
  readonly random: Random
  readonly now: () => number
  readonly plan: (at: number, run: () => unknown) => void
  /** The machine's clock is so far ahead of X's. */
  readonly skew: (milliseconds: number) => void
  /** The app gets other keys. */
  readonly rekey: () => Promise<void>
  /** The file of the last backup. */
  readonly backup: () => string | undefined
  /** Writes the store as the release before has it. */
  readonly downgrade: () => void
  readonly removeStore: () => void
}

/** Plans what happens on a day that begins at `begin`; gives for how many hours the next incident has to wait. */
type Incident = (stage: Stage, begin: number) => number

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Begins in the morning and lasts for so many hours. */
function during(
  least: number,
  most: number,
  begins: (stage: Stage, until: number) => unknown,
  ends: (stage: Stage) => unknown,
): Incident {
  return (stage, begin) => {
    const from = begin + HOUR + integer(stage.random, 8 * HOUR)
    const until = from + least * HOUR + integer(stage.random, (most - least) * HOUR)
    stage.plan(from, () => begins(stage, until))
    stage.plan(until, () => ends(stage))
    return Math.ceil((until - begin) / HOUR)
  }
}

/** X answers so, whatever is asked, and the bot cannot reach it. */
const weather = (least: number, most: number, of: (until: number) => Weather): Incident =>
  during(
    least,
    most,
    async ({ world }, until) => {
      await world.reach(false)
      await world.weather(of(until))
    },
    async ({ world }) => {
      await world.weather(undefined)
      await world.reach(true)
    },
  )

const nothing = () => {}

/** The machine is off, or its bot is, and meanwhile something may happen to the store. */
const away = (least: number, most: number, how: 'cut' | 'stop', meanwhile: (stage: Stage) => unknown = nothing) =>
  during(
    least,
    most,
    async ({ world, machine }) => {
      await machine[how]()
      await world.reach(false)
    },
    async (stage) => {
      await meanwhile(stage)
      if (meanwhile !== nothing) await stage.world.storeLost()
      await stage.world.reach(true)
      stage.machine.start()
    },
  )

const skewed = (milliseconds: number): Incident =>
  during(
    1,
    10,
    ({ skew }) => skew(milliseconds),
    ({ skew }) => skew(0),
  )

function restore({ machine, backup }: Stage): void {
  const file = backup()
  if (file !== undefined) machine.restore(file)
}

export const INCIDENTS = {
  'X is down for hours': weather(1, 9, () => ({ kind: 'status', status: 503 })),
  'X is down for most of a day': weather(12, 20, () => ({ kind: 'status', status: 503 })),
  'X asks to wait': weather(0.2, 2, (until) => ({ kind: 'status', status: 429, until })),
  'the network is down for hours': weather(1, 9, () => ({ kind: 'cut' })),
  'the network flickers': (stage, begin) => {
    for (let hour = 2; hour < 20; hour++) {
      const at = begin + hour * HOUR + integer(stage.random, 50 * MINUTE)
      stage.plan(at, () => stage.world.weather({ kind: 'cut' }))
      stage.plan(at + integer(stage.random, 8 * MINUTE), () => stage.world.weather(undefined))
    }
    return 21
  },
  'answers to posts are lost': during(
    4,
    12,
    ({ world }) => world.weather({ kind: 'lost', posts: 3 }),
    ({ world }) => world.weather(undefined),
  ),
  'the machine is off': away(1, 12, 'cut'),
  'the machine is off for more than a day': away(26, 40, 'cut'),
  'stopped for hours': away(1, 6, 'stop'),
  kills: (stage, begin) => {
    const { random, machine, plan } = stage
    for (let nth = 0; nth < 12; nth++) {
      plan(begin + HOUR + integer(random, 20 * HOUR), () =>
        machine.dieAt(integer(random, 60), integer(random, 2) === 0 ? 'crash-before' : 'crash-after'),
      )
    }
    return 22
  },
  'the clock is set back': skewed(-10 * MINUTE),
  'the clock is set forward': skewed(HOUR),
  'the disk is full': during(
    1,
    8,
    async ({ world, disk }) => {
      await world.reach(false)
      disk.fill()
    },
    async ({ world, disk, machine, plan, now }) => {
      disk.empty()
      // Whoever made room looks at the status page a while later.
      plan(now() + HOUR, () => machine.redrive())
      await world.reach(true)
    },
  ),
  'a backup is restored': away(0.05, 0.2, 'stop', restore),
  'a backup is restored after a power cut': away(0.05, 3, 'cut', restore),
  'the file is lost': away(0.05, 1, 'cut', ({ removeStore }) => removeStore()),
  'an upgrade': away(0.02, 0.1, 'stop', ({ downgrade }) => downgrade()),
  'the tokens expire': during(
    1,
    8,
    async ({ world, rekey }) => {
      await world.reach(false)
      await rekey()
    },
    async ({ world, machine }) => {
      await machine.stop()
      machine.start()
      await world.reach(true)
    },
  ),
  'no credits are left': during(
    1,
    8,
    async ({ world }) => {
      await world.reach(false)
      await world.credits(0)
    },
    async ({ world }) => {
      await world.credits(undefined)
      await world.reach(true)
    },
  ),
  'the account is locked': during(
    2,
    8,
    async ({ world }) => {
      await world.reach(false)
      await world.weather({ kind: 'status', status: 403 })
    },
    async ({ world, machine }) => {
      await world.weather(undefined)
      await machine.store()?.ports.killSwitch.reset()
      await world.reach(true)
    },
  ),
  'a quiet day': () => 0,
  'another quiet day': () => 0,
} as const satisfies Record<string, Incident>

export type IncidentName = keyof typeof INCIDENTS
