/** How many cases a property tries unless it is told: `npm run test:all` tries `full`, HEXBIRD_FUZZ_RUNS any number. */
const BY_DEFAULT = 50

/** How many cases a property tries, and at most how many in `npm test`: say fewer where each one asks a server. */
export function runs(full = 200, most = BY_DEFAULT): number {
  const { HEXBIRD_FUZZ_RUNS: value, HEXBIRD_TESTS: tests } = process.env
  if (value === undefined || value === '') return tests === 'all' ? full : Math.min(full, most)
  const count = Number(value)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`HEXBIRD_FUZZ_RUNS is a whole number above 0: ${value}`)
  return count
}
