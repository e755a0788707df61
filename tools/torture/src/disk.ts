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
 * A place for a store that does not exist yet. The calls are synchronous because glibc before 2.41 can fail to wake a thread of
 * Node's pool (its bug 25847). In virtual time nothing else asks for one, and the run would hang.
 */
export function makeFolder(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-torture-'))
  return { path: join(folder, 'bot.sqlite'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
