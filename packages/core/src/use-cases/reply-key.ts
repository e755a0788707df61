import type { Tweet } from '../domain/tweet.js'
import type { ReplyKey } from '../ports/index.js'
import type { Final } from './outcome.js'

/** Under this key the ledger has a tweet's reply: the same for every edit of it. */
export const replyKey = ({ botId, firstId }: Pick<Tweet, 'botId' | 'firstId'>): ReplyKey => ({ botId, about: firstId })

/** Whether the ledger has the end, so that nobody works on the tweet any more. */
export const isOnRecord = (outcome: Final) => outcome.kind !== 'ignored' || outcome.reason === 'already-handled'
