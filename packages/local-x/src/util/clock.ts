import { LocalXError } from './errors.js'

/** The time, and waiting for it. */
export type Clock = {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Runs `run` once, `ms` from now. Gives what `clearTimer` takes. */
  readonly setTimer: (run: () => void, ms: number) => unknown
  /** Stops what `setTimer` began. */
  readonly clearTimer: (timer: unknown) => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** A clock that stands still until it is told. */
export type TestClock = Clock & {
  /** Moves on by so much; timers that fall due on the way run in their order, each at its own time. */
  readonly advance: (ms: number) => void
  /** Moves on to that time, epoch milliseconds, like `advance`. It does not go back. */
  readonly set: (time: number) => void
  /** How many timers wait. */
  readonly waiting: () => number
}

/** A clock for tests, which begins at `start`, epoch milliseconds. */
export function testClock(start = Date.UTC(2026, 7, 1, 12)): TestClock {
  let time = start
  let made = 0
  const timers = new Map<unknown, { readonly at: number; readonly run: () => void }>()

  function set(to: number): void {
    if (!(to >= time)) throw new LocalXError('BAD_CLOCK', `A clock does not go back: from ${time} to ${to}.`)
    for (let next = firstDue(to); next !== undefined; next = firstDue(to)) {
      const [timer, { at, run }] = next
      timers.delete(timer)
      time = Math.max(time, at)
      run()
    }
    time = to
  }

  const firstDue = (to: number) => [...timers].filter(([, { at }]) => at <= to).sort(([, a], [, b]) => a.at - b.at)[0]

  return {
    now: () => time,
    setTimer(run, ms) {
      made += 1
      timers.set(made, { at: time + ms, run })
      return made
    },
    clearTimer: (timer) => void timers.delete(timer),
    set,
    advance: (ms) => set(time + ms),
    waiting: () => timers.size,
  }
}
