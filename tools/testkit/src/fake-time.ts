/** The time that a queue lives in. */
interface QueueTime {
  readonly now: () => number
  readonly random: () => number
  readonly setTimer: (run: () => void, milliseconds: number) => unknown
  readonly clearTimer: (timer: unknown) => void
}

/** A clock with timers that moves only when it is told to. */
export class FakeTime {
  #now: number
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>()
  #made = 0

  constructor(now = 1_790_000_000_000) {
    this.#now = now
  }

  readonly now = (): number => this.#now

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size
  }

  /** For a queue: its time, its timers and no chance. `random` gives the longest wait. */
  readonly forQueue = (): QueueTime => ({
    now: this.now,
    random: () => 1,
    setTimer: (run, milliseconds) => {
      if (milliseconds >= 2 ** 31) throw new RangeError('a timer of Node.js would fire at once')
      this.#made += 1
      this.#timers.set(this.#made, { at: this.#now + milliseconds, run })
      return this.#made
    },
    clearTimer: (timer) => void this.#timers.delete(timer as number),
  })

  /** Moves the time on, timer by timer, and lets what they start come to rest. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    await settled()
    for (let next = this.#next(end); next; next = this.#next(end)) {
      const [timer, { at, run }] = next
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, at)
      run()
      await settled()
    }
    this.#now = end
  }

  #next(end: number) {
    return [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
  }
}

/** Everything that waits for nothing but promises has gone on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
