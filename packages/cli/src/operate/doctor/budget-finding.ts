import type { Limits } from '@hexbird/core'
import type { spentToday } from '@hexbird/core/host'
import { counted } from '../../counted.js'
import type { IngressName } from '../../run/ingress-names.js'
import { budgetOfReply } from '../costs/compare.js'
import { type Finding, ok } from './finding.js'

const dollars = (micro: number, digits = 2) => `$${(micro / 1_000_000).toFixed(digits)}`

/** Where the bot stops, and how many photos that is, by the figures of `hexbird costs`. */
export function budgetFinding(
  { perDay, perAuthorPerDay, sweepPerDay, repliesPerConversation }: Limits,
  ingress: IngressName,
  besides = '',
): Finding {
  const each = budgetOfReply(ingress)
  const photos = counted(Math.floor(perDay / each), 'photo')
  const replies = repliesPerConversation === 1 ? '1 reply' : `${repliesPerConversation} replies`
  return ok(
    'budget',
    `the bot stops at ${dollars(perDay)} a day (about ${photos} at ${dollars(each, 3)} each), ${dollars(perAuthorPerDay)} per author, ${dollars(sweepPerDay)} for listing mentions, and ${replies} per conversation${besides}`,
  )
}

export const spentText = ({ day, sweep }: Awaited<ReturnType<typeof spentToday>>): string =>
  `; ${dollars(day.spent, 3)} is spent or reserved today, ${dollars(sweep.spent, 3)} of it for listing mentions`
