/** A clock that a test sets. Timers run when it is advanced past them, in order, and what they begin is given its turn. */
export function testClock(start = Date.now()) {
  let time = start
  let id = 0
  const timers = new Map<number, { at: number; run: () => void }>()
  return {
    now: () => time,
    setTimer: (run: () => void, milliseconds: number) => {
      timers.set(++id, { at: time + milliseconds, run })
      return id
    },
    clearTimer: (timer: unknown) => {
      timers.delete(timer as number)
    },
    advance(milliseconds: number) {
      time += milliseconds
      const due = [...timers].filter(([, { at }]) => at <= time).sort(([, a], [, b]) => a.at - b.at)
      for (const [timer, { run }] of due) {
        timers.delete(timer)
        run()
      }
    },
  }
}
