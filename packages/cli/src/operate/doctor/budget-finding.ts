import { type Limits, selfServe2026 } from '@hexbird/core'
import type { spentToday } from '@hexbird/core/host'
import { type Finding, ok } from './finding.js'

const dollars = (micro: number, digits = 2) => `$${(micro / 1_000_000).toFixed(digits)}`

/** Where the bot stops. What a reply costs at most if nothing is asked twice: `hexbird costs` has the rest. */
export function budgetFinding(
  { perDay, perAuthorPerDay, sweepPerDay, repliesPerConversation }: Limits,
  besides = '',
): Finding {
  const { tweetRead, reply, label } = selfServe2026.prices
  const each = tweetRead + reply + label
  const replies = Math.floor(perDay / each)
  return ok(
    'budget',
    `the bot stops at ${dollars(perDay)} a day (about ${replies} photos, for each of which it reserves ${dollars(each, 3)}), ${dollars(perAuthorPerDay)} per author, ${dollars(sweepPerDay)} for listing mentions, and ${repliesPerConversation} replies per conversation${besides}`,
  )
}

export const spentText = ({ day, sweep }: Awaited<ReturnType<typeof spentToday>>): string =>
  `; ${dollars(day.spent, 3)} is spent or reserved today, ${dollars(sweep.spent, 3)} of it for listing mentions`
