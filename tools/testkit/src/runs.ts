/** How many cases a property tries unless it is told: `npm run test:all` tries `full`, HEXBIRD_FUZZ_RUNS any number. */
const BY_DEFAULT = 100

/** How many cases a property tries. */
export function runs(full = 200): number {
  const { HEXBIRD_FUZZ_RUNS: value, HEXBIRD_TESTS: tests } = process.env
  if (value === undefined || value === '') return tests === 'all' ? full : Math.min(full, BY_DEFAULT)
  const count = Number(value)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`HEXBIRD_FUZZ_RUNS is a whole number above 0: ${value}`)
  return count
}
