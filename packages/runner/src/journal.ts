import { AsyncLocalStorage } from 'node:async_hooks'
import type { EventOutcome } from '@hexbird/core'
import { type Budget, type Journal, type JournalEntry, type Now, tweetOfJobKey } from '@hexbird/core/adapter'
import type { Around, Work } from './consume.js'

/** Counts of each outcome; `failed` counts what was thrown. */
export type OutcomeCounts = Readonly<Record<string, number>>

/** The state of one run of a handler. */
interface Run {
  /** What the tweet cost, in micro-dollars, as settled with the budget. */
  cost: number
}

const runs = new AsyncLocalStorage<Run>()

/** Counts the outcomes of all work since the process started. */
export function countOutcomes(): { readonly around: Around; readonly counts: () => OutcomeCounts } {
  const counts: Record<string, number> = {}
  const count = (kind: string) => {
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return {
    async around(_, handle) {
      try {
        const outcome = await handle()
        count(outcome.kind)
        return outcome
      } catch (error) {
        count('failed')
        throw error
      }
    },
    counts: () => ({ ...counts }),
  }
}

/** Wraps the budget to record a tweet's cost in the current run: the highest amount that any day was charged for it. */
export function meteredBudget(budget: Budget): Budget {
  return {
    reserve: (charges, now) => budget.reserve(charges, now),
    async settle(charges, now) {
      await budget.settle(charges, now)
      const run = runs.getStore()
      if (run === undefined) return
      for (const { kind, call, amount, reserved = amount } of charges) {
        if (kind === 'day' && call !== undefined) run.cost = Math.max(run.cost, Math.min(amount, reserved))
      }
    },
    removeAll: () => budget.removeAll(),
  }
}

/**
 * Records the outcome of each tweet, and its cost if the handlers use a `meteredBudget`. If the journal fails, the bot
 * continues, and `onError` gets the error.
 */
export function keepJournal(journal: Journal, now: Now, onError: (error: unknown) => void): Around {
  return (work, handle) => {
    const run: Run = { cost: 0 }
    return runs.run(run, async () => {
      try {
        const outcome = await handle()
        await note(entryOf(work, outcome, run.cost))
        return outcome
      } catch (error) {
        await note({ kind: 'failed', detail: String(error), cost: run.cost, ...tweetOf(work) })
        throw error
      }
    })
  }

  async function note(entry: Partial<JournalEntry> | undefined): Promise<void> {
    if (entry?.tweetId === undefined) return
    try {
      await journal.note({ ...(entry as JournalEntry), at: now() })
    } catch (error) {
      onError(error)
    }
  }
}

type Entry = Omit<JournalEntry, 'at'>

/** Returns the journal entry; `undefined` if there is no tweet, or it is the bot's own or for another bot. */
function entryOf(work: Work, outcome: EventOutcome, cost: number): Entry | undefined {
  const tweet = tweetOf(work)
  if (tweet === undefined) return undefined
  switch (outcome.kind) {
    case 'replied':
      return { ...tweet, kind: 'replied', replyId: outcome.replyId, cost }
    case 'job-stored':
      return { ...tweet, kind: 'job-stored', cost }
    case 'deferred':
    case 'refused': {
      const { kind, reason, detail } = outcome
      return { ...tweet, kind, reason, detail, cost, ...(kind === 'deferred' && { until: outcome.until }) }
    }
    case 'unresolved':
      return { ...tweet, kind: 'unresolved', detail: outcome.detail, cost }
    case 'ignored': {
      const { reason, detail } = outcome
      if (reason === 'own-tweet' || reason === 'not-for-this-bot') return undefined
      return { ...tweet, kind: 'ignored', reason, cost, ...(detail !== undefined && { detail }) }
    }
    default:
      return undefined
  }
}

type Who = Pick<JournalEntry, 'tweetId' | 'authorId' | 'username'>

function tweetOf(work: Work): Who | undefined {
  const tweet =
    work.kind === 'job' ? tweetOfJobKey(work.key) : work.event.kind === 'tweet' ? work.event.tweet : undefined
  if (tweet === undefined) return undefined
  const { firstId, author } = tweet
  return { tweetId: firstId, authorId: author.id, ...(author.username !== undefined && { username: author.username }) }
}
