import type { Tweet } from '../domain/tweet.js'
import { timeOfId } from '../domain/tweet.js'
import type { KillSwitchState } from '../ports/kill-switch.js'

/** Whether the ledger may have forgotten a reply to this tweet. Ask only about a tweet that the ledger does not know. */
export const isInGap = ({ answersFrom = 0 }: KillSwitchState, { firstId }: Pick<Tweet, 'firstId'>): boolean =>
  (timeOfId(firstId) ?? 0) < answersFrom
