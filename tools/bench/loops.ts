import { inRounds, inTurn, ratioOf, type Timed } from './pairs.js'

/** For what takes microseconds: each round is so many turns, each this long, and has the best of them. */
const TURNS = 40
const TURN_MS = 3
const WARM_UP_MS = 1000

type Work = () => unknown

/**
 * The time of one for each unit of the other, both taken in turn. Whatever else the machine does only adds to a time, so
 * the least of a round is nearest to what the work takes.
 */
export async function ratioOfWork(one: Work, other: Work, rounds: number): Promise<{ ratio: number; spread: number }> {
  const timed = { one: await timedWork(one), other: await timedWork(other) }
  const times = await inTurn(timed, rounds * TURNS)
  return ratioOf(inRounds(times.one, TURNS, Math.min), inRounds(times.other, TURNS, Math.min))
}

/** Where the work gives a promise it is waited for, and that belongs to its time. */
async function timedWork(work: Work): Promise<Timed> {
  const first = work()
  const run: (work: Work, times: number) => Promise<void> | void = first instanceof Promise ? runAsync : runSync
  await first
  const began = performance.now()
  let times = 0
  for (; performance.now() - began < WARM_UP_MS; times += 10) await run(work, 10)
  const each = Math.max(1, Math.round((times * TURN_MS) / WARM_UP_MS))
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
