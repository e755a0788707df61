import type { EventOutcome, Outcome } from '@hexbird/core'
import type { Handled } from '@hexbird/core/host'
import { handledOf } from '@hexbird/core/host'
import { defined } from '@hexbird/core/util'
import type { Observer } from '../observe.js'

/** Tells what became of an event, and whether it has to come again. */
export function tellOutcome(
  observer: Observer,
  outcome: EventOutcome,
  about: { readonly tweetId?: string; readonly createdAt?: number; readonly now: number },
): Handled {
  const { tweetId, createdAt, now } = about
  const details = { ...defined({ tweetId }), outcome: outcome.kind, ...reasonOf(outcome) }
  switch (outcome.kind) {
    case 'replied':
      observer.count('Replied')
      if (createdAt !== undefined) observer.latency(now - createdAt)
      observer.info('Replied.', { ...details, replyId: outcome.replyId })
      break
    case 'deferred':
      observer.count('PutOff', 1, { reason: outcome.reason })
      if (outcome.reason === 'stopped') observer.count('BreakerOpen')
      observer.warn('Deferred.', { ...details, until: new Date(outcome.until).toISOString() })
      break
    case 'unresolved':
      observer.count('Unsure')
      observer.error('A reply may have been posted but was not found. Check on X.', new Error(outcome.detail), details)
      break
    case 'ignored':
    case 'refused':
      observer.count('Ignored', 1, { reason: outcome.reason })
      if (outcome.reason === 'over-budget') observer.count('OverBudget')
      observer.info('Not answered.', details)
      break
    default:
      observer.info('Handled.', details)
  }
  return handledOf(outcome)
}

function reasonOf(outcome: EventOutcome | Outcome) {
  return {
    ...('reason' in outcome && { reason: outcome.reason }),
    ...('detail' in outcome && outcome.detail !== undefined && { detail: outcome.detail }),
    ...('jobKey' in outcome && { jobKey: outcome.jobKey }),
  }
}
