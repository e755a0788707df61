/** How often a property is tried; the nightly run asks for more. */
export const runs = (): number => Number(process.env.HEXBIRD_FUZZ_RUNS ?? 200)
