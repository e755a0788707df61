import type { Random } from './random.js'

const EPOCH = 1288834974657n

/**
 * Snowflake ids of the clock: milliseconds since X's epoch in the upper bits. Unique and increasing, also when the
 * clock stands still or goes back. Almost none of them survives a JavaScript number, so that code which reads the
 * numeric `id` of the older dialect is caught.
 */
export function createIds(random: Random, now: () => number): () => string {
  const machine = BigInt(Buffer.from(random(2)).readUInt16BE() & 0x3ff) << 12n
  let last = 0n
  return () => {
    const first = ((BigInt(now()) - EPOCH) << 22n) | machine | 1n
    last = first > last ? first : last + 1n
    return last.toString()
  }
}

/** Numeric order of ids of any length. */
export function compareIds(a: string, b: string): number {
  return a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length
}
