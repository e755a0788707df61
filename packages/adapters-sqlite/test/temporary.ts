import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretBox } from '@hexbird/secret-box'
import { afterEach } from '@jest/globals'
import { openStore, type Store, type StoreOptions } from '../src/index.js'

/** The same on each run: there are recorded rows that it sealed. */
export const box = createSecretBox({ stage: 'test', keys: [{ id: 'test', key: new Uint8Array(32) }] })

const open = new Set<Store>()
const folders: string[] = []

afterEach(() => {
  for (const store of open) closed(store)
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** The path of a store that is not there yet, in a folder that is removed after the test. */
export function freshPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hexbird-sqlite-'))
  folders.push(folder)
  return join(folder, 'bot.sqlite')
}

let empty: Uint8Array | undefined

/** The path of an empty store: to copy one takes a fraction of the time of making one. */
export function emptyPath(): string {
  const path = freshPath()
  if (empty) writeFileSync(path, empty)
  else {
    openStore(path).close()
    empty = readFileSync(path)
  }
  return path
}

/** A store that is closed after the test. */
export function opened(path = emptyPath(), options?: StoreOptions): Store {
  const store = openStore(path, options)
  open.add(store)
  return store
}

export function closed(store: Store): void {
  open.delete(store)
  store.close()
}
