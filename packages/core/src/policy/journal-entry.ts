import type { JournalEnd, JournalEntry } from '../ports/journal.js'

/** So many entries are kept: a flood must not fill the disk. */
export const MOST_ENTRIES = 10_000
/** In UTF-16 units. */
export const LONGEST_DETAIL = 300

/** How a tweet may end, in the order in which a person wants to read it. */
export const JOURNAL_ENDS = ['replied', 'ignored', 'refused', 'unresolved'] as const satisfies readonly JournalEnd[]

/**
 * The entry that is kept of a tweet when this becomes of it, and whether that counts as an end of its day.
 *
 * `undefined` where nothing changes: a tweet that has ended comes again with each redelivery, and is then `ignored`. One
 * that was ignored may still get a reply, after an edit.
 */
export function noteEntry(
  before: JournalEntry | undefined,
  entry: JournalEntry,
): { readonly entry: JournalEntry; readonly end?: JournalEnd } | undefined {
  const end = endOf(entry)
  if (before !== undefined && endOf(before) !== undefined) {
    const isChanged = before.kind === 'ignored' && end !== undefined && end !== 'ignored'
    if (!isChanged) return undefined
  }
  const username = entry.username ?? before?.username
  const kept = {
    ...entry,
    ...(username !== undefined && { username }),
    ...(entry.detail !== undefined && { detail: entry.detail.slice(0, LONGEST_DETAIL) }),
  }
  return end === undefined ? { entry: kept } : { entry: kept, end }
}

const endOf = ({ kind }: JournalEntry): JournalEnd | undefined => JOURNAL_ENDS.find((end) => end === kind)
