import { openStore as open, SqliteError, type Store, type StoreOptions } from '@hexbird/adapters-sqlite'
import { UsageError } from '../usage-error.js'

/** The disk or the file is broken; all else is for whoever typed the command to mend. */
const BROKEN: ReadonlySet<string> = new Set(['STORE_CORRUPT', 'STORE_DISK_FAILED', 'STORE_FAILED'])

/**
 * Opens the store of this bot, for one run at a time.
 *
 * @throws UsageError where it is in use, is another bot's, or cannot be used
 */
export async function openStoreOf(botId: string, path: string): Promise<Store> {
  const store = openStore(path)
  try {
    const owner = await store.ports.killSwitch.claimStore(botId)
    if (owner === botId) return store
    throw new UsageError(
      `${path} belongs to the bot with the id ${owner}, but these keys belong to ${botId}. Choose another file with --store.`,
    )
  } catch (error) {
    store.close()
    throw error
  }
}

/** @throws UsageError where the person can mend what is in the way */
export function openStore(path: string, options?: StoreOptions): Store {
  return mendable(() => open(path, options))
}

/** @throws UsageError in place of a `SqliteError` that the person can mend */
export function mendable<T>(use: () => T): T {
  try {
    return use()
  } catch (error) {
    if (!(error instanceof SqliteError) || BROKEN.has(error.code)) throw error
    throw new UsageError(error.message, { cause: error })
  }
}
