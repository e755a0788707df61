import type { Tweet } from '../domain/tweet.js'
import { timeOfId } from '../domain/tweet.js'
import type { Ports } from '../ports/index.js'

/** Whether the ledger may have forgotten a reply to this tweet. Ask only about a tweet that the ledger does not know. */
export async function isInGap({ gap }: Partial<Pick<Ports, 'gap'>>, { firstId }: Tweet): Promise<boolean> {
  const before = await gap?.before()
  return before !== undefined && (timeOfId(firstId) ?? 0) < before
}
