export type BoundedCache<V> = {
  /** The value under the key; `make` is asked for it once, however many ask at a time. What fails is not kept. */
  readonly get: (key: string, make: () => Promise<V>) => Promise<V>
  /** What all that is kept weighs together. */
  readonly weight: () => number
}

/** Keeps what was asked for last, as long as all of it weighs at most so much. */
export function createBoundedCache<V>(most: number, weigh: (value: V) => number): BoundedCache<V> {
  const entries = new Map<string, { readonly value: Promise<V>; weight: number }>()
  let total = 0

  function get(key: string, make: () => Promise<V>): Promise<V> {
    const entry = entries.get(key) ?? { value: make(), weight: 0 }
    const isNew = !entries.delete(key)
    entries.set(key, entry)
    if (isNew) entry.value.then(keep, () => isKept() && entries.delete(key))
    return entry.value

    function isKept(): boolean {
      return entries.get(key) === entry
    }

    function keep(value: V): void {
      if (!isKept()) return
      entry.weight = weigh(value)
      total += entry.weight
      for (const [oldest, { weight }] of entries) {
        if (total <= most) return
        // Still in the making: it weighs nothing yet, and whoever asks for it is not to make it again.
        if (weight === 0) continue
        entries.delete(oldest)
        total -= weight
      }
    }
  }

  return { get, weight: () => total }
}
