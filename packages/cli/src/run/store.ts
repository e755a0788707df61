import { openStore, SqliteError, type Store } from '@hexbird/adapters-sqlite'
import { UsageError } from '../usage-error.js'

/** The disk or the file is broken; all else is for whoever typed the command to mend. */
const BROKEN: ReadonlySet<string> = new Set(['STORE_CORRUPT', 'STORE_DISK_FAILED', 'STORE_FAILED'])

/**
 * Opens the store of this bot.
 *
 * @param shared beside a run that has it
 * @throws UsageError where it is in use, is another bot's, or cannot be used
 */
export async function openStoreOf(botId: string, path: string, { shared = false } = {}): Promise<Store> {
  const store = await storeMistakes(async () => openStore(path, { shared }))
  try {
    const owner = await store.ports.killSwitch.claimStore(botId)
    if (owner === botId) return store
    throw new UsageError(
      `${path} belongs to the bot with the id ${owner}, and these keys are of ${botId}. Choose another file with --store.`,
    )
  } catch (error) {
    store.close()
    throw error
  }
}

/** @throws UsageError in place of a `SqliteError` that whoever typed the command can mend */
export async function storeMistakes<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    if (!(error instanceof SqliteError) || BROKEN.has(error.code)) throw error
    throw new UsageError(error.message, { cause: error })
  }
}
