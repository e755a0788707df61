/** Numbers from 0 up to 1, the same for the same seed: mulberry32. */
export type Random = () => number

export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number from 0 up to `below`. */
export const integer = (random: Random, below: number): number => Math.floor(random() * below)

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[integer(random, items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from.')
  return item
}
