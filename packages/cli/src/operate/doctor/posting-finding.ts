import { type Finding, ok, warn } from './finding.js'

export const POSTING = 'posting'
export const RESOLVE = 'Resolve the cause (with X, if X stopped it)'

/** About a bot that may post, but that X may have refused replies. */
export function allowedFinding(strikes: readonly string[]): Finding {
  if (strikes.length === 0) return ok(POSTING, 'allowed')
  return warn(
    POSTING,
    `allowed, but X refused replies to ${strikes.join(', ')} without a reason`,
    'Check in the console that the app may read and write. After a few more refusals, the bot stops by itself.',
  )
}
