/**
 * Creates a value on first use. Regular expressions with Unicode properties are slow to create, and would delay every
 * start.
 */
export function lazy<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Runs an async function on first use and caches its result. A failure is not cached, so the next call retries. */
export function memoize<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}
