import { compareIds } from '../util/ids.js'

/** Ids by a key, each list in numeric order and each id in it once. */
type IdIndex = {
  readonly add: (key: string, id: string) => void
  readonly of: (key: string) => readonly string[]
}

export function createIdIndex(): IdIndex {
  const lists = new Map<string, string[]>()
  return {
    add(key, id) {
      const ids = lists.get(key)
      if (ids === undefined) lists.set(key, [id])
      else insertId(ids, id)
    },
    of: (key) => lists.get(key) ?? [],
  }
}

/** Puts the id where it belongs, unless it is there. */
export function insertId(ids: string[], id: string): void {
  const at = firstNotBelow(ids, id)
  if (ids[at] !== id) ids.splice(at, 0, id)
}

/** How many of the ordered ids are smaller than this one. New ids are the largest, those of recordings can be any. */
function firstNotBelow(ids: readonly string[], id: string): number {
  const last = ids.at(-1)
  if (last === undefined || compareIds(last, id) < 0) return ids.length
  let [low, high] = [0, ids.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareIds(ids[middle] ?? id, id) < 0) low = middle + 1
    else high = middle
  }
  return low
}
