import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretBox, newKey } from '@hexbird/secret-box'
import { afterEach } from '@jest/globals'
import { openStore, type Store, type StoreOptions } from '../src/index.js'

export const box = createSecretBox({ stage: 'test', keys: [newKey('test')] })

const open = new Set<Store>()
const folders: string[] = []

afterEach(async () => {
  for (const store of open) await store.close()
  open.clear()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** The path of a store that is not there yet, in a folder that is removed after the test. */
export function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-sqlite-'))
  folders.push(folder)
  return join(folder, 'bot.sqlite')
}

/** A store that is closed after the test. */
export function opened(path = freshPath(), options?: StoreOptions): Store {
  const store = openStore(path, options)
  open.add(store)
  return store
}

export async function closed(store: Store): Promise<void> {
  open.delete(store)
  await store.close()
}
