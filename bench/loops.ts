import { inTurn, ratioOf, type Timed } from './pairs.js'

/** For what takes microseconds: so many rounds for each round that is asked for, each this long. */
const SHORT_ROUNDS = 10
const ROUND_MS = 10
const WARM_UP_MS = 300

type Work = () => unknown

/**
 * The time of one for each unit of the other, both taken in turn in short rounds: what disturbs the machine for a moment
 * disturbs one pair of many.
 */
export async function ratioOfWork(one: Work, other: Work, rounds: number): Promise<{ ratio: number; spread: number }> {
  const timed = { one: await timedWork(one), other: await timedWork(other) }
  const times = await inTurn(timed, rounds * SHORT_ROUNDS)
  return ratioOf(times.one, times.other)
}

/** Where the work gives a promise it is waited for, and that belongs to its time. */
async function timedWork(work: Work): Promise<Timed> {
  const first = work()
  const run: (work: Work, times: number) => Promise<void> | void = first instanceof Promise ? runAsync : runSync
  await first
  const began = performance.now()
  let times = 0
  for (; performance.now() - began < WARM_UP_MS; times += 10) await run(work, 10)
  const each = Math.max(1, Math.round((times * ROUND_MS) / WARM_UP_MS))
  return async () => {
    const began = performance.now()
    await run(work, each)
    return (performance.now() - began) / each
  }
}

function runSync(work: Work, times: number): void {
  for (let n = 0; n < times; n++) work()
}

async function runAsync(work: Work, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await work()
}
