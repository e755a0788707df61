import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@hexbird/adapters-sqlite'

/** A store of one file in a folder of its own, which is removed with it. */
export async function openDisk(now: () => number): Promise<{ readonly store: Store; close(): Promise<void> }> {
  const { path, remove } = await makeFolder()
  const store = openStore(path, { now })
  return {
    store,
    async close() {
      store.close()
      await remove()
    },
  }
}

/** A place for a store that is not there yet. */
export async function makeFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'hexbird-torture-'))
  return { path: join(folder, 'bot.sqlite'), remove: () => rm(folder, { recursive: true, force: true }) }
}
