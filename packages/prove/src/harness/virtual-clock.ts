/** A clock that stands still until it is told, for a bot, its queues and a local X alike. */
export interface VirtualClock {
  readonly now: () => number
  readonly setTimer: (run: () => void, milliseconds: number) => unknown
  readonly clearTimer: (timer: unknown) => void
  /** Goes on to the next timer and runs all that are due then; false where none waits. */
  readonly jump: () => boolean
  /** So much time goes by; timers that fall due on the way run, each at its own time. */
  readonly pass: (milliseconds: number) => void
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

export function virtualClock(start = Date.UTC(2026, 10, 22, 12)): VirtualClock {
  let time = start
  let made = 0
  const timers = new Map<unknown, Timer>()

  function first(): [unknown, Timer] | undefined {
    let found: [unknown, Timer] | undefined
    for (const entry of timers) if (!found || entry[1].at < found[1].at) found = entry
    return found
  }

  function pass(until: number): void {
    for (let next = first(); next && next[1].at <= until; next = first()) {
      const [id, { at, run }] = next
      timers.delete(id)
      time = Math.max(time, at)
      run()
    }
    time = Math.max(time, until)
  }

  return {
    now: () => time,
    setTimer(run, milliseconds) {
      made += 1
      timers.set(made, { at: Math.ceil(time + milliseconds), run })
      return made
    },
    clearTimer: (timer) => void timers.delete(timer),
    jump() {
      const next = first()
      if (next) pass(next[1].at)
      return next !== undefined
    },
    pass: (milliseconds) => pass(Math.ceil(time + milliseconds)),
  }
}
