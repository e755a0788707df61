import { TIMES } from '../policy/times.js'
import type { Journal, JournalEntry } from '../ports/journal.js'
import { type Contract, expectEqual } from './case.js'

const AT = Date.UTC(2026, 10, 22, 12)
const DAY = 24 * 60 * 60 * 1000
const replied: JournalEntry = {
  tweetId: '9007199254740993',
  authorId: '7',
  username: 'ada',
  at: AT,
  kind: 'replied',
  replyId: '9007199254740995',
  cost: 11_000,
}
const ignored: JournalEntry = { tweetId: '12', authorId: '8', at: AT + 1, kind: 'ignored', reason: 'too-old', cost: 0 }
const none = { replied: 0, ignored: 0, refused: 0, unresolved: 0, failed: 0, cost: 0 }

/** The contract of `Journal`. */
export const journalContract: Contract<Journal> = [
  {
    name: 'before the first tweet it tells nothing',
    async check(make) {
      const journal = await make()
      expectEqual(await journal.recent(10), [], 'recent')
      expectEqual(await journal.days('2026-01-01'), [], 'days')
    },
  },
  {
    name: 'it tells all that it was told, the tweet that came last first, and no more than is asked for',
    async check(make) {
      const journal = await make()
      const deferred: JournalEntry = {
        tweetId: '13',
        authorId: '8',
        at: AT + 2,
        kind: 'deferred',
        reason: 'rate-limited',
        detail: 'X says: "later" 🐕',
        until: AT + 60_000,
        cost: 5_000,
      }
      for (const entry of [replied, ignored, deferred]) await journal.note(entry)
      expectEqual(await journal.recent(10), [deferred, ignored, replied], 'recent')
      expectEqual(await journal.recent(2), [deferred, ignored], 'the newest two')
    },
  },
  {
    name: 'a tweet has one entry, which keeps its place and the name of its author',
    async check(make) {
      const journal = await make()
      const { username: _, ...unnamed } = { ...replied, at: AT + 5 }
      const { replyId: _id, ...before } = replied
      await journal.note({ ...before, kind: 'job-stored', cost: 0 })
      await journal.note(ignored)
      await journal.note(unnamed)
      expectEqual(await journal.recent(10), [ignored, { ...unnamed, username: 'ada' }], 'recent')
    },
  },
  {
    name: 'what has ended stays as it ended, and counts once',
    async check(make) {
      const journal = await make()
      await journal.note(replied)
      const again: JournalEntry = { ...ignored, tweetId: replied.tweetId, reason: 'already-handled' }
      for (const kind of ['ignored', 'deferred', 'failed'] as const) await journal.note({ ...again, kind })
      expectEqual(await journal.recent(10), [replied], 'recent')
      expectEqual(await journal.days('2026-11-22'), [{ day: '2026-11-22', ...none, replied: 1, cost: 11_000 }], 'days')
    },
  },
  {
    name: 'each day has its own sums, which include only what has ended, and count what failed',
    async check(make) {
      const journal = await make()
      await journal.note({ ...ignored, at: AT - DAY, cost: 5_000 })
      await journal.note(replied)
      await journal.note({ ...replied, tweetId: '14' })
      await journal.note({ ...ignored, tweetId: '15', kind: 'refused' })
      await journal.note({ ...ignored, tweetId: '16', kind: 'unresolved' })
      await journal.note({ ...ignored, tweetId: '17', kind: 'failed', cost: 9_000 })
      await journal.note({ ...ignored, tweetId: '18', kind: 'deferred', cost: 9_000 })
      const today = { day: '2026-11-22', replied: 2, ignored: 0, refused: 1, unresolved: 1, failed: 1, cost: 22_000 }
      expectEqual(await journal.days('2026-11-22'), [today], 'today')
      const yesterday = { day: '2026-11-21', ...none, ignored: 1, cost: 5_000 }
      expectEqual(await journal.days('2026-11-01'), [yesterday, today], 'the month')
    },
  },
  {
    name: 'a tweet counts as failed on the day of its last attempt, and no longer once it has ended',
    async check(make) {
      const journal = await make()
      const failed: JournalEntry = { ...ignored, kind: 'failed', at: AT - DAY, cost: 9_000 }
      await journal.note(failed)
      await journal.note({ ...failed, tweetId: '14' })
      await journal.note({ ...failed, tweetId: '15' })
      const yesterday = { day: '2026-11-21', ...none, failed: 3 }
      expectEqual(await journal.days('2026-11-21'), [yesterday], 'a day of failures alone')
      expectEqual(await journal.days('2026-11-22'), [], 'a day before the first')
      await journal.note({ ...failed, at: AT })
      await journal.note({ ...replied, tweetId: '14' })
      const today = { day: '2026-11-22', ...none, replied: 1, failed: 1, cost: 11_000 }
      expectEqual(await journal.days('2026-11-01'), [{ ...yesterday, failed: 1 }, today], 'a day later')
      await journal.forgetAuthor('8')
      expectEqual(await journal.days('2026-11-01'), [{ ...today, failed: 0 }], 'the author is forgotten')
    },
  },
  {
    name: 'a person is forgotten, and nobody else; the sums stay',
    async check(make) {
      const journal = await make()
      for (const entry of [replied, { ...replied, tweetId: '14' }, ignored]) await journal.note(entry)
      const before = await journal.days('2026-11-01')
      await journal.forgetAuthor('7')
      expectEqual(await journal.recent(10), [ignored], 'recent')
      expectEqual(await journal.days('2026-11-01'), before, 'days')
    },
  },
  {
    name: 'everything is removed',
    async check(make) {
      const journal = await make()
      await journal.note(replied)
      await journal.removeAll()
      expectEqual(await journal.recent(10), [], 'recent')
      expectEqual(await journal.days('2026-01-01'), [], 'days')
    },
  },
  {
    name: 'what is older than it is kept for is gone',
    async check(make) {
      const journal = await make()
      await journal.note(replied)
      await journal.note({ ...ignored, at: AT + TIMES.journal - 1 })
      expectEqual((await journal.recent(10)).length, 2, 'entries a moment before')
      await journal.note({ ...ignored, tweetId: '14', at: AT + TIMES.journal })
      expectEqual(
        (await journal.recent(10)).map(({ tweetId }) => tweetId),
        ['14', '12'],
        'recent',
      )
      await journal.note({ ...ignored, tweetId: '15', at: AT + TIMES.journal + DAY })
      expectEqual(
        (await journal.days('2026-01-01')).map(({ day }) => day),
        ['2026-12-22', '2026-12-23'],
        'days',
      )
    },
  },
]
