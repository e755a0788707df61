import { inRounds, inTurn, ratioOf, type Timed } from './pairs.js'

/** For work in microseconds: the number of turns in a round and their length. A round takes the best turn. */
const TURNS = 40
const TURN_MS = 3
const WARM_UP_MS = 1000

type Work = () => unknown

/**
 * Measures the ratio of two tasks, which take turns. Other load on the machine only adds time, so the shortest turn of
 * a round is closest to the real time.
 */
export async function ratioOfWork(one: Work, other: Work, rounds: number): Promise<{ ratio: number; spread: number }> {
  const timed = { one: await timedWork(one), other: await timedWork(other) }
  const times = await inTurn(timed, rounds * TURNS)
  return ratioOf(inRounds(times.one, TURNS, Math.min), inRounds(times.other, TURNS, Math.min))
}

/** If the task returns a promise, waiting for it counts as part of the time. */
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
