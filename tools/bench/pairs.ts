/** Runs a measured task. Returns milliseconds. */
export type Timed = () => Promise<number>

/** Measures a task by how long it takes. */
export const timed =
  (work: () => Promise<unknown>): Timed =>
  async () => {
    const began = performance.now()
    await work()
    return performance.now() - began
  }

/** The times of each task, one per round. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>

/**
 * Measures all tasks in turn, round by round, in reverse order every other round, so that other load on the machine
 * affects all of them. The first round doesn't count.
 */
export async function inTurn<Name extends string>(
  timed: Readonly<Record<Name, Timed>>,
  rounds: number,
): Promise<Times<Name>> {
  const names = Object.keys(timed) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const time = await timed[name]()
      if (round > 0) times[name].push(time)
    }
  }
  return times
}

/** The best turn of each round. */
export function inRounds(
  turns: readonly number[],
  each: number,
  best: (...turns: readonly number[]) => number,
): readonly number[] {
  return Array.from({ length: turns.length / each }, (_, round) =>
    best(...turns.slice(round * each, (round + 1) * each)),
  )
}

/** Returns the median ratio of the rounds, and the interquartile range. */
export function ratioOf(one: readonly number[], other: readonly number[]): { ratio: number; spread: number } {
  const ratios = one.map((time, round) => time / (other[round] ?? Number.NaN))
  return { ratio: quantile(ratios, 0.5), spread: quantile(ratios, 0.75) - quantile(ratios, 0.25) }
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * part
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (high - low) * (place - Math.floor(place))
}
