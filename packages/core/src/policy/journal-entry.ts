import type { JournalEnd, JournalEntry } from '../ports/journal.js'

/** The most entries to keep, so that a flood does not fill the disk. */
export const MOST_ENTRIES = 10_000
/** The most UTF-16 units to keep of a detail. */
export const LONGEST_DETAIL = 300

/** The final outcomes, in the order in which to show them to a person. */
export const JOURNAL_ENDS = ['replied', 'ignored', 'refused', 'unresolved'] as const satisfies readonly JournalEnd[]

/**
 * Returns the entry to store after a new outcome, and as `end` the final outcome to count for its day, if there is one.
 *
 * `undefined` if nothing changes: a redelivery of a tweet that has a final outcome is `ignored`, and must not replace
 * that outcome. A tweet that was ignored may still get a reply, after an edit.
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
