/** Something whose time is taken; gives milliseconds. */
export type Timed = () => Promise<number>

/** Times of each, a number for each round. */
export type Times<Name extends string> = Readonly<Record<Name, readonly number[]>>

/**
 * Takes the times of all in turn, round by round, every other round backwards: whatever else the machine does then, it
 * does to all of them. A first round is not counted.
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

/** What one takes for each unit of the other: the median of the ratios of the rounds, and how far their middle half is apart. */
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
