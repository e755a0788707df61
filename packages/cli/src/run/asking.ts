import type { Swept } from '@hexbird/core/host'

/** What came of asking X for mentions. */
export type Asked = Swept | { readonly kind: 'failed'; readonly error: unknown }

/** Whether an operator has paused the bot. */
export const isPaused = (asked: Asked): boolean => asked.kind === 'deferred' && asked.reason === 'stopped'

/** The time, and waiting for it. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly setTimer: (run: () => void, milliseconds: number) => unknown
  readonly clearTimer: (timer: unknown) => void
}

const systemClock: Clock = {
  now: Date.now,
  setTimer: setTimeout,
  clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

/** How often to ask. Milliseconds. */
export interface Pace {
  readonly every: number
  /** How often to look back, for what X listed late. 0: each time. */
  readonly lookBackEvery: number
}

/** The longest wait after failures, milliseconds. */
const LONGEST = 5 * 60_000

/**
 * Asks now and then on, one question at a time. After a failure it waits twice as long as before, up to five minutes.
 *
 * `tell` is told what came of it, and when it asks next. Gives a function that ends it and resolves when no question is open.
 */
export function keepAsking(
  ask: (lookBack: boolean) => Promise<Swept>,
  { every, lookBackEvery }: Pace,
  tell: (asked: Asked, nextAt: number) => void,
  { now, setTimer, clearTimer }: Clock = systemClock,
): () => Promise<void> {
  let isOver = false
  let timer: unknown
  let wait = every
  let lookedBackAt = Number.NEGATIVE_INFINITY
  let open = round()
  return async () => {
    isOver = true
    clearTimer(timer)
    await open
  }

  async function round(): Promise<void> {
    const startedAt = now()
    // A clock that was set back must not put it off.
    const lookBack = Math.abs(startedAt - lookedBackAt) >= lookBackEvery
    const asked = await ask(lookBack).catch((error: unknown): Asked => ({ kind: 'failed', error }))
    if (asked.kind === 'swept' && lookBack) lookedBackAt = startedAt
    // While posting is stopped X is not asked at all, and to resume should show soon.
    const isFine = asked.kind === 'swept' || isPaused(asked)
    wait = isFine ? every : Math.max(every, Math.min(2 * wait, LONGEST))
    tell(asked, now() + wait)
    if (isOver) return
    timer = setTimer(() => {
      open = round()
    }, wait)
  }
}
