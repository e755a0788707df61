/** How often properties are tried; `HEXBIRD_FUZZ_RUNS` raises it. */
export const runs = (fraction = 1): number =>
  Math.max(1, Math.round(Number(process.env.HEXBIRD_FUZZ_RUNS ?? 200) * fraction))
