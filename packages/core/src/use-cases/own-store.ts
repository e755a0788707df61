import { StoreError } from '../domain/errors.js'
import type { Ports } from '../ports/index.js'
import { memoize } from '../util/lazy.js'

/**
 * Asks once which bot the stores belong to, and claims them for this bot if nobody has. Two bots on one store would post
 * twice and spend each other's money.
 *
 * @returns a function that throws StoreError `STORE_OF_ANOTHER_BOT`
 */
export function ownStore({ killSwitch }: Pick<Ports, 'killSwitch'>, botId: string): () => Promise<void> {
  const owner = memoize(() => killSwitch.claimStore(botId))
  return async () => {
    const id = await owner()
    if (id === botId) return
    throw new StoreError(
      'STORE_OF_ANOTHER_BOT',
      `These stores belong to the bot with the id ${id}, and this one is ${botId}. Give each bot stores of its own.`,
    )
  }
}
