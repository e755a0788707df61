/** Makes something when it is first asked for: a pattern of Unicode's properties takes longer than all else that a start does. */
export function lazily<Made>(make: () => Made): () => Made {
  let made: Made | undefined
  return () => {
    made ??= make()
    return made
  }
}
