/**
 * What X charges for, in micro-dollars (1 USD = 1,000,000): docs.x.com/x-api/getting-started/pricing, as of August 2026.
 * An expansion counts as what it brings along.
 */
const PRICES = {
  postRead: 5_000,
  userRead: 10_000,
  /** One of the bot's own posts, or a mention of it, listed for the account that owns the app. */
  ownedRead: 1_000,
  /** A post that X Activity delivered. */
  postEvent: 5_000,
  messageEvent: 10_000,
  followEvent: 10_000,
  /** A reply to somebody who summoned the account. */
  reply: 10_000,
  /** Any other post. */
  post: 15_000,
  /** A post or a reply with a link in it. */
  postWithLink: 200_000,
  message: 15_000,
  follow: 15_000,
} as const

/** What X charges for, by the names of the bill. */
export type BillKind = keyof typeof PRICES

/** Micro-dollars, all together and by what they were charged for. */
export type Bill = { readonly total: number; readonly byKind: Readonly<Record<BillKind, number>> }

/** What X gives for a read is charged once a UTC day; what somebody does is charged each time. */
type Read = 'postRead' | 'userRead' | 'ownedRead' | 'postEvent' | 'messageEvent' | 'followEvent'

export type Bills = ReturnType<typeof createBills>

export function createBills(now: () => number) {
  const counts = new Map<BillKind, number>()
  let day = ''
  const readToday = new Set<string>()
  const postsByDay = new Map<string, number>()

  const add = (kind: BillKind): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1)

  function read(kind: Read, ids: Iterable<string>): void {
    const today = new Date(now()).toISOString().slice(0, 10)
    if (today !== day) readToday.clear()
    day = today
    for (const id of ids) {
      const key = `${kind} ${id}`
      if (readToday.has(key)) continue
      readToday.add(key)
      add(kind)
      if (kind === 'postRead' || kind === 'ownedRead') postsByDay.set(today, (postsByDay.get(today) ?? 0) + 1)
    }
  }

  function bill(): Bill {
    const kinds = Object.keys(PRICES) as BillKind[]
    const byKind = Object.fromEntries(kinds.map((kind) => [kind, PRICES[kind] * (counts.get(kind) ?? 0)]))
    const total = Object.values(byKind).reduce((sum, amount) => sum + amount, 0)
    return { total, byKind: byKind as Record<BillKind, number> }
  }

  return {
    add: (kind: Exclude<BillKind, Read>) => add(kind),
    read,
    bill,
    /** How many posts the API gave on that UTC day, `2026-11-29`. */
    postsOn: (date: string): number => postsByDay.get(date) ?? 0,
  }
}
