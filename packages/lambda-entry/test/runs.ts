/** How many cases a property tries: HEXBIRD_FUZZ_RUNS, or the fallback. */
export function runs(fallback = 200): number {
  const value = process.env.HEXBIRD_FUZZ_RUNS
  if (value === undefined || value === '') return fallback
  const count = Number(value)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`HEXBIRD_FUZZ_RUNS is a whole number above 0: ${value}`)
  return count
}
