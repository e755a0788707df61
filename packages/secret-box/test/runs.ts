/** How many cases a property tries. */
export const runs = { numRuns: Number(process.env.HEXBIRD_FUZZ_RUNS ?? 200) }
