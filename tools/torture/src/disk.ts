import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@hexbird/adapters-sqlite'

/** A store of one file in a folder of its own, which is removed with it. */
export function openDisk(now: () => number): { readonly store: Store; close(): void } {
  const { path, remove } = makeFolder()
  const store = openStore(path, { now })
  return {
    store,
    close() {
      store.close()
      remove()
    },
  }
}

/**
 * A place for a store that is not there yet. Made and removed without Node's threads: where time is virtual, no second request
 * wakes a thread that glibc before 2.41 forgot to wake (its bug 25847), and a whole run has stood still for that.
 */
export function makeFolder(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-torture-'))
  return { path: join(folder, 'bot.sqlite'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
