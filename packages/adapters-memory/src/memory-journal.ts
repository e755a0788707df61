import {
  type Journal,
  type JournalDay,
  type JournalEnd,
  type JournalEntry,
  MOST_ENTRIES,
  noteEntry,
} from '@hexbird/core/adapter'
import { TIMES } from '@hexbird/core/host'

/** A journal in memory, which lasts until the process ends. */
export class MemoryJournal implements Journal {
  /** Entries by tweet, in the order in which the tweets arrived. */
  readonly #entries = new Map<string, JournalEntry>()
  readonly #days = new Map<string, JournalDay>()

  async note(told: JournalEntry): Promise<void> {
    this.#dropExpired(told.at)
    const noted = noteEntry(this.#entries.get(told.tweetId), told)
    if (noted === undefined) return
    this.#entries.set(told.tweetId, noted.entry)
    if (noted.end) this.#count(noted.entry, noted.end)
  }

  async recent(most: number): Promise<readonly JournalEntry[]> {
    return [...this.#entries.values()].reverse().slice(0, most)
  }

  async days(since: string): Promise<readonly JournalDay[]> {
    const days = new Map(this.#days)
    for (const { kind, at } of this.#entries.values()) {
      if (kind !== 'failed') continue
      const known = days.get(dayOf(at)) ?? noneOn(dayOf(at))
      days.set(known.day, { ...known, failed: known.failed + 1 })
    }
    return [...days.values()].filter(({ day }) => day >= since).sort((a, b) => (a.day < b.day ? -1 : 1))
  }

  async forgetAuthor(authorId: string): Promise<void> {
    for (const [id, entry] of this.#entries) if (entry.authorId === authorId) this.#entries.delete(id)
  }

  /** Removes all entries and sums. */
  async removeAll(): Promise<void> {
    this.#entries.clear()
    this.#days.clear()
  }

  #count({ at, cost }: JournalEntry, end: JournalEnd): void {
    const known = this.#days.get(dayOf(at)) ?? noneOn(dayOf(at))
    this.#days.set(known.day, { ...known, [end]: known[end] + 1, cost: known.cost + cost })
  }

  #dropExpired(now: number): void {
    for (const [id, { at }] of this.#entries) {
      if (at > now - TIMES.journal && this.#entries.size < MOST_ENTRIES) break
      this.#entries.delete(id)
    }
    for (const day of this.#days.keys()) if (day < dayOf(now - TIMES.journal)) this.#days.delete(day)
  }
}

const noneOn = (day: string): JournalDay => ({
  day,
  replied: 0,
  ignored: 0,
  refused: 0,
  unresolved: 0,
  failed: 0,
  cost: 0,
})
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
