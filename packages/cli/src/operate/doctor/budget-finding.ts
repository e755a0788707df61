import { type Limits, selfServe2026 } from '@hexbird/core'
import { type Finding, ok } from './finding.js'

const dollars = (micro: number) => `$${(micro / 1_000_000).toFixed(2)}`

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
    `the bot stops at ${dollars(perDay)} a day (about ${replies} photos, for each of which it reserves $${(each / 1_000_000).toFixed(3)}), ${dollars(perAuthorPerDay)} per author, ${dollars(sweepPerDay)} for listing mentions, and ${repliesPerConversation} replies per conversation${besides}`,
  )
}
