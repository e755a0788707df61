import { type Journal, type JournalDay, type JournalEntry, noteEntry } from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'

const EMPTY = 'before the first tweet it tells nothing'
const ALL = 'it tells all that it was told, the tweet that came last first, and no more than is asked for'
const ONE = 'a tweet has one entry, which keeps its place and the name of its author'
const STAYS = 'what has ended stays as it ended, and counts once'
const SUMS = 'each day has its own sums, which include only what has ended, and count what failed'
const FAILED = 'a tweet counts as failed on the day of its last attempt, and no longer once it has ended'
const FORGET = 'a person is forgotten, and nobody else; the sums stay'
const REMOVE = 'everything is removed'
const EXPIRE = 'what is older than it is kept for is gone'

export const JOURNAL_FAULTS = {
  'it begins with a day': [EMPTY, SUMS],
  'the oldest come first': [ALL, ONE, EXPIRE],
  'all are given': [ALL],
  'ids go through floating point': [ALL, STAYS],
  'an entry moves when it changes': [ONE],
  'each outcome is an entry': [ONE, STAYS],
  'the last outcome stays': [STAYS],
  'what has not ended is counted': [SUMS, FAILED],
  'money is not summed up': [SUMS],
  'all days are given': [SUMS, FAILED],
  'failures are not counted': [SUMS, FAILED],
  'a failure counts forever': [FAILED],
  'days of failures alone are left out': [FAILED],
  'everybody is forgotten': [FORGET],
  'the first entry of a person is forgotten': [FORGET],
  'sums are forgotten too': [FORGET],
  'sums are left': [REMOVE],
  'entries are left': [REMOVE],
  'entries never end': [EXPIRE],
  'days never end': [EXPIRE],
} as const

export type JournalFault = keyof typeof JOURNAL_FAULTS

const NONE = { replied: 0, ignored: 0, refused: 0, unresolved: 0, failed: 0, cost: 0 }
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

export function faultyJournal(fault?: JournalFault): Journal {
  let entries: JournalEntry[] = []
  /** Whatever has failed once. */
  const failures: JournalEntry[] = []
  let days: JournalDay[] = fault === 'it begins with a day' ? [{ day: '2026-11-20', ...NONE }] : []

  function told(entry: JournalEntry) {
    const rounded = fault === 'ids go through floating point'
    return rounded ? { ...entry, tweetId: `${BigInt(Number(entry.tweetId))}` } : entry
  }

  function noted(before: JournalEntry | undefined, entry: JournalEntry) {
    return noteEntry(fault === 'the last outcome stays' ? undefined : before, entry)
  }

  function count({ at, cost }: JournalEntry, end: Exclude<keyof typeof NONE, 'failed' | 'cost'>): void {
    const day = dayOf(at)
    const known = days.find((one) => one.day === day) ?? { day, ...NONE }
    const sum = fault === 'money is not summed up' ? cost : known.cost + cost
    days = [...days.filter((one) => one.day !== day), { ...known, [end]: known[end] + 1, cost: sum }]
    days.sort((a, b) => (a.day < b.day ? -1 : 1))
  }

  function withFailures(): readonly JournalDay[] {
    if (fault === 'failures are not counted') return days
    const all = new Map(days.map((each) => [each.day, each]))
    for (const { at, kind } of fault === 'a failure counts forever' ? failures : entries) {
      const known = all.get(dayOf(at)) ?? { day: dayOf(at), ...NONE }
      if (kind === 'failed') all.set(known.day, { ...known, failed: known.failed + 1 })
    }
    const isLeftOut = (day: string) =>
      fault === 'days of failures alone are left out' && !days.some((each) => each.day === day)
    return [...all.values()].filter(({ day }) => !isLeftOut(day)).sort((a, b) => (a.day < b.day ? -1 : 1))
  }

  return {
    async note(given) {
      const entry = told(given)
      if (fault !== 'entries never end') entries = entries.filter(({ at }) => at > entry.at - TIMES.journal)
      if (fault !== 'days never end') days = days.filter(({ day }) => day >= dayOf(entry.at - TIMES.journal))
      const index =
        fault === 'each outcome is an entry' ? -1 : entries.findIndex((one) => one.tweetId === entry.tweetId)
      const next = noted(entries[index], entry)
      if (next === undefined) return
      if (next.entry.kind === 'failed') failures.push(next.entry)
      if (index < 0) entries.push(next.entry)
      else if (fault === 'an entry moves when it changes') entries = [...entries.toSpliced(index, 1), next.entry]
      else entries[index] = next.entry
      if (next.end) count(next.entry, next.end)
      else if (fault === 'what has not ended is counted') count(next.entry, 'ignored')
    },
    async recent(most) {
      const ordered = fault === 'the oldest come first' ? entries : entries.toReversed()
      return fault === 'all are given' ? ordered : ordered.slice(0, most)
    },
    async days(since) {
      const all = withFailures()
      return fault === 'all days are given' ? all : all.filter(({ day }) => day >= since)
    },
    async forgetAuthor(authorId) {
      if (fault === 'sums are forgotten too') days = []
      const first = entries.findIndex((entry) => entry.authorId === authorId)
      if (fault === 'everybody is forgotten') entries = []
      else if (fault === 'the first entry of a person is forgotten') entries.splice(first, 1)
      else entries = entries.filter((entry) => entry.authorId !== authorId)
    },
    async removeAll() {
      if (fault !== 'entries are left') entries = []
      if (fault !== 'sums are left') days = []
    },
  }
}
