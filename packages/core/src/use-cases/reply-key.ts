import type { Tweet } from '../domain/tweet.js'
import type { ReplyKey } from '../ports/index.js'
import type { Final } from './outcome.js'

/** Returns the ledger's key for the reply to a tweet. It is the same for every edit of the tweet. */
export const replyKey = ({ botId, firstId }: Pick<Tweet, 'botId' | 'firstId'>): ReplyKey => ({ botId, about: firstId })

/** Whether the outcome is already settled in the ledger. */
export const isOnRecord = (outcome: Final) => outcome.kind !== 'ignored' || outcome.reason === 'already-handled'
