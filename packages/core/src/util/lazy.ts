/** Makes something when it is first asked for: a pattern of Unicode's properties takes longer than all else that a start does. */
export function lazy<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Does something when it is first asked for, and keeps what came of it. What failed is tried again the next time. */
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
