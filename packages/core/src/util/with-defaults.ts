/** Options with every default filled in. An option that is `undefined` was left out: it must not take a limit away. */
export const withDefaults = <Defaults extends object, Given extends object>(
  defaults: Defaults,
  given: Given | undefined,
): Defaults & Given => ({ ...defaults, ...withoutUndefined(given ?? {}) }) as Defaults & Given

export const withoutUndefined = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T
